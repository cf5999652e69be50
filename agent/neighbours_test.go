package agent_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestKeepalivedHostDies lets each of the two hosts die in each role: there is
// one owner within the larger Active_Down_Interval and 1 s, and when the dead
// host is back the preferred router is.
func TestKeepalivedHostDies(t *testing.T) {
	for _, tr := range transports {
		for _, preferred := range []string{us, them} {
			for _, dies := range []string{us, them} {
				name := fmt.Sprintf("%v/%s active/%s dies", tr, speaks[preferred], speaks[dies])
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					dieAndReturn(t, setup{transport: tr, preferred: preferred}, dies)
				})
			}
		}
	}
}

// dieAndReturn lets a host die and return.
func dieAndReturn(t *testing.T, s setup, dies string) {
	m := newMixed(t, s)
	m.startBoth()
	p := m.probe(m.vip(), m.preferred)
	took := m.settle(p, m.die(dies), other(dies))
	lost := p.Report().Lost
	back := m.settle(p, m.revive(dies), m.preferred)
	r := p.Stop()

	want := []string{m.preferred}
	if dies == m.preferred {
		want = []string{m.preferred, other(dies), m.preferred}
	}
	if !slices.Equal(turns(r), want) {
		t.Errorf("the client was answered by %q, want %q", turns(r), want)
	}
	if dies != m.preferred && r.Lost > 0 {
		t.Errorf("the client noticed the death of a Backup")
	}
	t.Logf("one owner after %v, %d lost; back after %v, %d lost\n%v",
		took.Round(time.Millisecond), lost, back.Round(time.Millisecond), r.Lost-lost, r)
}
