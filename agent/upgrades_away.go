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

// holds reports whether the host stands aside for the vips of an upgrade: from its
// drain on, until it has ended.
func (c *change) holds() bool { return c.progress.Stage >= upgrade.Drain && len(c.carried.Vips) > 0 }

// held returns why the host stands aside for vips, by their names.
func (u *upgrades) held() map[string]string {
	held := map[string]string{}
	for name, c := range u.byName {
		if !c.holds() {
			continue
		}
		for _, vip := range c.carried.Vips {
			held[vip] = fmt.Sprintf("kept away while %s is upgraded", name)
		}
	}
	return held
}

// place lets an upgrade that is under way know where its vips are, by a report.
func (u *upgrades) place(routers []status.Router) {
	p := &places{}
	defer func() { u.places.Store(p) }()
	if u.going == nil || !u.going.change.holds() || u.agent.doc == nil {
		return
	}
	p.away.Held = true
	vips := u.going.change.carried.Vips
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
