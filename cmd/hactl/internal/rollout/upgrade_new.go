package rollout

import (
	"fmt"
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/lang/rule"
)

// Options are what a rollout of an upgrade can be told.
type Options struct {
	Hosts []string      // only these; none: all that have the upgrade
	Wait  time.Duration // how long to wait where nothing moves, greater than 0
	Force bool          // go on although the vips could not do without a host
}

// NewUpgrade returns a rollout of the upgrade of that name, or with back one from its
// release to what ran before, that has done nothing yet and tells nobody. It is an error
// when no plan has the upgrade, one of o.Hosts has not, or there is nothing to go back to.
func NewUpgrade(f *fleet.Fleet, name string, back bool, o Options) (*Upgrade, error) {
	r := &Upgrade{Fleet: f, Name: name, Back: back, Most: 1, wait: o.Wait, Force: o.Force,
		Say: func(Progress) {}, Seen: func() {}, looked: func() {}, note: func() {}}
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
		if len(o.Hosts) > 0 && !slices.Contains(o.Hosts, m.Host) {
			continue
		}
		h := &Host{Member: m, Goal: *u}
		if !back || h.canReturn() || h.Report() != nil && h.Forward() != nil {
			r.Hosts = append(r.Hosts, h)
		}
		r.Most = max(r.Most, u.MaxUnavailable)
	}
	for _, host := range o.Hosts {
		if !slices.Contains(all, host) {
			return nil, fmt.Errorf("--host %s: the plan of no such host has upgrade %s%s: there are %s", host, name, fleet.Meant(host, all), rule.List(all))
		}
	}
	if len(r.Hosts) == 0 {
		return nil, fmt.Errorf("nothing was changed, as no host has both the release of upgrade %s and what ran before it", name)
	}
	return r, nil
}

// canReturn reports whether the host runs the plan's release and has kept what ran
// before, or is on its way back already.
func (h *Host) canReturn() bool {
	u := h.Report()
	o := h.Wanted.Order(h.Goal.Name)
	return u != nil && (u.Current && u.Previous != nil || o != nil && o.Back && !h.ended(o))
}

// Due returns the hosts that are not yet where the rollout leads, by their reports.
func (r *Upgrade) Due() []*Host {
	return slices.DeleteFunc(slices.Clone(r.Hosts), func(h *Host) bool { return !r.Back && h.current() })
}
