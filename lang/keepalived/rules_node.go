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
	l.addressTwice(n)
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
				l.report(rule.InstanceTwice, i.Name.Range, fmt.Sprintf("There is a vrrp_instance %s already, and keepalived accepts only one of them. Give this one another name; if it is another node's, give each node a file of its own.", shown(i.Name.Text)), see(j.Name.Range, "The other one"))
			}
			if i.Name.Text != j.Name.Text && same(i.VRID, j.VRID) && i.family() == j.family() && i.Interface.Text == j.Interface.Text && !i.Interface.Unknown && !i.Unicast && !j.Unicast && !i.Opaque && !j.Opaque {
				l.report(rule.VRIDTwice, i.VRID.Range, fmt.Sprintf("The virtual_router_id %g is used twice on %s for IPv%d, so each of the two routers would take the adverts of the other for its own; keepalived refuses to start. Choose another one, on all nodes.", i.VRID.Value, shown(i.Interface.Text), i.family()), see(j.VRID.Range, "Used here, too"))
			}
		}
	}
}

// addressTwice reports the first address that two instances of a node have.
func (l *linter) addressTwice(n *Node) {
	first := map[netip.Addr]VIP{}
	owner := map[netip.Addr]*Instance{}
	for _, i := range n.Instances {
		for _, v := range i.VIPs {
			if j := owner[v.Address]; j != nil && j != i && !v.Address.IsLinkLocalUnicast() {
				l.report(rule.AddressTwice, v.Statement.Words[0].Range, fmt.Sprintf("%s is an address of %s already. Where only one of the two is master, it comes and goes with the other one, and two nodes may have it. Give it to one instance.", v.Address, shown(j.Name.Text)), see(first[v.Address].Statement.Words[0].Range, "Also here"))
				return
			}
			owner[v.Address], first[v.Address] = i, v
		}
	}
}

// same tells whether two numbers are known to be equal.
func same(a, b Number) bool { return a.Known && b.Known && a.Given && b.Given && a.Value == b.Value }

// state judges the initial state and the priority that follows from it.
func (l *linter) state(i *Instance) {
	if s := i.State; s != nil && !s.Unknown && s.Text != "MASTER" && s.Text != "BACKUP" {
		l.reportf(rule.NoSuchState.As(l.draft(i, rule.Warning)), s.Range, "The state is MASTER or BACKUP, in capitals. keepalived reports %s and begins as BACKUP, and its configuration test fails. Write the one that was meant.", shown(s.Text))
	}
	if i.VRID.Known && !i.VRID.Given && !i.Opaque && !i.Node.Config.Incomplete {
		l.reportf(rule.ValueMissing.As(l.draft(i, rule.Error)), i.Statement.Range(), "There is no virtual_router_id, without which keepalived does not run the instance, and at a reload ends altogether. Write the number, the same on all nodes.")
	}
	if s := i.Statement.child("interface"); s == nil && !i.Unicast && !i.Opaque && !i.Node.Config.Incomplete {
		l.reportf(rule.ValueMissing.As(l.draft(i, rule.Error)), i.Statement.Range(), "There is no interface, without which keepalived does not start, and at a reload ends. Write the interface that the adverts go through.")
	}
	if i.Interface.Text == "lo" {
		l.reportf(rule.OnLoopback.As(rule.Error), i.Interface.Range, "keepalived does not run VRRP on the loopback interface: it drops the line, and does not start for want of another one. Write the interface that the other nodes are behind.")
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
	l.interval(i)
}

// interval judges advert_int by what the version can carry.
func (l *linter) interval(i *Instance) {
	v := i.Advert
	if !v.Known || !v.Given {
		return
	}
	switch {
	case i.Version == 3 && v.Value > 40.95:
		l.reportf(rule.ValueRefused, v.Range, "An advert of version 3 carries at most 40.95 seconds: keepalived takes that instead of %g. Write less, on all nodes.", v.Value)
	case i.Version == 2 && v.Value != float64(int(v.Value)):
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

// password judges the authentication, and auth_pass as it is read: up to a
// comment, and 8 bytes of it.
func (l *linter) password(i *Instance) {
	p := i.Auth.Pass
	switch {
	case i.Version == 3 && i.Auth.Type != nil && !i.Auth.Type.Unknown:
		l.reportf(rule.AuthUnused, i.Auth.Type.Range, "Version 3 of VRRP has no authentication, and IPv6 is always version 3: keepalived drops it, and nobody needs the password. Take the block out, or use auth_hmac, which keepalived has since 2.4.0.")
		return
	case i.Auth.Type != nil && choices["auth_type"].has(i.Auth.Type.Text) && p == nil && i.Statement.child("authentication").child("auth_pass") == nil && !i.Opaque:
		l.reportf(rule.AuthUnused.As(l.draft(i, rule.Warning)), i.Auth.Type.Range, "There is no auth_pass, so keepalived sends no authentication. Write one, the same on all nodes, or take the block out.")
	case i.Auth.Type == nil && p != nil && !i.Opaque:
		l.reportf(rule.AuthUnused.As(l.draft(i, rule.Warning)), p.Range, "There is no auth_type, so keepalived sends no authentication. Write auth_type PASS, on all nodes at the same time, or take the block out.")
		return
	}
	if p == nil || p.Unknown || i.Version == 3 {
		return
	}
	switch n := len(p.Text); {
	case p.Cut && n < 8:
		l.reportf(rule.PasswordCut, p.Range, "# and ! begin a comment even inside of a word, so only %s used. Put it between double quotes, on all nodes at the same time.", bytesLeft(n))
	case n > 8:
		severity := rule.Warning
		if len(l.nodes) == 1 {
			severity = rule.Info
		}
		l.reportf(rule.PasswordLength.As(severity), p.Range, "A password has 8 bytes: keepalived cuts this one and says so in its log. Nodes that agree in the first 8 still accept each other, and nothing more protects them. Write 8 bytes.")
	}
}

// bytesLeft says how much of a password is left.
func bytesLeft(n int) string {
	if n == 1 {
		return "1 byte of this password is"
	}
	return fmt.Sprintf("%d bytes of this password are", n)
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
