package main

import (
	"cmp"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/whatif"
	"hactl/schemas/plan"
)

// proposalJSON is what plan --json prints.
type proposalJSON struct {
	Changes  bool               `json:"changes"`           // whether apply would publish anything
	Store    string             `json:"store"`             // as --store takes it; empty with Against
	Against  string             `json:"against,omitempty"` // the folder whose configuration was compared with; absent when the hosts were asked
	Hosts    []hostJSON         `json:"hosts"`             // sorted by name
	Vips     []vip              `json:"vips"`              // sorted by name
	Waves    []waveJSON         `json:"waves"`             // how apply goes about it, in order; empty when it would publish nothing
	Notes    []string           `json:"notes"`
	WhatIf   []whatif.SceneJSON `json:"what_if"`                 // sorted by the first vip
	Upgrades []proposedUpgrade  `json:"upgrades,omitempty"`      // that some host is out of date by, or may be; sorted by name
	Secrets  []string           `json:"secret_faults,omitempty"` // secrets that hosts lack or have differently: apply refuses
}

type hostJSON struct {
	Host    string       `json:"host"`
	Present string       `json:"present"`         // hash of the present plan, "none", "damaged" or "unknown"
	Next    string       `json:"next"`            // hash of the plan that apply would publish
	Changed bool         `json:"changed"`         // whether the two differ, or may
	Agent   string       `json:"agent,omitempty"` // in words, what its agent does other than to run the present plan; absent: nothing
	Trial   string       `json:"trial,omitempty"` // in words, that the present plan is to be confirmed and until when, or that the host went back from another; absent: neither
	Error   string       `json:"error,omitempty"` // why the present plan is unknown
	Routers []changeJSON `json:"routers"`         // sorted by ID; empty when the present plan is unknown
	Objects []changeJSON `json:"objects"`         // likewise: "check …", "notify …" and "upgrade …"
}

type changeJSON struct {
	ID        string   `json:"id"`
	Class     string   `json:"class"` // "untouched", "in place", "re-created", "added", "removed"
	What      []string `json:"what"`
	Agreement []string `json:"agreement"` // on which neighbours disagree until all have followed
}

// json returns the proposal for programs.
func (p proposal) json() proposalJSON {
	out := proposalJSON{Changes: p.changed(), Store: p.Store, Against: p.Against, Hosts: []hostJSON{}, Vips: []vip{}, Notes: p.notes(), Upgrades: p.upgrades(), Secrets: p.secretFaults()}
	if out.Against == "" {
		out.Store = cmp.Or(p.Store, store.DefaultDir)
	}
	out.Vips, out.Waves = append(out.Vips, p.vips()...), p.turnsOut()
	for _, h := range p.Hosts {
		out.Hosts = append(out.Hosts, h.json())
	}
	out.WhatIf = whatif.JSON(p.scenes())
	return out
}

func (h proposed) json() hostJSON {
	out := hostJSON{Host: h.Host, Present: h.State(), Next: h.Next.Hash, Changed: h.changed(), Agent: h.followed(), Trial: h.trial(time.Now())}
	if err := cmp.Or(h.Unread, h.Damaged); err != nil {
		out.Error = err.Error()
	}
	routers, objects := h.changes()
	out.Routers, out.Objects = asJSON(routers), asJSON(objects)
	return out
}

func asJSON(changes []plan.Change) []changeJSON {
	out := []changeJSON{}
	for _, c := range changes {
		out = append(out, changeJSON{ID: c.ID, Class: c.Class.String(), What: append([]string{}, c.What...), Agreement: append([]string{}, c.Agreement...)})
	}
	return out
}
