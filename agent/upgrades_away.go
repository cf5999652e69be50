package agent

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// places is where the vips of an upgrade are. It does not change any more.
type places struct {
	away      upgrade.Away
	addresses []netip.Addr // of the vips
}

// away is what the goroutine of an upgrade is told of its vips.
func (u *upgrades) away() (upgrade.Away, []netip.Addr) {
	p := u.places.Load()
	return p.away, p.addresses
}

// holds returns the vips that the host stands aside for, and why: those of an upgrade
// from its drain on, until it has ended; those of the plan for as long as nobody knows
// how far it is, or nobody serves since it ended.
func (c *change) holds() (vips []string, why string) {
	switch {
	case c.progress.Stage >= upgrade.Drain && !c.unread:
		return c.carried.Vips, fmt.Sprintf("kept away while %s is upgraded", c.name)
	case c.plan == nil:
		return nil, ""
	case c.unread:
		return c.plan.Vips, fmt.Sprintf("kept away as nobody knows how far the upgrade of %s is", c.name)
	case c.history.Down() && (c.sight == nil || c.sight.Running == ""):
		return c.plan.Vips, fmt.Sprintf("kept away as the upgrade of %s has left no master", c.name)
	}
	return nil, ""
}

// held returns why the host stands aside for vips, by their names.
func (u *upgrades) held() map[string]string {
	held := map[string]string{}
	for _, c := range u.byName {
		vips, why := c.holds()
		for _, vip := range vips {
			held[vip] = why
		}
	}
	return held
}

// place lets an upgrade that is under way know where its vips are, by a report.
func (u *upgrades) place(routers []status.Router) {
	p := &places{}
	defer func() { u.places.Store(p) }()
	if u.going == nil || u.agent.doc == nil {
		return
	}
	vips, _ := u.going.change.holds()
	if len(vips) == 0 {
		return
	}
	p.away.Held = true
	for _, r := range routers {
		if slices.Contains(vips, r.Vip) && r.State == status.Active && !slices.Contains(p.away.Here, r.Vip) {
			p.away.Here = append(p.away.Here, r.Vip)
		}
	}
	for _, r := range u.agent.doc.Plan.Routers {
		if !slices.Contains(vips, r.Vip) {
			continue
		}
		p.away.Within = max(p.away.Within, u.agent.hooks.patience(r.Vip)+election(r))
		for _, a := range r.Addresses {
			if prefix, err := netip.ParsePrefix(a.Prefix); err == nil {
				p.addresses = append(p.addresses, prefix.Addr())
			}
		}
	}
}

// election is how long it may take until another router is Active in the place of one
// that stands aside, or until that one goes on since there is none.
func election(r plan.Router) time.Duration {
	return 5*time.Duration(r.AdvertInterval)*time.Millisecond + 5*time.Second
}
