package vrrp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"
)

// Every reason, in the life of one router that comes to know them all.
func TestReasons(t *testing.T) {
	c := local()
	c.HighestRival = 200
	r := New(c)
	now := Instant(0)
	var told strings.Builder
	step := func(in Input) {
		if _, waits := in.(Timeout); waits {
			now = r.Deadline()
		}
		for _, e := range r.Step(now, in).Effects {
			if e, ok := e.(Transitioned); ok {
				fmt.Fprintf(&told, "%s: %v -> %v, yielding %t\n", e.Reason, e.From, e.To, e.Yielding)
				if e.Reason != r.Reason() {
					t.Errorf("it tells %s, and says %s", e.Reason, r.Reason())
				}
			}
		}
		now = now.Add(time.Millisecond)
	}
	all := func(ins ...Input) {
		for _, in := range ins {
			step(in)
		}
	}
	all(Startup{Primary: addr("10.0.0.5")}, Timeout{})                                // no-advert
	all(advert("10.0.0.6", 200), advert("10.0.0.6", 0), Timeout{})                    // outranked, peer-left
	all(advert("10.0.0.6", 200), advert("10.0.0.6", 50), Timeout{})                   // outranked, preempts
	all(Priority{Effective: 90, Cause: "test"}, advert("10.0.0.6", 100), Timeout{})   // demoted, succeeded
	all(Timeout{}, Yield{Cause: "test"}, Timeout{}, Timeout{})                        // leaves, unclaimed
	all(Priority{Effective: 80, Cause: "test"}, Priority{Effective: 90, Cause: "up"}) // demoted, recovered
	now = now.Add(time.Minute)
	all(advert("10.0.0.6", 100), Shutdown{Cause: "test"}) // slept, stopped
	want := `started: Initialize -> Backup, yielding false
no-advert: Backup -> Active, yielding false
outranked: Active -> Backup, yielding false
peer-left: Backup -> Active, yielding false
outranked: Active -> Backup, yielding false
preempts: Backup -> Active, yielding false
demoted: Active -> Active, yielding true
succeeded: Active -> Backup, yielding false
no-advert: Backup -> Active, yielding false
leaves: Active -> Active, yielding true
unclaimed: Active -> Backup, yielding false
no-advert: Backup -> Active, yielding false
demoted: Active -> Active, yielding true
recovered: Active -> Active, yielding false
slept: Active -> Backup, yielding false
stopped: Backup -> Initialize, yielding false
`
	if diff := udiff.Unified("want", "got", want, told.String()); diff != "" {
		t.Error("\n" + diff)
	}
	for _, reason := range Reasons() {
		if !strings.Contains(told.String(), reason.String()+": ") {
			t.Errorf("%s does not happen", reason)
		}
	}
}
