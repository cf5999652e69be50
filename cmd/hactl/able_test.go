package main

import (
	"slices"
	"strings"
	"testing"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
)

// checked is a proposal to a host whose check changes, and whose agent could not
// carry out an upgrade that it has.
func upgraded() proposal {
	document := func(interval int) *plan.Document {
		p := plan.Plan{Host: "lb01", Checks: []plan.Check{{Name: "nginx", Interval: interval, TCP: &plan.TCPProbe{Address: "127.0.0.1:80"}}}}
		p.Upgrades = []plan.Upgrade{{Name: "nginx"}}
		return &plan.Document{Hash: p.Hash(), Plan: p}
	}
	return proposal{Hosts: []proposed{{Known: fleet.Known{Host: "lb01", Stored: document(3000)}, Next: document(5000)}}}
}

func TestProposalShowsObjects(t *testing.T) {
	var text, review strings.Builder
	upgraded().write(&text, palette(false))
	upgraded().markdown(&review)
	for got, want := range map[string][]string{
		text.String(): {"  ~ check nginx: in place\n      interval 3s → 5s\n",
			"  warning: the agent cannot yet upgrade programs (upgrade nginx), and would refuse this plan\n"},
		review.String(): {"  - `check nginx` in place: interval 3s → 5s\n",
			"  - **warning**: the agent cannot yet upgrade programs (upgrade nginx), and would refuse this plan\n"},
	} {
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in\n%s", w, got)
			}
		}
	}
	json := upgraded().json().Hosts[0]
	if len(json.Routers) != 0 || len(json.Objects) != 2 || json.Objects[0].ID != "check nginx" || json.Objects[0].Class != "in place" {
		t.Errorf("got routers %v, objects %v", json.Routers, json.Objects)
	}
	if want := "upgrade programs (upgrade nginx)"; !slices.Contains(json.Unable, want) {
		t.Errorf("unable: %q, want %q", json.Unable, want)
	}
}

// What plan says to do next is not an apply that would refuse.
func TestAdviceTellsOfTheRefusal(t *testing.T) {
	want := `"hactl apply ." will refuse this: the warnings say what the agents cannot do yet.`
	if got := upgraded().advice(planFlags{}, "."); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p := upgraded()
	p.Hosts[0].Next.Plan = plan.Plan{Host: "lb01"}
	if got := p.advice(planFlags{}, "."); strings.Contains(got, "refuse") {
		t.Errorf("got %s", got)
	}
}
