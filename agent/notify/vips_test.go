package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		to                vrrp.State
		yielding, leaving bool
		want              plan.Event
	}{
		{vrrp.Active, false, false, plan.OnActive},
		{vrrp.Active, true, false, ""},
		{vrrp.Active, true, true, ""},
		{vrrp.Backup, false, false, plan.OnBackup},
		{vrrp.Backup, false, true, plan.OnBackup},
		{vrrp.Initialize, false, false, plan.OnFault},
		{vrrp.Initialize, false, true, plan.OnStop},
	} {
		if got := Meaning(c.to, c.yielding, c.leaving); got != c.want {
			t.Errorf("%v: %q", c, got)
		}
	}
}

// changes plays what routers become, "a4=active a6=backup | …": at each bar the
// loop has ended a step. "-a4" begins anew. It returns what the vips tell.
func changes(text string) string {
	v := NewVips()
	var told []string
	for step := range strings.SplitSeq(text, "|") {
		for word := range strings.FieldsSeq(step) {
			if gone, ok := strings.CutPrefix(word, "-"); ok {
				v.Forget("web/"+gone[:1], gone)
				continue
			}
			router, is, _ := strings.Cut(word, "=")
			v.Set(event.Event{Vip: "web/" + router[:1], Router: router, Event: plan.Event(is), Cause: "of " + router, Addresses: []string{"of " + router}})
		}
		var now []string
		for _, e := range v.Settle() {
			now = append(now, fmt.Sprintf("%s %s>%s %s %v", e.Vip, e.Old, e.New, e.Event, e.Addresses))
		}
		told = append(told, strings.Join(now, ", "))
	}
	return strings.Join(told, " | ")
}

func TestVipsTellOnce(t *testing.T) {
	for name, c := range map[string]struct{ happens, want string }{
		"one family": {
			"a4=backup | a4=active | a4= | a4=backup | a4=fault | a4=backup | a4=stop",
			"web/a initialize>backup backup [of a4] | web/a backup>active active [of a4] |  | web/a active>backup backup [of a4] | " +
				"web/a backup>initialize fault [of a4] | web/a initialize>backup backup [of a4] | web/a backup>initialize stop [of a4]",
		},
		"both families": {
			"a4=backup a6=backup | a6=active | a4=active | a6=backup | a4=backup",
			"web/a initialize>backup backup [of a4 of a6] | web/a backup>active active [of a4 of a6] |  |  | web/a active>backup backup [of a4 of a6]",
		},
		"one family only has a fault": {
			"a4=backup a6=fault | a4=active | a4=fault | a6=backup",
			"web/a initialize>backup backup [of a4 of a6] | web/a backup>active active [of a4 of a6] | web/a active>initialize fault [of a4 of a6] | web/a initialize>backup backup [of a4 of a6]",
		},
		"an agent that leaves": {
			"a4=active a6=active | a4=backup a4=stop | a6=backup a6=stop",
			"web/a initialize>active active [of a4 of a6] |  | web/a active>initialize stop [of a4 of a6]",
		},
		"within one step only the end counts": {
			"a4=backup | a4=active a4=backup | a4=active a4=fault",
			"web/a initialize>backup backup [of a4] |  | web/a backup>initialize fault [of a4]",
		},
		"begun anew": {
			"a4=active | -a4 | a4=backup | -a4 a4=active",
			"web/a initialize>active active [of a4] |  | web/a initialize>backup backup [of a4] | web/a backup>active active [of a4]",
		},
		"several vips, in order": {
			"b4=active a4=backup | a4=active b4=backup",
			"web/b initialize>active active [of b4], web/a initialize>backup backup [of a4] | web/a backup>active active [of a4], web/b active>backup backup [of b4]",
		},
	} {
		if diff := cmp.Diff(c.want, changes(c.happens)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The reason is that of the router that the vip is now like.
func TestVipsCause(t *testing.T) {
	v := NewVips()
	set := func(router string, is plan.Event) {
		v.Set(event.Event{Vip: "web/a", Router: router, Event: is, Cause: fmt.Sprintf("%s is %s", router, is)})
	}
	set("4", plan.OnActive)
	set("6", plan.OnActive)
	v.Settle()
	set("6", plan.OnBackup)
	set("4", plan.OnFault)
	if e := v.Settle(); len(e) != 1 || e[0].Cause != "6 is backup" || e[0].Router != "" {
		t.Errorf("%+v", e)
	}
	set("4", plan.OnActive)
	set("6", plan.OnActive)
	v.Settle()
	set("6", plan.OnFault)
	set("4", plan.OnFault)
	if e := v.Settle(); len(e) != 1 || e[0].Cause != "4 is fault" {
		t.Errorf("%+v", e)
	}
	if v.Is("web/a", "4") != plan.OnFault || v.Is("web/a", "5") != "" || v.Is("web/b", "4") != "" {
		t.Error("Is is wrong")
	}
}

func TestOverdue(t *testing.T) {
	var o Overdue
	at := func(seconds int, routers ...status.Router) string {
		var ids []string
		for _, r := range o.Look(time.Unix(int64(seconds), 0), routers) {
			ids = append(ids, r.ID)
		}
		return strings.Join(ids, " ")
	}
	waits := status.Router{ID: "a", State: status.Initialize, Waiting: "interface eth0 is down"}
	runs := status.Router{ID: "a", State: status.Backup, Waiting: "drained"}
	new := status.Router{ID: "b", State: status.Initialize}
	for i, c := range []struct{ got, want string }{
		{at(0, waits, new), ""},
		{at(4, waits, new), ""},
		{at(5, waits, new), "a"},
		{at(9, waits), "a"},
		{at(10, runs), ""},
		{at(11, waits), ""},
		{at(16, waits), "a"},
	} {
		if c.got != c.want {
			t.Errorf("%d: %q, want %q", i, c.got, c.want)
		}
	}
}
