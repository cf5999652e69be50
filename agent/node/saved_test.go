package node

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// heir lets another node go on with what a stage's node has saved.
func (s *stage) heir(t *testing.T) *Node {
	t.Helper()
	data, err := json.Marshal(s.node.Save())
	if err != nil {
		t.Fatal(err)
	}
	saved := new(Saved)
	if err := json.Unmarshal(data, saved); err != nil {
		t.Fatal(err)
	}
	n := New()
	var links []Link
	for _, l := range s.node.links {
		links = append(links, l)
	}
	n.Step(s.now, Links{links})
	n.Step(s.now, Plan{Plan: s.node.plan})
	n.Step(s.now, Resume{saved})
	res := n.Step(s.now, Sockets{n.Sockets()})
	for _, e := range res.Effects {
		if _, converges := e.(Converge); !converges {
			t.Errorf("as it went on, the node wanted %+v", e)
		}
	}
	return n
}

// An Active router and a Backup go on as they were: same report, same wishes, same
// deadline, and nothing is said to anybody.
func TestHeirGoesOn(t *testing.T) {
	for name, s := range map[string]*stage{
		"active": active(t, router4()), "backup": backup(t, router4()),
	} {
		t.Run(name, func(t *testing.T) {
			s.hears("eth0", advertOf(router4(), 200))
			if said := s.node.Unsettled(); said != "" {
				t.Fatalf("unsettled: %s", said)
			}
			before := s.node.Report(time.Time{}, Holdings{})
			deadline := s.node.deadline()
			n := s.heir(t)
			if diff := cmp.Diff(before, n.Report(time.Time{}, Holdings{})); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(s.node.Wishes(), n.Wishes(), cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
				t.Error(diff)
			}
			if n.deadline() != deadline {
				t.Errorf("deadline %v, before %v", n.deadline(), deadline)
			}
			n.Step(s.now, Resume{&Saved{Routers: map[string]SavedRouter{}}}) // too late
			if diff := cmp.Diff(before, n.Report(time.Time{}, Holdings{})); diff != "" {
				t.Errorf("a second hand-over changed something:\n%s", diff)
			}
		})
	}
}

// A Backup that listens first, since its interface came up, has not to begin anew.
func TestHeirListens(t *testing.T) {
	s := backup(t, router4(func(r *plan.Router) { r.QuietLink = 30_000 }))
	s.now = s.now.Add(10 * time.Second)
	deadline := s.node.deadline()
	if n := s.heir(t); deadline < s.now.Add(15*time.Second) || n.deadline() != deadline {
		t.Errorf("deadline %v, before %v, now %v", n.deadline(), deadline, s.now)
	}
}

// An advert that has counted does not count again, and hooks that have run do not run
// again when the other family of the vip comes.
func TestHeirRemembers(t *testing.T) {
	s := ticking(t, router4(hmac(plan.Enforce, 1)), true)
	in := signedOf(router4(hmac(plan.Enforce, 1)), 100, 1, epoch.Add(s.now.Sub(0)))
	s.hears("eth0", in)
	n := s.heir(t)
	in.Socket = n.Sockets()[0]
	n.Step(s.now, Clock{Epoch: epoch}, in)
	if n.Dropped()[packet.Replayed.String()] != 1 {
		t.Errorf("a repeated advert was not dropped: %v", n.Dropped())
	}
	if r := n.all()[0]; !r.party.acquired.has(r.plan.Vip) {
		t.Error("the vip's hooks count as not run")
	}
}

// What is known of a check goes with it, so that no router waits for a first
// result; a check that the plan does not have is forgotten.
func TestHeirKnowsChecks(t *testing.T) {
	p := &plan.Plan{Host: "lb01", Routers: []plan.Router{router4(func(r *plan.Router) { r.Tracks = []plan.Track{{Check: "web", Effect: plan.Weigh, Weight: -10}} })},
		Checks: []plan.Check{check("web", plan.Unknown)}}
	n := New()
	n.Step(1, Plan{Plan: p})
	n.Step(1, Resume{&Saved{
		Checks:   map[string]SavedCheck{"web": {Down, "refused"}, "gone": {Up, ""}},
		Rising:   map[string]vrrp.Instant{"eth1": vrrp.Instant(time.Millisecond), "eth2": vrrp.Instant(time.Hour)},
		Sequence: 7, Dropped: map[string]uint64{"checksum": 3},
	}})
	if got := n.words(p.Routers[0].Tracks[0]); got != "check web is down: refused" || len(n.checks) != 1 {
		t.Errorf("%s; %d checks", got, len(n.checks))
	}
	if len(n.rising) != 1 || n.Sequence() != 7 || n.Dropped()["checksum"] != 3 {
		t.Errorf("rising %v, sequence %v, dropped %v", n.rising, n.Sequence(), n.Dropped())
	}
}

// A node is not saved while a router yields.
func TestUnsettled(t *testing.T) {
	s := active(t, router4(func(r *plan.Router) { r.Neighbours = []plan.Neighbour{{Host: "lb02", Kind: plan.Hactl, Priority: 90}} }))
	s.step(Leave{Cause: "test"})
	if got, want := s.node.Unsettled(), s.node.all()[0].plan.ID+" yields"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if s.node.Save().Routers[s.node.all()[0].plan.ID].Machine != nil {
		t.Error("a yielding router was saved")
	}
}
