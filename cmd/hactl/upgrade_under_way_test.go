package main

import (
	"testing"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// What becomes of an upgrade that is under way, by what the next plan has of it.
func TestOvertaking(t *testing.T) {
	was := &plan.Upgrade{Name: "nginx", Verify: plan.Verify{Checks: []string{"web"}}}
	of := func(id string, c plan.Class) []plan.Change { return []plan.Change{{ID: id, Class: c}} }
	for _, c := range []struct {
		objects []plan.Change
		back    bool
		want    string
	}{
		{nil, false, ""},
		{of("upgrade php", plan.Removed), false, ""},
		{of("check web", plan.InPlace), false, ""},
		{of("check dns", plan.Removed), false, ""},
		{of("check web", plan.Removed), false, "it goes back when check web goes away, by which it judges the release"},
		{of("upgrade nginx", plan.InPlace), false, `it goes on by what it was begun with; "hactl upgrade rollback nginx" takes it back`},
		{of("upgrade nginx", plan.InPlace), true, "it goes on by what it was begun with"},
		{of("upgrade nginx", plan.Removed), false, `it goes on by what it was begun with; before this is applied, "hactl upgrade rollback nginx" takes it back`},
	} {
		u := status.Upgrade{Name: "nginx", Order: &intent.Order{Back: c.back}}
		if got := overtaking(u, was, c.objects); got != c.want {
			t.Errorf("%v, back %v: %q, want %q", c.objects, c.back, got, c.want)
		}
	}
}
