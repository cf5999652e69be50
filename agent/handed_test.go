package agent

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hactl/agent/node"
	"hactl/agent/notify"
	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// estate is all that a host with one router, a check and a target leaves.
func estate(t testing.TB) *Handed {
	p := &plan.Plan{Host: "lb01", Routers: []plan.Router{{
		ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 3, Priority: 254, AdvertInterval: 1000,
		Interface: "eth0", Group: "224.0.0.18", Checksum: plan.PseudoHeader, Preemption: plan.Preemption{Mode: plan.Always},
		Announce: plan.Announce{Burst: 5}, Addresses: []plan.Address{{Prefix: "10.0.0.100/24"}}, OnAgentLoss: plan.Release,
		Neighbours: []plan.Neighbour{{Host: "lb02", Kind: plan.Hactl, Priority: 244}},
	}}}
	text, err := plan.Encode(p, plan.Envelope{AppliedBy: "test"})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	e := event.Event{Sequence: 7, Time: at, Host: "lb01", Vip: "web/public", Event: plan.OnActive}
	return &Handed{
		Version: "1.0.0", Clock: time.Hour, Left: vrrp.Instant(time.Minute), Asked: at, Host: "lb01", Loaded: at,
		Secrets: map[string]string{"/etc/secret": "s3cret"},
		Node: &node.Saved{
			Routers: map[string]node.SavedRouter{"web/public/ipv4": {
				Machine: &vrrp.Saved{State: vrrp.Active, Since: 1, Reason: vrrp.Silence, Cause: "no advert", Effective: 254,
					Primary: netip.MustParseAddr("10.0.0.5"), Adver: vrrp.Instant(time.Minute + time.Second)},
				Replay:      []packet.Mark{{Source: netip.MustParseAddr("10.0.0.6"), Last: 1 << 60}},
				Transitions: 2, Sent: 60,
			}},
			Checks:   map[string]node.SavedCheck{"web": {Health: node.Down, Cause: "refused"}},
			Sequence: 1 << 61,
		},
		Checks:    []status.Check{{Name: "web", State: "down", Since: at, Streak: 1}},
		Hooks:     map[string][]status.Hook{"web/public after_acquire": {{Vip: "web/public", Command: []string{"/bin/true"}, Ended: at}}},
		Stream:    notify.SavedStream{Count: 7, Backlog: []event.Event{e}},
		Vips:      map[string]notify.SavedVip{"web/public": {Was: plan.OnActive, Latest: []event.Event{e}}},
		Targets:   map[string]notify.Saved{"pager": {Waiting: []notify.SavedEvent{{Event: e, Age: time.Second}}, Missed: 1, Pause: time.Second}},
		Listeners: map[string]int{controlListener: 9},
		Sockets:   []handedSocket{{node.Socket{Interface: "eth0", Index: 2, Family: plan.IPv4, Group: netip.MustParseAddr("224.0.0.18")}, 10}},
		text:      text,
	}
}

// What is handed over arrives, and the router would go on with it.
func TestHandedRoundTrip(t *testing.T) {
	want := estate(t)
	got, err := DecodeHanded(want.encode())
	if err != nil {
		t.Fatal(err)
	}
	compared := cmp.Options{cmpopts.IgnoreUnexported(Handed{}, notify.Saved{}), cmpopts.EquateComparable(netip.Addr{}, node.Socket{})}
	if diff := cmp.Diff(want, got, compared); diff != "" {
		t.Error(diff)
	}
	if got.doc == nil || got.doc.Plan.Host != "lb01" {
		t.Errorf("the plan is %+v", got.doc)
	}
	if err := got.Rehearse(); err != nil {
		t.Error(err)
	}
}

// A later version may hand over more than this one knows; what this one cannot go
// on with it says.
func TestHandedRefused(t *testing.T) {
	sealed := func(body string) string {
		return fmt.Sprintf("hactl hand-over 1 %08x\n%s", crc32.ChecksumIEEE([]byte(body)), body)
	}
	good := string(estate(t).encode())
	body := good[strings.Index(good, "\n")+1:]
	if _, err := DecodeHanded([]byte(sealed(strings.Replace(body, `{"Version"`, `{"Novelty":[1],"Version"`, 1)))); err != nil {
		t.Errorf("a new field: %v", err)
	}
	for _, c := range []struct{ what, data, says string }{
		{"nothing", "", "it is none"},
		{"something else", "#!/bin/sh\n", "it is none"},
		{"a newer format", strings.Replace(good, "hand-over 1", "hand-over 2", 1), "format 2, and this hactl reads format 1"},
		{"half of it", good[:len(good)/2], "damaged"},
		{"a bit that fell", strings.Replace(good, `"Effective":254`, `"Effective":255`, 1), "damaged"},
		{"no JSON", sealed("{"), "unexpected end"},
		{"an empty one", sealed("{}\n"), "lacks"},
		{"no plan", sealed(body[:strings.Index(body, "\n")+1]), "plan"},
		{"the plan of another", sealed(strings.Replace(body, `"Host":"lb01"`, `"Host":"lb02"`, 1)), "not of lb02"},
	} {
		if _, err := DecodeHanded([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error that says %q", c.what, err, c.says)
		}
	}
	h, err := DecodeHanded([]byte(sealed(strings.Replace(body, `"Effective":254`, `"Effective":255`, 1))))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Rehearse(); err == nil || err.Error() != "router web/public/ipv4 would not go on" {
		t.Errorf("a router that claims to be an owner: %v", err)
	}
}

// No hand-over, damaged however cunningly, stops a host from starting.
func FuzzHanded(f *testing.F) {
	seed := estate(f).encode()
	f.Add(seed[bytes.IndexByte(seed, '\n')+1:])
	f.Add([]byte(`{"Node":{},"Left":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := DecodeHanded(fmt.Appendf(nil, "hactl hand-over 1 %08x\n%s", crc32.ChecksumIEEE(body), body))
		if err != nil {
			return
		}
		_ = h.Rehearse()
		if h.doc == nil {
			return
		}
		n := node.New() // goes on whatever it was told, and can be told to leave
		n.Step(h.Left, node.Links{Links: []node.Link{{Index: 2, Name: "eth0", MAC: []byte{2, 0, 0, 0, 0, 1}, MTU: 1500, Up: true, Running: true,
			Addresses: []node.Assigned{{Prefix: netip.MustParsePrefix("10.0.0.5/24")}}}}})
		n.Step(h.Left, node.Plan{Plan: &h.doc.Plan, Secrets: h.Secrets})
		n.Step(h.Left, node.Resume{Saved: h.Node})
		n.Step(h.Left, node.Sockets{Open: n.Sockets()})
		n.Step(h.Left.Add(time.Hour), node.Timeout{})
		n.Step(h.Left.Add(time.Hour), node.Stop{Cause: "test"})
		if !n.Done() {
			t.Error("it does not stop")
		}
		notify.NewQueue(notify.Rules{Most: 1, Limit: 10}).Resume(vrrp.Instant(time.Minute), h.Targets["pager"])
		notify.NewStream().Resume(h.Stream)
	})
}
