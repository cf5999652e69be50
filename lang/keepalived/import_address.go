package keepalived

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// placed is a virtual address of a vip.
type placed struct {
	expr string
	open bool   // expr is a variable
	own  *block // what it has of its own
}

// addresses writes the virtual addresses of a vip.
func (m *importer) addresses(v *vipDraft) {
	i := v.router[0]
	m.sameAddresses(v.router)
	all := m.advertised(i)
	excluded, remarks := m.excluded(v)
	all = append(all, excluded...)
	v.own.place(all)
	v.own.remark(remarks...)
	if len(all) == 0 {
		v.own.remark("keepalived has no address here: a vip needs one.")
		m.reportf(rule.ImportOpen, i.Statement.Range(), "This router has no virtual address, and a vip needs one. Write addresses in the vip %q.", v.name)
	}
}

// advertised returns the addresses of an instance that its adverts list, in their
// order and each once.
func (m *importer) advertised(i *Instance) (all []placed) {
	seen := map[string]bool{}
	for _, b := range i.Blocks {
		for _, line := range b.Children {
			if a := m.virtual(i, line); a.expr != "" && !m.twin(a.expr, line, seen) {
				all = append(all, a)
				seen[a.expr] = true
			}
		}
	}
	return all
}

// place writes addresses in that order: those with nothing of their own as a list,
// and from the first other one on as blocks, whose labels are no expressions.
func (b *block) place(all []placed) {
	var plain []string
	var blocks []*block
	for _, a := range all {
		if a.open || a.own.empty() && len(blocks) == 0 {
			plain = append(plain, a.expr)
			continue
		}
		a.own.head = "address " + a.expr
		blocks = append(blocks, a.own)
	}
	if len(plain) > 0 {
		b.attr("addresses", list(plain))
	}
	for _, a := range blocks {
		b.add(a)
	}
}

// sameAddresses reports sets of addresses that differ.
func (m *importer) sameAddresses(r router) {
	m.settle("Virtual addresses", r, func(i *Instance) (string, hcl.Range, bool) {
		var all []string
		at := i.Statement.Range()
		for _, v := range i.VIPs {
			if !v.Excluded {
				all = append(all, withoutOwnLength(v.Prefix))
			}
		}
		if len(i.Blocks) > 0 {
			at = i.Blocks[0].Range()
		}
		slices.Sort(all)
		return strings.Join(slices.Compact(all), ", "), at, !i.Unknown && !i.Opaque
	})
}

// withoutOwnLength returns an address, with its length where it is not alone.
func withoutOwnLength(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// virtual returns the virtual address of a line; its expression is empty where it
// is no address.
func (m *importer) virtual(i *Instance, line *Statement) placed {
	w := line.Words[0]
	p := placed{open: w.Unknown, own: &block{}}
	a, ok := address(w)
	switch {
	case w.Unknown:
		p.expr = m.open(w, "string", "a virtual address")
	case !ok:
		return p
	default:
		p.expr = quote(withoutOwnLength(prefix(w.Text, a)))
	}
	said := len(m.diags)
	m.options(i, line, p.own)
	if p.open && (!p.own.empty() || len(m.diags) > said) {
		m.diags = m.diags[:said]
		m.reportf(rule.ImportNoPlace, line.Range(), "What follows this placeholder is left out: an address with something of its own is a block, whose label must be the address itself.")
	}
	return p
}

// options writes what follows an address on its line.
func (m *importer) options(i *Instance, line *Statement, b *block) {
	if l, ok := option(line, "label"); ok && l.Text != "" {
		m.label(i, line, l, b)
	}
	if dev, ok := otherPort(i, line); ok {
		b.attr("interface", m.textOf(dev, "the interface of a virtual address"))
	}
	if s, ok := option(line, "scope"); ok && slices.Contains([]string{"site", "link", "host"}, s.Text) {
		b.attr("scope", quote(s.Text))
	}
	if _, ok := option(line, "noprefixroute"); ok {
		b.attr("noprefixroute", "true")
	}
	for _, word := range []string{"use_vmac", "peer", "home", "mngtmpaddr", "autojoin", "no_track", "preferred_lft"} {
		if _, ok := option(line, word); ok {
			m.reportf(rule.ImportNoPlace, line.Range(), "%s has no place: the address is an ordinary one in the configuration.", word)
		}
	}
}

// otherPort returns the interface of an address that is not on the instance's own.
func otherPort(i *Instance, line *Statement) (dev Word, ok bool) {
	dev, ok = option(line, "dev")
	return dev, ok && dev.Text != i.Interface.Text && dev.Text != ""
}

// label writes the label of an address, which begins with the interface's name.
func (m *importer) label(i *Instance, line *Statement, l Word, b *block) {
	dev, apart := otherPort(i, line)
	for _, r := range m.routers {
		for _, j := range r {
			if !apart {
				dev = j.Interface
			}
			if r[0] == i && l.Text != dev.Text && !strings.HasPrefix(l.Text, dev.Text+":") {
				m.reportf(rule.ImportNoPlace, l.Range, "The label is left out: one that is the same on all hosts does not begin with the name of the interface on %s, as it has to.", j.Node.Name)
				return
			}
		}
	}
	b.attr("label", quote(l.Text))
}

// twin reports an address that is already one of the vip's, or one that a node
// sends from, and tells whether it is to be left out.
func (m *importer) twin(expr string, line *Statement, seen map[string]bool) bool {
	a, _ := address(line.Words[0])
	for _, h := range m.hosts {
		if from, own := h.sources[a]; own {
			m.report(rule.ImportOpen, line.Words[0].Range, fmt.Sprintf("%s is a virtual address and the one that %s sends from, and it cannot be both. The configuration leaves that open: correct one of the two.", a, h), see(from, "Sent from here"))
		}
	}
	if seen[expr] {
		m.reportf(rule.ImportDropped, line.Range(), "The address is in the list already.")
	}
	return seen[expr]
}

// excluded returns the addresses that keepalived does not advertise: those of
// the vip's family are moved with the others. The rest is a remark.
func (m *importer) excluded(v *vipDraft) (all []placed, remarks []string) {
	i := v.router[0]
	for _, b := range i.Statement.children("virtual_ipaddress_excluded") {
		for _, line := range b.Children {
			a, ok := address(line.Words[0])
			if !ok {
				continue
			}
			if a.Is6() != (i.family() == 6) && i.Version != 3 {
				remarks = append(remarks, prose(fmt.Sprintf("Not carried over: %q of %s moves with these addresses, but version 2 knows no IPv6. Once every host runs hactl, write version = 3, take the auth block out, and add it to addresses.", withoutOwnLength(prefix(line.Words[0].Text, a)), fileLine(line.Range())))...)
				m.reportf(rule.ImportNoPlace, line.Range(), "An address of the other family that only moves along has no place in version 2. It stands in a comment of the vip %q.", v.name)
				continue
			}
			all = append(all, m.virtual(i, line))
			m.reportf(rule.ImportChanged, line.Range(), "keepalived moves this address without advertising it. In the configuration it is one of the vip's addresses and is advertised, which keepalived before 2.3.3 refuses as a neighbour.")
		}
	}
	return all, remarks
}
