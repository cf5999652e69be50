package node

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hactl/schemas/status"
)

// Adverts are counted by neighbour: those of the plan whether they were heard or
// not, and no more others than anybody on the segment may make up.
func TestAdvertsAreCountedByPeer(t *testing.T) {
	var h heard
	for n, times := range map[string]int{"10.0.0.7": 3, "10.0.0.6": 2} {
		for range times {
			h.add(addr(n))
		}
	}
	want := []status.Heard{{Peer: "10.0.0.5"}, {Peer: "10.0.0.6", Adverts: 2}, {Peer: "10.0.0.7", Adverts: 3}}
	if diff := cmp.Diff(want, h.report([]netip.Addr{addr("10.0.0.5"), addr("10.0.0.6")})); diff != "" {
		t.Error(diff)
	}
	for n := range 300 {
		h.add(addr(fmt.Sprintf("10.1.%d.%d", n/256, n%256)))
	}
	if lines := h.report(nil); len(lines) != heardOf || h.total != 305 {
		t.Errorf("%d adverts of %d senders, want 305 of %d", h.total, len(lines), heardOf)
	}
}

// What a router hears and goes through is in its report.
func TestReportCounts(t *testing.T) {
	s := backup(t, router4())
	for range 2 {
		s.hears("eth0", advertOf(s.plan.Routers[0], 200))
	}
	r := s.node.Report(time.Time{}, Holdings{})[0]
	if diff := cmp.Diff([]status.Heard{{Peer: "10.0.0.6", Adverts: 2}}, r.Heard); diff != "" || r.Received != 2 {
		t.Errorf("received %d, heard:\n%s", r.Received, diff)
	}
	s.timeout()
	s.step(Stop{Cause: "test"})
	want := map[string]uint64{"started": 1, "no-advert": 1, "stopped": 1}
	if diff := cmp.Diff(want, s.node.Transitions()); diff != "" {
		t.Error(diff)
	}
}
