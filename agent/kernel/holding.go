package kernel

import (
	"fmt"

	"hactl/agent/node"
)

// unknown is what became of wishes when the kernel does not say what it holds.
func unknown[T any](wishes []T, err error) []node.Held[T] {
	var held []node.Held[T]
	for _, w := range wishes {
		held = append(held, node.Held[T]{Wish: w, Problem: err.Error()})
	}
	return held
}

// lost is unknown for all wishes.
func lost(w node.Wishes, err error) node.Holdings {
	return node.Holdings{
		Addresses: unknown(w.Addresses, err),
		Routes:    unknown(w.Routes, err),
		Rules:     unknown(w.Rules, err),
	}
}

// holdings tells what became of the wishes, and what is left over.
func holdings(h host, w node.Wishes, failed map[any]error) node.Holdings {
	held := node.Holdings{Addresses: heldAddresses(h.links, w.Addresses, failed)}
	if h.failure != nil {
		held.Routes, held.Rules = unknown(w.Routes, h.failure), unknown(w.Rules, h.failure)
		return held
	}
	held.Routes, held.Rules = heldRoutes(h, w.Routes, failed), heldRules(h, w.Rules, failed)
	return held
}

// heldAddresses tells what became of addresses.
func heldAddresses(links []link, wishes []node.Wish, failed map[any]error) []node.Holding {
	sets := map[string]*addressSet{}
	byName := map[string]link{}
	for _, l := range links {
		sets[l.Name], byName[l.Name] = newAddressSet(l.Addresses), l
	}
	var held []node.Holding
	wanted := map[key]bool{}
	for _, w := range wishes {
		l, ok := byName[w.Interface]
		k := key{l.Index, w.Prefix}
		wanted[k] = true
		h := node.Holding{Wish: w, Present: ok && sets[w.Interface].ours(w.Prefix)}
		if !h.Present {
			h.Problem = problem(l, ok, sets[w.Interface], w, failed[k])
		}
		held = append(held, h)
	}
	return append(held, leftover(links, wanted, failed)...)
}

// problem says why the wish w is not fulfilled on the link l, which is there or
// not.
func problem(l link, there bool, on *addressSet, w node.Wish, err error) string {
	switch {
	case !there:
		return fmt.Sprintf("interface %s does not exist", w.Interface)
	case on.foreign(w.Prefix):
		return "foreign address"
	case !l.Up:
		return fmt.Sprintf("interface %s is down", w.Interface)
	case err != nil:
		return err.Error()
	case w.Stays:
		return "gone; it comes back when no other router is Active"
	case w.Prefix.Addr().Is6() && len(on.byAddr[w.Prefix.Addr()]) > 0:
		return "wished with another prefix length, too"
	}
	return "somebody else removes it"
}

// leftover returns what is ours and not wanted.
func leftover(links []link, wanted map[key]bool, failed map[any]error) []node.Holding {
	var held []node.Holding
	for _, l := range links {
		for _, a := range l.Addresses {
			k := key{l.Index, a.Prefix}
			if !a.Ours || wanted[k] {
				continue
			}
			w := node.Wish{Interface: l.Name, Prefix: a.Prefix}
			held = append(held, node.Holding{Wish: w, Present: true, Problem: notRemoved(failed[k])})
		}
	}
	return held
}
