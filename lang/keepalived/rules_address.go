package keepalived

import (
	"fmt"
	"net/netip"
	"strings"

	"hactl/lang/rule"
)

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
