package kernel

import (
	"net/netip"
	"slices"

	"hactl/agent/node"
)

// link is a link as diff sees it.
type link struct {
	node.Link
	details map[netip.Prefix]detail // of its addresses
}

// diff returns the changes that make the links hold exactly the wishes, among
// what is ours, in order: additions in the order of the wishes, and removals.
// Only where the kernel takes no second form of an address (IPv6: no other prefix
// length) is the old one removed just before. Wishes that cannot be fulfilled (no
// such link, link down, foreign address) yield no change.
func diff(links []link, wishes []node.Wish) (additions, removals []change) {
	d := differ{wanted: map[key]bool{}, only: map[key]netip.Prefix{}, now: map[int]*addressSet{}}
	byName := map[string]link{}
	for _, l := range links {
		byName[l.Name] = l
		d.now[l.Index] = newAddressSet(l.Addresses)
	}
	for _, w := range wishes {
		if l, ok := byName[w.Interface]; ok {
			d.fulfil(l, w)
		}
	}
	additions, d.ops = d.ops, nil
	for _, l := range links {
		d.clear(l)
	}
	return additions, d.ops
}

// differ is a diff under way.
type differ struct {
	ops    []change
	wanted map[key]bool
	only   map[key]netip.Prefix // the one wanted prefix of an IPv6 address, by its /128
	now    map[int]*addressSet  // what each link holds after ops, by index
}

// fulfil adds what the wish w asks of the link l.
func (d *differ) fulfil(l link, w node.Wish) {
	if !d.want(key{l.Index, w.Prefix}) {
		return
	}
	now := d.now[l.Index]
	how := detail{route: w.Route, label: w.Label, scope: w.Scope, expires: w.Lifetime > 0}
	if how.label == l.Name {
		how.label = ""
	}
	has := l.details[w.Prefix]
	holds := w.Stays || now.ours(w.Prefix) && has == how
	if holds || !l.Up || now.foreign(w.Prefix) {
		return
	}
	o := op{verb: add, link: l.Name, index: l.Index, prefix: w.Prefix, detail: how, lifetime: w.Lifetime}
	if has.expires = how.expires; now.ours(w.Prefix) && has == how {
		o.verb = renew
		d.ops = append(d.ops, o)
		return
	}
	for _, p := range now.inTheWay(w.Prefix) {
		d.remove(l, p)
	}
	now.put(node.Assigned{Prefix: w.Prefix, Ours: true})
	d.ops = append(d.ops, o)
}

// want notes that k is wanted. It says whether that is news and possible: an
// IPv6 address can have one prefix length only, the first one that is wished.
func (d *differ) want(k key) bool {
	addr := k.prefix.Addr()
	whole := key{k.index, netip.PrefixFrom(addr, addr.BitLen())}
	if d.wanted[k] || addr.Is6() && d.only[whole].IsValid() {
		return false
	}
	d.wanted[k] = true
	if addr.Is6() {
		d.only[whole] = k.prefix
	}
	return true
}

// clear removes what is ours on the link l and not wanted, the last one first:
// secondary addresses before the primary one of their subnet.
func (d *differ) clear(l link) {
	for _, a := range slices.Backward(l.Addresses) {
		if a.Ours && !d.wanted[key{l.Index, a.Prefix}] && d.now[l.Index].has(a.Prefix) {
			d.remove(l, a.Prefix)
		}
	}
}

// remove removes one address.
func (d *differ) remove(l link, p netip.Prefix) {
	now := d.now[l.Index]
	now.drop(p)
	d.ops = append(d.ops, op{verb: remove, link: l.Name, index: l.Index, prefix: p, company: now.company(p)})
}
