package main

import (
	"strings"
	"testing"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/plan"
)

// checked is a proposal to a host whose check changes, and whose upgrade does not.
func checked() proposal {
	document := func(interval int) *plan.Document {
		p := plan.Plan{Host: "lb01", Checks: []plan.Check{{Name: "nginx", Interval: interval, TCP: &plan.TCPProbe{Address: "127.0.0.1:80"}}}}
		p.Upgrades = []plan.Upgrade{{Name: "nginx"}}
		return &plan.Document{Hash: p.Hash(), Plan: p}
	}
	return proposal{Hosts: []proposed{{Known: fleet.Known{Host: "lb01", Stored: document(3000)}, Next: document(5000)}}}
}

func TestProposalShowsObjects(t *testing.T) {
	var text, review strings.Builder
	checked().write(&text, terminal.Palette(false))
	checked().markdown(&review)
	for got, want := range map[string][]string{
		text.String():   {"  ~ check nginx: in place\n      interval 3s → 5s\n"},
		review.String(): {"  - `check nginx` in place: interval 3s → 5s\n"},
	} {
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in\n%s", w, got)
			}
		}
	}
	json := checked().json().Hosts[0]
	if len(json.Routers) != 0 || len(json.Objects) != 2 || json.Objects[0].ID != "check nginx" || json.Objects[0].Class != "in place" {
		t.Errorf("got routers %v, objects %v", json.Routers, json.Objects)
	}
}
