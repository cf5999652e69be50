package keepalived

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"hactl/lang/rule"
)

// cluster judges what must hold between nodes.
func (l *linter) cluster() {
	all := routers(l.nodes)
	for _, r := range all {
		if len(r) < 2 {
			l.lonely(r[0], all)
			continue
		}
		most := r.most()
		for _, i := range r {
			if i != most {
				l.wire(most, i)
				l.vipSets(most, i)
			}
		}
		l.unicast(r)
		l.nodesAddresses(r)
		l.elections(r)
		l.oneSided(r)
	}
	l.splitGroups(all)
	l.routerIDs()
}

// most returns the instance that sends what most of them send, the first of
// several: the others are compared with it.
func (r router) most() *Instance {
	count, best := map[string]int{}, r[0]
	for _, i := range r {
		count[i.advert()]++
	}
	for _, i := range r {
		if count[i.advert()] > count[best.advert()] {
			best = i
		}
	}
	return best
}

// advert returns a text that is the same for instances whose adverts agree.
func (i *Instance) advert() string {
	a := sent(i)
	text := fmt.Sprint(i.Version, i.Unicast, i.Advert.Value)
	for _, w := range []*Word{a.Type, a.Pass} {
		if w != nil {
			text += " " + effective(w)
		}
	}
	for _, v := range i.VIPs {
		text += " " + v.Address.String()
	}
	return text
}

// lonely judges an instance whose VRID no other node has.
func (l *linter) lonely(i *Instance, all []router) {
	if !i.VRID.Known {
		return
	}
	for _, r := range all {
		j := r[0]
		if len(r) > 1 || j.Node == i.Node || shared(i, j) == 0 || !j.VRID.Known {
			continue
		}
		if slices.Index(l.nodes, j.Node) < slices.Index(l.nodes, i.Node) {
			l.report(rule.VRIDDiffers, i.VRID.Range, fmt.Sprintf("%s has the same address with the VRID %g: neither takes the adverts of the other for its own, so both are master and have the address for good. Write the same virtual_router_id on all nodes.", j.Node.Name, j.VRID.Value), see(j.VRID.Range, "The other VRID"))
		}
		return
	}
	for _, n := range l.nodes {
		if n != i.Node && n.Config.Incomplete {
			return
		}
	}
	l.reportf(rule.LonelyRouter, i.Statement.Range(), "No other of these files has a router of VRID %g, so nobody takes over from %s. If there is one, give its file, too.", i.VRID.Value, i.Node.Name)
}

// wire compares what the adverts of two nodes must agree in.
func (l *linter) wire(a, b *Instance) {
	if a.Version != b.Version && a.Version != 0 && b.Version != 0 {
		l.report(rule.AdvertsDiffer, b.Statement.Range(), fmt.Sprintf("This node speaks version %d of VRRP and %s version %d. Each drops the adverts of the other, so both are master for good. Set vrrp_version to the same on all nodes.", b.Version, a.Node.Name, a.Version), see(a.Statement.Range(), "Version %d here", a.Version))
		return
	}
	if a.Unicast != b.Unicast && !a.Opaque && !b.Opaque {
		u, m := a, b
		if b.Unicast {
			u, m = b, a
		}
		l.report(rule.AdvertsDiffer, m.Statement.Range(), fmt.Sprintf("This node sends to the multicast group, and %s to single peers. Each drops the adverts of the other, so both are master for good. Write unicast_peer on all nodes or on none.", u.Node.Name), see(u.Peers.Range(), "Unicast here"))
		return
	}
	l.intervals(a, b)
	if a.Version != 3 {
		l.authentication(a, b)
	}
}

// intervals compares advert_int.
func (l *linter) intervals(a, b *Instance) {
	if !a.Advert.Known || !b.Advert.Known || a.Advert.Value == b.Advert.Value {
		return
	}
	at, other := b.Advert.Range, a.Advert.Range
	if !b.Advert.Given {
		at = b.Statement.Range()
	}
	if !a.Advert.Given {
		other = a.Statement.Range()
	}
	if a.Version == 3 {
		l.report(rule.AdvertsDiffer.As(rule.Warning), at, fmt.Sprintf("advert_int is %g s here and %g s on %s. In version 3 a backup adopts the master's interval, so how fast it takes over depends on who is master. Write the same on all nodes.", b.Advert.Value, a.Advert.Value, a.Node.Name), see(other, "The other interval"))
		return
	}
	l.report(rule.AdvertsDiffer, at, fmt.Sprintf("advert_int is %g s here and %g s on %s. In version 2 each drops the adverts of the other, so both are master for good. Write the same on all nodes.", b.Advert.Value, a.Advert.Value, a.Node.Name), see(other, "The other interval"))
}

// authentication compares type and password, as they are used.
func (l *linter) authentication(a, b *Instance) {
	if a.Opaque || b.Opaque {
		return
	}
	x, y := sent(a), sent(b)
	switch {
	case (x.Type == nil) != (y.Type == nil):
		with, without := a, b
		if x.Type == nil {
			with, without = b, a
		}
		l.report(rule.AuthDiffers, without.Statement.Range(), fmt.Sprintf("This node sends no authentication, but %s does. Each drops the adverts of the other, so both are master for good. Write the same on all nodes, or on none.", with.Node.Name), see(with.Auth.Type.Range, "Authentication here"))
	case x.Type == nil || x.Type.Unknown || y.Type.Unknown:
	case !strings.EqualFold(x.Type.Text, y.Type.Text):
		l.report(rule.AuthDiffers, y.Type.Range, fmt.Sprintf("auth_type is not the same as on %s. Each drops the adverts of the other, so both are master for good. Write the same on all nodes.", a.Node.Name), see(x.Type.Range, "The other type"))
	case x.Pass == nil || y.Pass == nil || x.Pass.Unknown || y.Pass.Unknown:
	case effective(x.Pass) != effective(y.Pass):
		l.report(rule.AuthDiffers, y.Pass.Range, fmt.Sprintf("The password is not the same as on %s, in the first 8 bytes and up to a comment, which is what counts. Each drops the adverts of the other, so both are master for good. Write the same on all nodes.", a.Node.Name), see(x.Pass.Range, "The other password"))
	}
}

// sent returns the authentication that adverts carry: vrrp_strict drops it, and
// what is incomplete or of an unknown type is none.
func sent(i *Instance) Auth {
	a := i.Auth
	if i.Node.Global.child("vrrp_strict") != nil || a.Type == nil || a.Pass == nil || !a.Type.Unknown && !choices["auth_type"].has(a.Type.Text) {
		return Auth{}
	}
	return a
}

// effective returns the bytes of a password that are sent.
func effective(w *Word) string { return w.Text[:min(8, len(w.Text))] }

// vipSets compares the addresses in adverts.
func (l *linter) vipSets(a, b *Instance) {
	if a.Unknown || b.Unknown || a.Opaque || b.Opaque || a.Node.Config.Incomplete || b.Node.Config.Incomplete {
		return
	}
	l.missing(a, b)
	if shared(a, b) > 0 || len(b.VIPs) == 0 {
		l.missing(b, a)
	}
}

// missing reports the first address that b has and a lacks.
func (l *linter) missing(a, b *Instance) {
	for _, v := range b.VIPs {
		if v.Excluded || a.has(v.Address) {
			continue
		}
		related := see(a.Statement.Range(), "The same router, without it")
		if len(a.Blocks) > 0 {
			related.Range = a.Blocks[0].Range()
		}
		if shared(a, b) == 0 && len(a.VIPs) > 0 {
			related = see(a.VIPs[0].Statement.Words[0].Range, "It has other addresses here")
		}
		severity, effect := rule.Warning, fmt.Sprintf("Since keepalived 2.3.3 the adverts are accepted all the same, and after a failover this address is not on %s", a.Node.Name)
		if l.version.Before(acceptsOtherSet) {
			severity, effect = rule.Error, "keepalived before 2.3.3 drops adverts with other addresses than its own, so both nodes are master for good"
		}
		l.report(rule.AddressesDiffer.As(severity), v.Statement.Words[0].Range, fmt.Sprintf("%s is not among the addresses of the same router (VRID %g) on %s. %s. List the same addresses on all nodes.", v.Address, b.VRID.Value, a.Node.Name, effect), related)
		return
	}
}

// unicast compares who sends to whom.
func (l *linter) unicast(r router) {
	senders := map[netip.Addr]*Instance{}
	complete := true // every source is known
	for _, i := range r {
		source, ok := i.source()
		if !ok || i.Opaque {
			complete = false
			continue
		}
		if other := senders[source]; other != nil && i.Unicast {
			l.report(rule.UnicastMismatch, i.Source.Range, fmt.Sprintf("%s sends from %s as well, but an address belongs to one node. Write this node's own.", other.Node.Name, source), see(other.Source.Range, "The same address"))
			return
		}
		senders[source] = i
	}
	for _, i := range r {
		peers, ok := i.peers()
		if !i.Unicast || !ok {
			continue
		}
		for _, j := range r {
			if source, known := j.source(); known && j != i && !slices.Contains(peers, source) {
				l.report(rule.UnicastMismatch, i.Peers.Range(), fmt.Sprintf("%s sends from %s, which is not among these peers: it does not hear this node, and takes the address, too, when it hears nobody else. List the addresses of all other nodes.", j.Node.Name, source), see(j.Source.Range, "The peer that is missing"))
			}
		}
		for _, s := range i.Peers.Children {
			if a, known := address(s.Words[0]); known && complete && senders[a] == nil {
				l.reportf(rule.UnicastMismatch.As(rule.Info), s.Words[0].Range, "None of these files is of a node that sends from %s. Give its file, too, or take the peer out if it is gone.", a)
			}
		}
	}
}

// nodesAddresses reports virtual addresses that belong to a node.
func (l *linter) nodesAddresses(r router) {
	for _, i := range r {
		for _, j := range r {
			source, ok := j.source()
			if !ok || i.owner() || j.owner() {
				continue
			}
			for _, v := range i.VIPs {
				if v.Address == source {
					l.report(rule.NodesAddress, v.Statement.Words[0].Range, fmt.Sprintf("%s is %s's own address, from which it sends adverts: when another node takes it over, both have it. Choose an address that is no node's own.", source, j.Node.Name), see(j.Source.Range, "The node's address"))
					return
				}
			}
		}
	}
}

// routerIDs tells of nodes that call themselves the same.
func (l *linter) routerIDs() {
	first := map[string]Word{}
	for _, n := range l.nodes {
		w, ok := value(n.Global.child("router_id"))
		if !ok || w.Unknown {
			continue
		}
		if other, known := first[w.Text]; known {
			l.report(rule.SameRouterID, w.Range, "Two nodes have the same router_id. It is a name in mails and SNMP only and does not matter to VRRP; with names of their own, mails say which node they are from.", see(other.Range, "The same here"))
			return
		}
		first[w.Text] = w
	}
}
