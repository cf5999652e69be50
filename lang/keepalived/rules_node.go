package keepalived

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// node judges one node alone.
func (l *linter) node(n *Node) {
	for _, i := range n.Instances {
		l.state(i)
		l.preemption(i)
		l.password(i)
		l.peers(i)
		l.addresses(i)
		l.tracking(i)
	}
	l.names(n)
	l.groups(n)
	l.strict(n)
	l.checks(n)
	l.notifyScripts(n)
	l.scriptUser(n)
	l.virtualServers(n)
}

// names reports instances that keepalived would confuse.
func (l *linter) names(n *Node) {
	for at, i := range n.Instances {
		for _, j := range n.Instances[:at] {
			if i.Name.Text == j.Name.Text && !i.Name.Unknown && i.Name.Text != "" {
				l.report(rule.InstanceTwice, i.Name.Range, fmt.Sprintf("There is a vrrp_instance %s already, and keepalived accepts only one of them. Give this one another name.", shown(i.Name.Text)), see(j.Name.Range, "The other one"))
			}
			if same(i.VRID, j.VRID) && i.family() == j.family() && i.Interface.Text == j.Interface.Text && !i.Interface.Unknown && !i.Unicast && !j.Unicast && !i.Opaque && !j.Opaque {
				l.report(rule.VRIDTwice, i.VRID.Range, fmt.Sprintf("The virtual_router_id %g is used twice on %s for IPv%d, so each of the two routers would take the adverts of the other for its own; keepalived refuses to start. Choose another one, on all nodes.", i.VRID.Value, shown(i.Interface.Text), i.family()), see(j.VRID.Range, "Used here, too"))
			}
		}
	}
}

// same tells whether two numbers are known to be equal.
func same(a, b Number) bool { return a.Known && b.Known && a.Given && b.Given && a.Value == b.Value }

// state judges the initial state and the priority that follows from it.
func (l *linter) state(i *Instance) {
	if s := i.State; s != nil && !s.Unknown && s.Text != "MASTER" && s.Text != "BACKUP" {
		l.reportf(rule.NoSuchState, s.Range, "The state is MASTER or BACKUP, in capitals. keepalived reports %s and begins as BACKUP, and its configuration test fails. Write the one that was meant.", shown(s.Text))
	}
	if i.VRID.Known && !i.VRID.Given && !i.Opaque && !i.Node.Config.Incomplete {
		l.reportf(rule.ValueMissing.As(l.draft(i, rule.Error)), i.Statement.Range(), "There is no virtual_router_id, without which keepalived does not run the instance, and at a reload ends altogether. Write the number, the same on all nodes.")
	}
	if i.Master && i.Priority.Known && !i.Priority.Given && !i.Node.Config.Incomplete {
		l.report(rule.HiddenOwner, i.Statement.Range(), "No priority is given, and with state MASTER that means 255, the owner of the address: it takes over at once whenever it starts, and weighted checks do not count. Write the priority.", see(i.State.Range, "The state"))
	}
	if t := i.Auth.Type; i.Master && !i.owner() && t != nil && t.Text == "AH" {
		l.report(rule.AHMaster, t.Range, "With auth_type AH keepalived drops the initial state MASTER, so this node begins as BACKUP. AH also breaks where addresses are translated, and no newer version of VRRP has it. Use PASS or none.", see(i.State.Range, "The state that is dropped"))
	}
}

// preemption judges nopreempt and preempt_delay.
func (l *linter) preemption(i *Instance) {
	if s := i.Nopreempt; s != nil && (i.Master || i.owner()) {
		reason, at := "the priority is 255", i.Statement.Words[0].Range
		if i.Master {
			reason, at = "the state is MASTER", i.State.Range
		}
		l.report(rule.NopreemptUnset, s.Range(), fmt.Sprintf("keepalived clears nopreempt where %s: this node takes the address back whenever it returns, so clients are interrupted twice. Write state BACKUP on every node, and keep the order by priorities.", reason), see(at, "This clears it"))
	}
	if s := i.Delay; s != nil && !s.Words[0].Unknown {
		switch v := number(s, 0); {
		case v.Known && v.Value == 0:
		case i.Master:
			l.report(rule.DelayUnset, s.Range(), "keepalived clears preempt_delay where the state is MASTER: this node takes the address back at once. Write state BACKUP on every node, and keep the order by priorities.", see(i.State.Range, "This clears it"))
		case i.Nopreempt != nil:
			l.report(rule.DelayUnset.As(l.draft(i, rule.Warning)), s.Range(), "With nopreempt there is no preemption to be delayed, and keepalived drops preempt_delay. Take one of the two out.", see(i.Nopreempt.Range(), "No preemption at all"))
		}
	}
	if v := i.Advert; v.Known && v.Given && i.Version == 2 && v.Value >= 1 && v.Value != float64(int(v.Value)) || v.Known && i.Version == 2 && v.Value > 0 && v.Value < 1 {
		l.reportf(rule.ValueRefused, v.Range, "Version 2 of VRRP counts whole seconds: keepalived rounds %g. Write whole seconds, or vrrp_version 3 on all nodes.", v.Value)
	}
}

// draft returns s, or Info when the file is to be filled in yet.
func (l *linter) draft(i *Instance, s rule.Severity) rule.Severity {
	if i.Node.Config.Draft {
		return rule.Info
	}
	return s
}

// password judges auth_pass as it is read: up to a comment, and 8 bytes of it.
func (l *linter) password(i *Instance) {
	p := i.Auth.Pass
	if p == nil || p.Unknown || i.Version == 3 {
		return
	}
	switch n := len(p.Text); {
	case p.Cut && n < 8:
		l.reportf(rule.PasswordCut, p.Range, "# and ! begin a comment even inside of a word, so only the first %s of this password is used. Put it between double quotes, on all nodes at the same time.", many(n, "byte"))
	case n > 8:
		severity := rule.Warning
		if len(l.nodes) == 1 {
			severity = rule.Info
		}
		l.reportf(rule.PasswordLength.As(severity), p.Range, "A password has 8 bytes: keepalived cuts this one and says so in its log. Nodes that agree in the first 8 still accept each other, and nothing more protects them. Write 8 bytes.")
	}
}

func many(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// peers judges unicast_peer alone.
func (l *linter) peers(i *Instance) {
	if i.Peers != nil && len(i.Peers.Children) == 0 {
		l.reportf(rule.NoPeers, i.Peers.Range(), "There is no address in unicast_peer, so keepalived sends to the multicast group without a word. List the other nodes' addresses, or take the block out.")
	}
	source, ok := i.source()
	if !ok || i.Peers == nil {
		return
	}
	for _, s := range i.Peers.Children {
		if a, known := address(s.Words[0]); known && a == source {
			l.report(rule.UnicastMismatch, s.Words[0].Range, "This is the node's own address: it sends adverts to itself, and perhaps not to the node whose address belongs here. List the other nodes only.", see(i.Source.Range, "Its own address"))
		}
	}
}

// addresses judges the virtual addresses of one instance.
func (l *linter) addresses(i *Instance) {
	if len(i.VIPs) == 0 && !i.Unknown && !i.Opaque && i.Statement.child("no_virtual_ipaddress") == nil && !i.Node.Config.Incomplete {
		l.reportf(rule.NoVIPs, i.Statement.Range(), "There is no virtual_ipaddress, so nothing moves but what the notify scripts do. If that is meant, write no_virtual_ipaddress.")
	}
	for _, b := range i.Blocks {
		for _, s := range b.Children {
			l.vipText(s)
		}
	}
	for _, v := range i.VIPs {
		at := v.Statement.Words[0].Range
		if !v.Excluded && v.Address.Is6() != (i.family() == 6) {
			l.reportf(rule.OtherFamily, at, "An instance is of one family, that of its first address, and keepalived leaves this one out: nobody has it. Move it to virtual_ipaddress_excluded, or to an instance of its own.")
		}
		if v.Device == "lo" && !v.Address.IsLoopback() {
			l.reportf(rule.OnLoopback, at, "The address is put on lo, where no gratuitous ARP announces it: hosts on the network do not learn that it has moved. Take dev lo out; only real servers behind direct routing need the address there.")
		}
		l.broadcast(v)
	}
	l.subnet(i)
}

// vipText judges how a virtual address is written.
func (l *linter) vipText(s *Statement) {
	w := s.Words[0]
	bits, given := length(w.Text)
	a, ok := address(w)
	switch {
	case w.Unknown || grammar["instance"].known(w.Text):
	case !ok && s.Words[0].Text != "":
		l.reportf(rule.ValueRefused, w.Range, "%s is no address. keepalived reports it and leaves it out.", shown(w.Text))
	case strings.Contains(w.Text, "/") && !strings.Contains(w.Text, "$") && (!given || bits > a.BitLen() || bits < 1):
		l.reportf(rule.ValueRefused, w.Range, "%s has no length of a prefix behind the slash: it is a number up to %d.", shown(w.Text), a.BitLen())
	}
}

// broadcast judges brd.
func (l *linter) broadcast(v VIP) {
	w, ok := option(v.Statement, "brd")
	b, valid := address(w)
	if !ok || !valid || !v.Length || !v.Address.Is4() || !b.Is4() || v.Prefix.Bits() > 30 {
		return
	}
	if want := last(v.Prefix); b != want {
		l.reportf(rule.WrongBroadcast, w.Range, "The broadcast address of %s is %s: what is sent to it from here reaches nobody, or somebody else. Leave brd out, or write that.", v.Prefix.Masked(), want)
	}
}

// last returns the last address of an IPv4 prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for n := p.Bits(); n < 32; n++ {
		b[n/8] |= 0x80 >> (n % 8)
	}
	return netip.AddrFrom4(b)
}

// subnet tells of addresses whose subnets, as they are written, have no place
// for the address that the node sends from.
func (l *linter) subnet(i *Instance) {
	source, ok := i.source()
	if !ok {
		return
	}
	var odd []VIP
	for _, v := range i.VIPs {
		if v.Length && v.Prefix.Contains(source) {
			return
		}
		if v.Length && !v.Prefix.IsSingleIP() && v.Device == i.Interface.Text && v.Address.Is6() == source.Is6() {
			odd = append(odd, v)
		}
	}
	if len(odd) > 0 {
		l.report(rule.OtherSubnet, odd[0].Statement.Words[0].Range, fmt.Sprintf("%s is in none of the subnets of %s as far as this file says: the node sends from %s. That works only where %s has that subnet, too, or where routes lead to the address.", odd[0].Prefix, shown(i.Interface.Text), source, shown(i.Interface.Text)), see(i.Source.Range, "The node's address"))
	}
}

// groups judges the sync groups.
func (l *linter) groups(n *Node) {
	for _, g := range n.Groups {
		severity := rule.Warning
		if n.Config.Draft {
			severity = rule.Info
		}
		for _, m := range g.Members {
			if !m.Unknown && !n.Config.Incomplete && !slices.ContainsFunc(n.Instances, func(i *Instance) bool { return i.Name.Text == m.Text || i.Name.Unknown }) {
				l.reportf(rule.SyncGroup.As(severity), m.Range, "There is no vrrp_instance %s, so keepalived leaves it out of the group. Write the name of an instance.", shown(m.Text))
			}
		}
		if len(g.Members) == 1 && !g.Members[0].Unknown {
			l.reportf(rule.SyncGroup.As(severity), g.Statement.Range(), "A group of one instance keeps nothing together, and it has a side effect: keepalived drops the weighted checks of its member. Take the group out.")
		}
	}
}

// strict lists what vrrp_strict does to this node.
func (l *linter) strict(n *Node) {
	s := n.Global.child("vrrp_strict")
	if s == nil || len(n.Instances) == 0 {
		return
	}
	var effects []string
	var related []rule.Related
	effect := func(at hcl.Range, what string) {
		if !slices.Contains(effects, what) {
			effects, related = append(effects, what), append(related, see(at, "Concerned"))
		}
	}
	for _, i := range n.Instances {
		if i.Auth.Type != nil {
			effect(i.Auth.Type.Range, "authentication is dropped")
		}
		if i.Master && !i.owner() {
			effect(i.State.Range, "state MASTER is ignored")
		}
		if i.Peers != nil {
			effect(i.Peers.Range(), "unicast is refused")
		}
		if len(i.VIPs) > 0 && i.Statement.child("accept") == nil && !i.owner() {
			effect(i.VIPs[0].Statement.Range(), "packets to the virtual addresses are dropped by a firewall rule, so that they do not even answer a ping")
		}
	}
	if len(effects) > 0 {
		l.report(rule.Strict, s.Range(), "vrrp_strict holds keepalived to the letter of the RFC, with effects that few expect: "+strings.Join(effects, "; ")+". Take it out.", related...)
	}
}

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
	for _, s := range n.Virtuals {
		w, _ := s.Value()
		a, ok := address(w)
		if !ok || reported[a] {
			continue
		}
		at := slices.IndexFunc(own, func(v VIP) bool { return v.Address == a })
		if at < 0 {
			reported[a] = true
			l.report(rule.VirtualServer, w.Range, fmt.Sprintf("%s is none of the virtual addresses of this file: where nothing else gives it to the node, the virtual server never sees a packet. Write the virtual address.", a), see(own[0].Statement.Words[0].Range, "A virtual address"))
			continue
		}
		l.directRouting(s, own[at], reported)
	}
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
		l.report(rule.VirtualServer.As(rule.Info), kind.Range, fmt.Sprintf("Direct routing reaches real servers on the same segment only, and these look like another one than that of %s. If it is, use NAT or TUN.", v.Address), far...)
	}
}
