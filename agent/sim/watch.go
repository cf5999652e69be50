package sim

import (
	"net/netip"
	"slices"
	"time"

	"hactl/agent/node"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// watch is what the clients of a vip see.
type watch struct {
	claimed bool          // some host has had it
	gap     time.Duration // for which no host had it after that
}

// pass lets time go by in which these hosts have the addresses.
func (w *watch) pass(holders []string, d time.Duration) {
	w.claimed = w.claimed || len(holders) > 0
	if w.claimed && len(holders) == 0 {
		w.gap += d
	}
}

// Gap returns for how long no host has had all addresses of a vip so far, since
// one first had.
func (l *LAN) Gap(vip string) time.Duration { return l.watch[vip].gap }

// holders returns the hosts that have all addresses of a vip on links that are up.
func (l *LAN) holders(vip string) []string {
	var names []string
	for _, h := range l.hosts {
		if h.node != nil && h.holds(vip) {
			names = append(names, h.plan.Host)
		}
	}
	return names
}

// spot is where an address of a vip is put.
type spot struct {
	link    string
	address netip.Addr
}

// spotsOf returns where p puts the addresses of its vips.
func spotsOf(p *plan.Plan) map[string][]spot {
	spots := map[string][]spot{}
	for _, r := range p.Routers {
		for _, a := range r.Addresses {
			spots[r.Vip] = append(spots[r.Vip], spot{r.Interface, netip.MustParsePrefix(a.Prefix).Addr()})
		}
	}
	return spots
}

// holds reports whether the host answers for a vip.
func (h *host) holds(vip string) bool {
	wishes := h.node.Wishes().Addresses
	return !slices.ContainsFunc(h.spots[vip], func(x spot) bool {
		return !h.up(x.link) || !slices.ContainsFunc(wishes, func(w node.Wish) bool { return w.Interface == x.link && w.Prefix.Addr() == x.address })
	})
}

// Active returns the hosts that are Active for a vip and do not yield, in the
// order in which they joined: those whose routers of it all are, and others none.
// It is of them that the second result is false.
func (l *LAN) Active(vip string) (hosts []string, whole bool) {
	whole = true
	for _, h := range l.hosts {
		if h.node == nil {
			continue
		}
		active, all := 0, 0
		for _, r := range h.node.Report(time.Time{}, node.Holdings{}) {
			if r.Vip == vip {
				all++
				if r.State == status.Active && !r.Yielding {
					active++
				}
			}
		}
		if active > 0 {
			hosts = append(hosts, h.plan.Host)
			whole = whole && active == all
		}
	}
	return hosts, whole
}
