package kernel

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// fake is a kernel's table in memory, with the kernel's habits: an IPv6 address
// is on a link once, an IPv4 one once for each prefix length, and an IPv4
// subnet's primary address takes its secondary ones with it
// (promote_secondaries=0). It fails one operation when told to.
type fake struct {
	links  []entry
	marks  bool                  // keeps address protocol numbers
	ours   map[key]bool          // what do has added: the truth, whatever the marks
	left   map[key]time.Duration // until what expires goes
	ways   ways
	failAt int // the operation that fails, counted from 1; 0: none
	done   int // operations so far
}

// clone returns a copy.
func (f *fake) clone() *fake {
	c := *f
	c.links, c.ours, c.left, c.ways = nil, map[key]bool{}, maps.Clone(f.left), f.ways.clone()
	for _, e := range f.links {
		c.links = append(c.links, e.clone())
	}
	for k := range f.ours {
		c.ours[k] = true
	}
	return &c
}

func (f *fake) read() (tables, error) {
	c := f.clone()
	return tables{links: c.links, routing: f.ways.read()}, nil
}

func (f *fake) wait(context.Context, func()) error { return nil }

func (f *fake) close() error { return nil }

// do carries out o, or refuses it as the kernel would.
func (f *fake) do(c change) error {
	if f.done++; f.done == f.failAt {
		return fmt.Errorf("%s: %w", c, unix.ENOMEM)
	}
	o, ok := c.(op)
	if !ok {
		return f.ways.do(c)
	}
	e := f.byIndex(o.index)
	if o.verb == remove {
		return f.remove(e, o)
	}
	at := e.find(o.prefix)
	if o.verb == renew && at >= 0 {
		secondary := e.addresses[at].flags & unix.IFA_F_SECONDARY
		e.addresses[at] = o.address(f.marks)
		e.addresses[at].flags |= secondary
		f.last(o)
		return nil
	}
	err := f.put(e, o.address(f.marks))
	if err == nil {
		f.ours[o.key()] = true
		f.last(o)
	}
	return err
}

// last lets an address last for as long as o says from now on.
func (f *fake) last(o op) {
	delete(f.left, o.key())
	if o.lifetime > 0 {
		if f.left == nil {
			f.left = map[key]time.Duration{}
		}
		f.left[o.key()] = o.lifetime
	}
}

// pass lets time pass: what has not been renewed goes.
func (f *fake) pass(d time.Duration) {
	for k, left := range f.left {
		if f.left[k] = left - d; left <= d {
			_ = f.remove(f.byIndex(k.index), op{prefix: k.prefix})
		}
	}
}

func (f *fake) find(wishes []node.Wish) (there []found, err error) {
	for _, e := range f.links {
		there = append(there, e.among(wishes)...)
	}
	return there, nil
}

func (f *fake) renew(there []found) error {
	for _, x := range there {
		if err := f.do(x.renewal()); err != nil {
			return err
		}
	}
	return nil
}

// byIndex returns a link.
func (f *fake) byIndex(index int) *entry {
	return &f.links[slices.IndexFunc(f.links, func(e entry) bool { return e.index == index })]
}

// put adds an address to a link.
func (f *fake) put(e *entry, a address) error {
	for _, on := range e.addresses {
		same := on.prefix.Addr() == a.prefix.Addr()
		if on.prefix == a.prefix || same && a.prefix.Addr().Is6() {
			return unix.EEXIST
		}
		if sameSubnet(on, a) {
			a.flags |= unix.IFA_F_SECONDARY
		}
	}
	e.addresses = append(e.addresses, a)
	return nil
}

// sameSubnet says whether two addresses are of one IPv4 subnet.
func sameSubnet(a, b address) bool {
	return a.prefix.Addr().Is4() && a.prefix.Masked() == b.prefix.Masked()
}

// remove removes an address, with its secondary ones unless o spares them.
func (f *fake) remove(e *entry, o op) error {
	at := e.find(o.prefix)
	if at < 0 {
		return unix.EADDRNOTAVAIL
	}
	gone := e.addresses[at]
	f.drop(e, gone.prefix)
	if gone.flags&unix.IFA_F_SECONDARY != 0 {
		return nil
	}
	rest := slices.DeleteFunc(slices.Clone(e.addresses), func(a address) bool { return !sameSubnet(a, gone) })
	for i, a := range rest {
		switch {
		case !o.company:
			f.drop(e, a.prefix)
		case i == 0:
			e.addresses[e.find(a.prefix)].flags &^= unix.IFA_F_SECONDARY
		}
	}
	return nil
}

// drop takes an address off a link.
func (f *fake) drop(e *entry, p netip.Prefix) {
	at := e.find(p)
	e.addresses = slices.Delete(e.addresses, at, at+1)
	delete(f.ours, key{e.index, p})
	delete(f.left, key{e.index, p})
}

// holds returns the addresses that are ours, or those that are foreign, as
// sorted lines.
func (f *fake) holds(ours bool) []string {
	var lines []string
	for _, e := range f.links {
		for _, a := range e.addresses {
			if f.ours[key{e.index, a.prefix}] == ours {
				lines = append(lines, fmt.Sprintf("%s dev %s route=%t expires=%t", a.prefix, e.name, a.flags&unix.IFA_F_NOPREFIXROUTE == 0, a.expires()))
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// should returns what holds(true) is when the wishes have come true as far as
// they can: written from the contract, not from diff.
func (f *fake) should(wishes []node.Wish) []string {
	var lines []string
	taken := map[string]bool{}
	for _, w := range wishes {
		at := slices.IndexFunc(f.links, func(e entry) bool { return e.name == w.Interface })
		if at < 0 {
			continue
		}
		e := f.links[at]
		id := cmp.Or(map[bool]string{true: w.Prefix.String()}[w.Prefix.Addr().Is4()], w.Prefix.Addr().String()) + e.name
		if taken[id] {
			continue
		}
		taken[id] = true
		has := slices.ContainsFunc(e.addresses, func(a address) bool {
			return a.prefix == w.Prefix && f.ours[key{e.index, a.prefix}]
		})
		foreign := slices.ContainsFunc(e.addresses, func(a address) bool {
			return a.prefix.Addr() == w.Prefix.Addr() && !f.ours[key{e.index, a.prefix}]
		})
		up := e.flags&unix.IFF_UP != 0
		if has || up && !foreign {
			route, expires := w.Route, w.Lifetime > 0
			if has && !up { // stays as it is
				on := e.addresses[e.find(w.Prefix)]
				route, expires = on.flags&unix.IFA_F_NOPREFIXROUTE == 0, on.expires()
			}
			lines = append(lines, fmt.Sprintf("%s dev %s route=%t expires=%t", w.Prefix, w.Interface, route, expires))
		}
	}
	slices.Sort(lines)
	return lines
}
