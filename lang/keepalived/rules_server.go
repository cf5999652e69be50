package keepalived

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"hactl/lang/rule"
)

// virtualServers judges the load balancer's addresses against the routers'.
func (l *linter) virtualServers(n *Node) {
	var own []VIP
	for _, i := range n.Instances {
		if i.Unknown || i.Opaque {
			return
		}
		own = append(own, i.VIPs...)
	}
	if len(own) == 0 || n.Config.Incomplete {
		return
	}
	reported := map[netip.Addr]bool{}
	var strange []Word
	for _, s := range n.Virtuals {
		w, _ := s.Value()
		a, ok := address(w)
		if !ok || reported[a] {
			continue
		}
		if at := slices.IndexFunc(own, func(v VIP) bool { return v.Address == a }); at >= 0 {
			l.directRouting(s, own[at], reported)
			continue
		}
		reported[a] = true
		strange = append(strange, w)
	}
	if len(strange) > 0 {
		l.strangeServers(strange, own[0])
	}
}

// strangeServers reports virtual servers on addresses that no instance has.
func (l *linter) strangeServers(at []Word, vip VIP) {
	related := []rule.Related{see(vip.Statement.Words[0].Range, "A virtual address")}
	for _, w := range at[1:] {
		related = append(related, see(w.Range, "%s is none, either", shown(w.Text)))
	}
	l.report(rule.VirtualServer, at[0].Range, fmt.Sprintf("%s is none of the virtual addresses of this file: where nothing else gives it to the node, the virtual server never sees a packet. Write the virtual address, or take out what is left of an example.", shown(at[0].Text)), related...)
}

// directRouting tells of real servers that packets may not reach.
func (l *linter) directRouting(s *Statement, v VIP, reported map[netip.Addr]bool) {
	kind, ok := value(s.child("lb_kind"))
	if !ok {
		kind, ok = value(s.child("lvs_method"))
	}
	if !ok || !strings.EqualFold(kind.Text, "DR") || !v.Address.Is4() {
		return
	}
	near := v.Prefix
	if near.IsSingleIP() {
		near = netip.PrefixFrom(v.Address, 24)
	}
	var far []rule.Related
	for _, r := range s.children("real_server") {
		w, _ := r.Value()
		if a, known := address(w); known && a.Is4() && !near.Contains(a) {
			far = append(far, see(w.Range, "The real server"))
		}
	}
	if len(far) > 0 && !reported[v.Address] {
		reported[v.Address] = true
		l.report(rule.VirtualServer.As(rule.Info), kind.Range, fmt.Sprintf("Direct routing reaches real servers on the same segment only, and these seem to be on another one than %s. If they are, use NAT or TUN.", v.Address), far...)
	}
}
