package changeover

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// A runner whose context ends stops where it is; the next one goes on, and goes back
// when it is asked to.
func TestKernelStoppedAndAborted(t *testing.T) {
	s := newStage(t)
	stop := s.load()
	u := s.upgrade(s.other)
	u.Verify.Soak = 60000
	good := func() upgrade.Checks { return upgrade.Checks{Health: upgrade.Up} }
	ctx, end := context.WithCancel(t.Context())
	at := func(stage upgrade.Stage, do func()) func(Progress) {
		return func(p Progress) {
			if p.Stage == stage {
				do()
			}
		}
	}
	_, err := NewRunner(u, s.path("record"), good, at(upgrade.Verify, end)).Run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped with %v", err)
	}
	r, err := loadRecord(s.path("record"))
	s.must(err)
	if r == nil || r.Stage != upgrade.Retire && r.Stage != upgrade.Verify {
		t.Fatalf("left the record %+v", r)
	}
	var second *Runner
	second = NewRunner(s.upgrade(s.one), s.path("record"), good, at(upgrade.Verify, func() { second.Abort("an operator asks for it") }))
	o, err := second.Run(t.Context())
	s.must(err)
	if o.Verdict != upgrade.Reverted || !strings.HasPrefix(o.Text, "an operator asks for it; version ") {
		t.Errorf("%s: %s", o.Verdict, o.Text)
	}
	s.runs(s.one)
	stop()
}

// One that is asked to go back before it has looked goes back from what is there.
func TestKernelAbortedBeforeItLooks(t *testing.T) {
	for name, newStage := range map[string]func(*testing.T) *stage{"binary": newStage, "config": newConfigStage} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			stop := s.load()
			u := s.upgrade(s.other)
			u.Verify.Soak = 60000
			good := func() upgrade.Checks { return upgrade.Checks{Health: upgrade.Up} }
			ctx, end := context.WithCancel(t.Context())
			_, err := NewRunner(u, s.path("record"), good, func(p Progress) {
				if p.Stage == upgrade.Verify {
					end()
				}
			}).Run(ctx)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("stopped with %v", err)
			}
			second := NewRunner(u, s.path("record"), good, func(Progress) {})
			second.Abort("the order was taken back")
			o, err := second.Run(t.Context())
			s.must(err)
			if o.Verdict != upgrade.Reverted || !strings.HasPrefix(o.Text, "the order was taken back; ") {
				t.Errorf("%s: %s", o.Verdict, o.Text)
			}
			s.runs(s.one)
			stop()
		})
	}
}

// What people are to find also after the end is told as such.
func TestNotesStay(t *testing.T) {
	u := plan.Upgrade{Nginx: &plan.NginxStrategy{Binary: "/usr/sbin/nginx", PIDFile: "/run/nginx.pid"}}
	var got []Progress
	w := &work{Runner: NewRunner(u, "", nil, func(p Progress) { got = append(got, p) }), machine: upgrade.New(u, Patience)}
	w.carryOut(t.Context(), upgrade.Result{Effects: []upgrade.Effect{upgrade.Noted{Text: "of a package"}, upgrade.Waiting{Text: "1 worker"}}})
	want := []Progress{{Stage: upgrade.Preflight, Text: "of a package", Stays: true}, {Stage: upgrade.Preflight, Text: "wait for 1 worker"}}
	if !slices.Equal(got, want) {
		t.Errorf("told %+v, want %+v", got, want)
	}
}
