package main

import (
	"fmt"
	"slices"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/lang/rule"
)

// newUpgradeRollout returns one that has done nothing yet.
func newUpgradeRollout(f *fleet.Fleet, name string, back bool, flags upgradeFlags) (*upgradeRollout, error) {
	r := &upgradeRollout{fleet: f, name: name, back: back, most: 1, wait: flags.wait, force: flags.force}
	if !slices.Contains(f.Upgrades(), name) {
		return nil, f.NoUpgrade(name)
	}
	var all []string
	for _, m := range f.Members {
		u := fleet.UpgradeOf(m.Stored, name)
		if u == nil {
			continue
		}
		all = append(all, m.Host)
		if len(flags.hosts) > 0 && !slices.Contains(flags.hosts, m.Host) {
			continue
		}
		h := &upgradeHost{Member: m, goal: *u}
		if !back || h.canReturn() || h.report() != nil && h.forward() != nil {
			r.hosts = append(r.hosts, h)
		}
		r.most = max(r.most, u.MaxUnavailable)
	}
	for _, host := range flags.hosts {
		if !slices.Contains(all, host) {
			return nil, fmt.Errorf("--host %s: the plan of no such host has upgrade %s%s: there are %s", host, name, fleet.Meant(host, all), rule.List(all))
		}
	}
	if len(r.hosts) == 0 {
		return nil, fmt.Errorf("nothing was changed, as no host has both the release of upgrade %s and what ran before it", name)
	}
	return r, nil
}

// canReturn reports whether the host runs the plan's release and has kept what ran
// before, or is on its way back already.
func (h *upgradeHost) canReturn() bool {
	u := h.report()
	o := h.Wanted.Order(h.goal.Name)
	return u != nil && (u.Current && u.Previous != nil || o != nil && o.Back && !h.ended(o))
}
