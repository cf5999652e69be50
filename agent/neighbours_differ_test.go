package agent_test

import (
	"net/netip"
	"testing"
	"time"

	"hactl/schemas/plan"
)

// differ starts two routers whose configurations do not agree, and waits until
// both hold the address.
func differ(t *testing.T, s setup) *mixed {
	t.Helper()
	m := newMixed(t, s)
	m.run(us)
	m.run(them)
	m.await("both to hold the address", func() bool { return len(m.owners()) == 2 })
	return m
}

// With different passwords each drops what it hears, and both are Active: such
// is version 2. A plan with the right password ends it, and clients find the
// better router at once, though the other one goes without a word.
func TestKeepalivedOtherPassword(t *testing.T) {
	t.Parallel()
	for _, preferred := range []string{us, them} {
		t.Run(speaks[preferred]+" preferred", func(t *testing.T) {
			t.Parallel()
			once := func(r *plan.Router) { r.Announce.Repeat = 0 }
			m := differ(t, setup{transport: transports[0], preferred: preferred, password: "other", ours: once})
			m.await("a dropped advert", func() bool {
				s := m.status(us)
				return s != nil && s.Dropped["auth"] > 0
			})
			m.await("keepalived to complain", func() bool { return m.peer.said("received an invalid passwd") })
			if owners := m.owners(); len(owners) != 2 {
				t.Errorf("the owners are %q, want both", owners)
			}
			var err error
			m.probe, err = m.client.Probe(netip.MustParseAddr(m.vip()), 5*time.Millisecond)
			m.must(err)
			r := m.router()
			r.Auth.Secret = "other"
			at := time.Now()
			m.publish(us, r)
			t.Logf("one owner %v after the change", m.settle(at, preferred))
		})
	}
}

// The checksum of RFC 9568 is wrong for keepalived: both are Active.
func TestKeepalivedChecksumOfTheRFC(t *testing.T) {
	t.Parallel()
	m := differ(t, setup{transport: transports[3], preferred: us, ours: func(r *plan.Router) { r.Checksum = plan.RFC9568 }})
	m.await("keepalived to complain", func() bool { return m.peer.said("Invalid VRRPv3 checksum") })
}

// A keepalived that is told to computes the RFC's checksum, and takes both.
func TestKeepalivedChecksumAsVersion2(t *testing.T) {
	t.Parallel()
	const word = "v3_checksum_as_v2"
	for _, checksum := range []plan.Checksum{plan.RFC9568, plan.PseudoHeader} {
		for _, preferred := range []string{us, them} {
			t.Run(string(checksum)+"/"+speaks[preferred]+" active", func(t *testing.T) {
				t.Parallel()
				s := setup{transport: transports[3], preferred: preferred, theirs: word}
				s.ours = func(r *plan.Router) { r.Checksum = checksum }
				needWord(t, s.config(), word)
				dieAndReturn(t, s, preferred)
			})
		}
	}
}

// In version 3 a Backup waits for three of the Active router's intervals, not of
// its own.
func TestKeepalivedIntervalIsLearned(t *testing.T) {
	t.Parallel()
	tests := []struct {
		active         string
		theirs, learns time.Duration // keepalived's interval, and that of the Active router
		ours           int           // ms
	}{
		{them, 300 * time.Millisecond, 300 * time.Millisecond, 3000},
		{us, 3 * time.Second, 300 * time.Millisecond, 300},
	}
	for _, test := range tests {
		t.Run(speaks[test.active]+" active", func(t *testing.T) {
			t.Parallel()
			s := setup{transport: transports[2], preferred: test.active, ours: func(r *plan.Router) { r.AdvertInterval = test.ours }}
			s.interval = test.theirs
			m := newMixed(t, s)
			m.startBoth()
			m.await("the interval to be learned", func() bool { return m.peer.said("advertisement interval updated") || m.received(us) > 0 })
			bound := 3*test.learns + test.learns*(256-244)/256 + time.Second
			took := m.settleWithin(bound, m.die(test.active), other(test.active))
			t.Logf("one owner after %v", took)
		})
	}
}
