package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// upgradeStep is what is to be done on one host of an upgrade.
type upgradeStep struct {
	Host   string   `json:"host"`
	From   string   `json:"from,omitempty"`  // the version that is there, of one without the beginning of its hash; absent: unknown
	To     string   `json:"to"`              // the release's
	Why    string   `json:"why,omitempty"`   // what its agent says of that
	Stage  string   `json:"stage,omitempty"` // of an order that is under way there; absent: none is
	Active []string `json:"active_for"`      // vips that are on it now
	Moves  bool     `json:"moves_vips"`      // those of the upgrade's cluster move away first; otherwise all stay
	Known  bool     `json:"known"`           // whether the host is out of date; otherwise that is to be found out

	stay []string // of Active, those that stay although others move
}

// movesFrom adds that vips, of which some may be on the host, move away first.
func (s upgradeStep) movesFrom(vips []string) upgradeStep {
	s.Moves = len(vips) > 0
	if s.Moves {
		s.stay = slices.DeleteFunc(slices.Clone(s.Active), func(vip string) bool { return slices.Contains(vips, vip) })
	}
	return s
}

// words are "nginx 1.26.3 -> 1.27.2; web/public moves away first".
func (s upgradeStep) words(upgrade string) string {
	line := fmt.Sprintf("%s %s -> %s", upgrade, cmp.Or(s.From, "(unknown)"), s.To)
	if s.From == s.To && s.Why != "" {
		line += fmt.Sprintf(" (%s)", s.Why)
	}
	moves, stay := []string(nil), s.Active
	if s.Moves {
		moves, stay = slices.DeleteFunc(slices.Clone(s.Active), func(vip string) bool { return slices.Contains(s.stay, vip) }), s.stay
	}
	switch {
	case len(s.Active) == 0 && s.Moves:
		line += "; no vip is on it, and none comes meanwhile"
	case len(s.Active) == 0:
		line += "; no vip is on it"
	}
	if n := len(moves); n > 0 {
		line += fmt.Sprintf("; %s %s away first", terminal.Few(moves), terminal.Verb(n, "moves", "move"))
	}
	if n := len(stay); n > 0 {
		line += fmt.Sprintf("; %s %s", terminal.Few(stay), terminal.Verb(n, "stays", "stay"))
	}
	if s.Stage != "" {
		line += "; under way: " + s.Stage
	}
	if !s.Known {
		line += "; what runs there is not known yet"
	}
	return line
}

// outdated reports whether a host has another release of an upgrade than its next
// plan asks for, and whether that is known.
func (h proposed) outdated(u *plan.Upgrade) (due, known bool) {
	s := fleet.UpgradeReport(h.Status, u.Name)
	switch {
	case s == nil:
		return true, false
	case fleet.IsUnderWay(s):
		return true, true // whatever it runs meanwhile
	}
	if was := fleet.UpgradeOf(h.Stored, u.Name); was != nil && was.Release == u.Release && h.Status.Plan.Hash == h.Stored.Hash {
		return !s.Current, true
	}
	return s.SHA256 != u.Release.SHA256, true
}

// upgradeSteps returns what is to be done so that hosts get the release that their
// next plans ask for: hosts without a vip before those with one.
func upgradeSteps(name string, hosts []proposed) []upgradeStep {
	plans, reports := fleet.NewGeneration(), map[string]*status.Host{}
	for _, h := range hosts {
		plans.Add(h.Host, &h.Next.Plan)
		if h.Alive {
			reports[h.Host] = h.Status
		}
	}
	actives := fleet.Actives(reports)
	var steps []upgradeStep
	for _, h := range hosts {
		u := fleet.UpgradeOf(h.Next, name)
		if u == nil {
			continue
		}
		due, known := h.outdated(u)
		if !due {
			continue
		}
		s := upgradeStep{Host: h.Host, To: u.Release.Version, Known: known, Active: []string{}}
		if r := fleet.UpgradeReport(h.Status, name); r != nil {
			s.From, s.Why, s.Stage = fleet.VersionOf(r), r.Outdated, fleet.StageOf(r)
		}
		for _, vip := range plans.VipsOf(h.Host) {
			if slices.ContainsFunc(plans.IDs(), func(id string) bool { return plans.Any(id).Vip == vip && slices.Contains(actives[id], h.Host) }) {
				s.Active = append(s.Active, vip)
			}
		}
		steps = append(steps, s.movesFrom(u.Vips))
	}
	order := fleet.BackupsFirst(plans, reports)
	slices.SortStableFunc(steps, func(a, b upgradeStep) int {
		return cmp.Or(len(a.Active)-len(b.Active), slices.Index(order, a.Host)-slices.Index(order, b.Host))
	})
	return steps
}

// upgradeNames returns the upgrades that the next plans of hosts have, sorted.
func upgradeNames(hosts []proposed) []string {
	names := map[string]bool{}
	for _, h := range hosts {
		for _, u := range h.Next.Plan.Upgrades {
			names[u.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
