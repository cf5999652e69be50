package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hactl/agent/node"
	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// overheard is a teller that keeps what it is to tell.
type overheard struct {
	told  []string
	named []string // targets of the last plan
}

func (o *overheard) Run(ctx context.Context) { <-ctx.Done() }
func (o *overheard) Leave()                  {}
func (o *overheard) Report() []status.Target { return nil }
func (o *overheard) Park(bool)               {}
func (o *overheard) Save(context.Context) (map[string]savedTarget, bool, error) {
	return nil, true, nil
}
func (o *overheard) Resume(map[string]savedTarget) {}
func (o *overheard) Follow(ts []plan.Notify) {
	o.named = nil
	for _, t := range ts {
		o.named = append(o.named, t.Name)
	}
}

func (o *overheard) Tell(names []string, e event.Event) {
	o.told = append(o.told, fmt.Sprintf("%s: %s %s -> %s, %s (%s): %s", strings.Join(names, " "), e.Vip, e.Old, e.New, e.Event, strings.Join(e.Addresses, " "), e.Cause))
}

// desk is notices with a listener.
type desk struct {
	*notices
	heard *overheard
	plans int
}

func newDesk() *desk {
	d := &desk{notices: newNotices(slog.New(slog.DiscardHandler)), heard: &overheard{}}
	d.notifier = d.heard
	return d
}

// plan follows a plan of routers "web/a/ipv4 web/a/ipv6", on another VRID where
// the ID is followed by "=N".
func (d *desk) plan(routers string) {
	d.plans++
	doc := &plan.Document{Hash: fmt.Sprintf("plan %d", d.plans), Plan: plan.Plan{Host: "lb01", Notify: []plan.Notify{{Name: "ops"}}}}
	doc.Envelope.Origins = map[string]string{"router web/a/ipv4": "main.ha.hcl:12"}
	for word := range strings.FieldsSeq(routers) {
		r := plan.Router{VRID: 1, Family: plan.IPv4, Notify: []string{"ops"}, Priority: 254}
		id, vrid, _ := strings.Cut(word, "=")
		_, _ = fmt.Sscan(vrid, &r.VRID)
		r.ID, r.Vip = id, id[:strings.LastIndex(id, "/")]
		address := "10.0.0.100/24"
		if strings.HasSuffix(id, "ipv6") {
			r.Family, address = plan.IPv6, "2001:db8::100/64"
		}
		r.Addresses = []plan.Address{{Prefix: address}}
		doc.Plan.Routers = append(doc.Plan.Routers, r)
	}
	d.follow(doc)
}

// step is a step of the loop in which routers change as texts say, "web/a/ipv4
// Backup>Active cause".
func (d *desk) step(transitions ...string) {
	states := map[string]vrrp.State{"Initialize": vrrp.Initialize, "Backup": vrrp.Backup, "Active": vrrp.Active, "Yielding": vrrp.Active}
	for _, text := range transitions {
		words := strings.SplitN(text, " ", 3)
		from, to, _ := strings.Cut(words[1], ">")
		d.transitioned(node.Transitioned{Router: words[0], Priority: 244, Peer: netip.MustParseAddr("10.0.0.6"), Transitioned: vrrp.Transitioned{
			From: states[from], To: states[to], Yielding: to == "Yielding", Cause: words[2],
		}})
	}
	d.settle()
}

// tells compares what has been told since the last call.
func (d *desk) tells(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, d.heard.told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.heard.told = nil
}

const addresses = "(10.0.0.100/24 2001:db8::100/64)"

func TestNoticesOfALife(t *testing.T) {
	d := newDesk()
	d.plan("web/a/ipv4 web/a/ipv6")
	d.step("web/a/ipv4 Initialize>Backup started", "web/a/ipv6 Initialize>Backup started")
	d.tells(t, "ops: web/a initialize -> backup, backup "+addresses+": started")
	d.step("web/a/ipv4 Backup>Active nothing heard")
	d.step("web/a/ipv6 Backup>Active nothing heard")
	d.tells(t, "ops: web/a backup -> active, active "+addresses+": nothing heard")
	d.step("web/a/ipv4 Active>Yielding check down", "web/a/ipv6 Active>Yielding check down")
	d.step("web/a/ipv4 Yielding>Backup lb02 took over")
	d.tells(t)
	d.step("web/a/ipv6 Yielding>Backup lb02 took over")
	d.tells(t, "ops: web/a active -> backup, backup "+addresses+": lb02 took over")
	d.step("web/a/ipv4 Backup>Initialize eth0 is down", "web/a/ipv6 Backup>Initialize eth0 is down")
	d.tells(t, "ops: web/a backup -> initialize, fault "+addresses+": eth0 is down")
	d.leave("SIGTERM")
	d.tells(t, "ops: web/a initialize -> initialize, stop "+addresses+": SIGTERM")
}

func TestNoticesOfLeaving(t *testing.T) {
	d := newDesk()
	d.plan("web/a/ipv4")
	d.step("web/a/ipv4 Initialize>Active owner")
	d.leave("SIGTERM")
	d.step("web/a/ipv4 Active>Yielding SIGTERM")
	d.tells(t, "ops: web/a initialize -> active, active (10.0.0.100/24): owner")
	d.step("web/a/ipv4 Yielding>Backup lb02 took over", "web/a/ipv4 Backup>Initialize lb02 took over")
	d.tells(t, "ops: web/a active -> initialize, stop (10.0.0.100/24): lb02 took over")
}

// A router that leaves the plan stops; one that is made anew only begins again;
// one that comes back before it has gone does, too.
func TestNoticesOfPlans(t *testing.T) {
	d := newDesk()
	d.plan("web/a/ipv4 web/b/ipv4 web/c/ipv4")
	d.step("web/a/ipv4 Initialize>Backup s", "web/b/ipv4 Initialize>Backup s", "web/c/ipv4 Initialize>Backup s", "web/c/ipv4 Backup>Initialize eth0 is down")
	d.heard.told = nil
	d.plan("web/b/ipv4=2")
	d.tells(t, "ops: web/c initialize -> initialize, stop (10.0.0.100/24): no longer in the plan")
	d.step("web/a/ipv4 Backup>Initialize no longer in the plan", "web/b/ipv4 Backup>Initialize created anew", "web/b/ipv4 Initialize>Backup started")
	d.tells(t, "ops: web/a backup -> initialize, stop (10.0.0.100/24): no longer in the plan")
	d.step("web/b/ipv4 Backup>Initialize eth0 is down") // this one is a fault
	d.tells(t, "ops: web/b backup -> initialize, fault (10.0.0.100/24): eth0 is down")

	d.step("web/b/ipv4 Initialize>Backup up", "web/b/ipv4 Backup>Active nothing heard")
	d.plan("")
	d.plan("web/b/ipv4=2")
	d.heard.told = nil
	d.step("web/b/ipv4 Active>Initialize no longer in the plan")
	d.tells(t)
	d.step("web/b/ipv4 Initialize>Backup started")
	d.tells(t, "ops: web/b initialize -> backup, backup (10.0.0.100/24): started")
}

// A router that is made anew, and cannot begin, leaves the plan before the old one
// has gone: it stops once.
func TestNoticesOfTheOldOne(t *testing.T) {
	d := newDesk()
	d.plan("web/a/ipv4")
	d.step("web/a/ipv4 Initialize>Active owner")
	d.plan("web/a/ipv4=2")
	d.step("web/a/ipv4 Active>Yielding created anew")
	d.tell(*d.routers["web/a/ipv4"], event.Event{Event: plan.OnFault, Old: "initialize", New: "initialize", Cause: "no socket"})
	d.settle()
	d.plan("")
	d.heard.told = nil
	d.step("web/a/ipv4 Yielding>Backup lb02 took over", "web/a/ipv4 Backup>Initialize lb02 took over")
	d.tells(t)
}

// A plan that differs in its envelope only changes nothing but that.
func TestNoticesKeepTheSamePlan(t *testing.T) {
	d := newDesk()
	d.plan("web/a/ipv4")
	d.step("web/a/ipv4 Initialize>Backup s")
	other := *d.doc
	other.Plan = plan.Plan{Host: "lb01"} // would drop the router
	other.Envelope.Origins = map[string]string{"router web/a/ipv4": "main.ha.hcl:99"}
	d.follow(&other)
	d.step("web/a/ipv4 Backup>Active s")
	if e := d.streamed(t); len(e) != 2 || e[1].Origin != "main.ha.hcl:99" || e[1].Event != plan.OnActive {
		t.Errorf("%+v", e)
	}
}

// streamed returns what the stream has.
func (d *desk) streamed(t *testing.T) []event.Event {
	t.Helper()
	w := httptest.NewRecorder()
	d.stream.ServeHTTP(w, httptest.NewRequest("GET", "/v1/events", nil))
	var events []event.Event
	for lines := json.NewDecoder(w.Body); lines.More(); {
		var e event.Event
		if err := lines.Decode(&e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

// A conflict is told at once, of the router and as often as it begins and ends; it
// changes nothing about what the vip is.
func TestNoticesOfConflicts(t *testing.T) {
	d := newDesk()
	d.plan("web/a/ipv4 web/a/ipv6")
	d.step("web/a/ipv4 Backup>Active nothing heard")
	d.tells(t, "ops: web/a initialize -> active, active (10.0.0.100/24): nothing heard")
	c := node.Conflict{Kind: status.TwoActive, Peer: "10.0.0.6", Host: "lb02", Count: 1, Words: "10.0.0.6 is Active too"}
	d.noticed(node.Noticed{Router: "web/a/ipv4", Priority: 254, State: vrrp.Active, Conflict: c})
	d.noticed(node.Noticed{Router: "web/a/ipv4", Priority: 254, State: vrrp.Active, Conflict: c, Ended: true})
	d.noticed(node.Noticed{Router: "web/gone/ipv4", Conflict: c})
	d.settle()
	told := "ops: web/a active -> active, conflict (10.0.0.100/24): 10.0.0.6 is Active too"
	d.tells(t, told, told)
	got := d.streamed(t)
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	got[1].Time = time.Time{}
	want := event.Event{
		Format: 1, Sequence: 2, Host: "lb01", Vip: "web/a", Router: "web/a/ipv4", Event: plan.OnConflict, Old: "active", New: "active",
		Cause: "10.0.0.6 is Active too", Priority: 254, Addresses: []string{"10.0.0.100/24"}, Plan: "plan 1", Origin: "main.ha.hcl:12",
		Conflict: &event.Conflict{Kind: status.TwoActive, Peer: "10.0.0.6", Host: "lb02", Count: 1},
	}
	if diff := cmp.Diff(want, got[1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !got[2].Conflict.Ended {
		t.Errorf("the end is told as %+v", got[2].Conflict)
	}
}

// The stream has every transition, each with all that is known.
func TestNoticesInTheStream(t *testing.T) {
	d := newDesk()
	d.plan("web/a/ipv4 web/a/ipv6")
	begun := time.Now().UTC()
	d.step("web/a/ipv4 Active>Yielding check down", "web/a/ipv6 Initialize>Backup started")
	got := d.streamed(t)
	if len(got) != 2 || got[0].Time.Before(begun) || got[1].Time.After(time.Now()) {
		t.Fatalf("%+v", got)
	}
	got[0].Time, got[1].Time = time.Time{}, time.Time{}
	want := []event.Event{
		{
			Format: 1, Sequence: 1, Host: "lb01", Vip: "web/a", Router: "web/a/ipv4", Old: "active", New: "active", Yielding: true,
			Cause: "check down", Priority: 244, Addresses: []string{"10.0.0.100/24"}, Peer: "10.0.0.6", Plan: "plan 1", Origin: "main.ha.hcl:12",
		},
		{
			Format: 1, Sequence: 2, Host: "lb01", Vip: "web/a", Router: "web/a/ipv6", Event: plan.OnBackup, Old: "initialize", New: "backup",
			Cause: "started", Priority: 244, Addresses: []string{"2001:db8::100/64"}, Peer: "10.0.0.6", Plan: "plan 1",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A router that never begins is a fault after a while, once, however long it
// waits.
func TestNoticesOfWhatNeverBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		d.plan("web/a/ipv4")
		lines := []status.Router{
			{ID: "web/a/ipv4", Vip: "web/a", State: status.Initialize, Waiting: "eth9 does not exist", Effective: 254},
			{ID: "web/x/ipv4", Vip: "web/x", State: status.Initialize, Waiting: "not of this plan"},
		}
		for range 5 {
			d.look(lines)
			<-time.After(5 * time.Second)
		}
		d.tells(t, "ops: web/a initialize -> initialize, fault (10.0.0.100/24): eth9 does not exist")
	})
}

// An agent that leaves does not wait for a target that hangs.
func TestNoticesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk() // its listener hangs
		ctx, stop := context.WithCancel(t.Context())
		go d.run(ctx)
		begun := time.Now()
		d.end()
		if took := time.Since(begun); took != lastWords {
			t.Errorf("took %v", took)
		}
		stop()
		<-d.served
	})
}
