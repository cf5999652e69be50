package agent_test

import (
	"cmp"
	"os"
	"strings"
	"testing"
	"time"
)

// TestSideBySideLoad measures.
func TestSideBySideLoad(t *testing.T) {
	if *rounds == 0 {
		t.Skip("a measurement of many minutes: needs -rounds, as \"make bench\" has it")
	}
	for _, l := range []burden{{16, 255, time.Second}, {1, 255, 10 * time.Millisecond}} {
		t.Run(l.String(), func(t *testing.T) {
			for _, who := range strings.Fields(cmp.Or(os.Getenv("WHO"), "hactl keepalived")) {
				s := newLoaded(t, l)
				var what service = ours{s}
				if who == "keepalived" {
					what = newTheirs(s)
				}
				took := s.up(what)
				<-time.After(10 * time.Second)
				spent, spent2, at := processor(t, what.pid("lb01")), processor(t, what.pid("lb02")), time.Now()
				<-time.After(20 * time.Second)
				d := time.Since(at)
				t.Logf("%s: up after %v; CPU active %.1f%% backup %.1f%%; resident %.1f MB, %.1f MB; addresses %d and %d", who, took,
					100*float64(processor(t, what.pid("lb01"))-spent)/float64(d), 100*float64(processor(t, what.pid("lb02"))-spent2)/float64(d),
					float64(resident(t, what.pid("lb01")))/1e6, float64(resident(t, what.pid("lb02")))/1e6, s.addresses("lb01"), s.addresses("lb02"))
				what.end("lb01")
				what.end("lb02")
			}
		})
	}
}
