package node

import (
	"fmt"
	"net/netip"
	"strings"

	"hactl/schemas/plan"
)

// Wishes is all that is to be on the host. What is ours and not in it is to be
// removed. Addresses come first, then routes, then rules, which may need the ones
// before them; they go in reverse.
type Wishes struct {
	Addresses []Wish
	Routes    []Route // each place once, in order
	Rules     []Rule  // each once, in order
}

// Holdings is what became of Wishes, each in their order. What is ours and not
// wished, and could not be removed, follows.
type Holdings struct {
	Addresses []Holding
	Routes    []Held[Route]
	Rules     []Held[Rule]
}

// Held is what became of something wished. What is Present and has a Problem is
// ours, not wished, and could not be removed.
type Held[T any] struct {
	Wish    T
	Present bool   // as wished, and ours
	Problem string // why it is not, an error of the kernel's mostly; empty when it is
}

// Scope is the reach of an IPv4 address or route, by the kernel's numbers.
type Scope uint8

// The scopes, by the names that ip(8) has for them.
const (
	ScopeGlobal Scope = 0
	ScopeSite   Scope = 200
	ScopeLink   Scope = 253
	ScopeHost   Scope = 254
)

// String returns the word of ip(8).
func (s Scope) String() string {
	switch s {
	case ScopeGlobal:
		return string(plan.ScopeGlobal)
	case ScopeSite:
		return string(plan.ScopeSite)
	case ScopeLink:
		return string(plan.ScopeLink)
	case ScopeHost:
		return string(plan.ScopeHost)
	}
	return fmt.Sprint(uint8(s))
}

// Route is a route that is to be there. The kernel tells routes apart by
// Destination, Metric and Table.
type Route struct {
	Destination netip.Prefix // without host bits
	Via         netip.Addr   // the gateway; zero: the destination is on the link
	Interface   string       // name; empty: as the kernel finds Via, and then there is one
	Source      netip.Addr   // preferred source address; zero: none
	Metric      uint32       // 0: the kernel's default
	Table       uint32       // greater than 0
	Scope       Scope        // IPv6: 0
}

// String returns the route in the words of ip(8).
func (r Route) String() string {
	s := r.Destination.String()
	if r.Via.IsValid() {
		s += " via " + r.Via.String()
	}
	if r.Interface != "" {
		s += " dev " + r.Interface
	}
	if r.Source.IsValid() {
		s += " src " + r.Source.String()
	}
	if r.Metric != 0 {
		s += fmt.Sprint(" metric ", r.Metric)
	}
	if r.Scope != ScopeGlobal {
		s += " scope " + r.Scope.String()
	}
	return s + fmt.Sprint(" table ", r.Table)
}

// Rule is a rule of the routing policy that is to be there.
type Rule struct {
	IPv6      bool         // of IPv6 packets; else of IPv4 ones
	Priority  uint32       // greater than 0: lower ones are asked first
	From, To  netip.Prefix // without host bits; zero: any
	Interface string       // where packets come in; empty: any
	Mark      uint32       // the packet's firewall mark; 0: any
	Table     uint32       // to look in, greater than 0
}

// String returns the rule in the words of ip(8).
func (r Rule) String() string {
	words := []string{"priority", fmt.Sprint(r.Priority)}
	if r.From.IsValid() {
		words = append(words, "from", r.From.String())
	}
	if r.To.IsValid() {
		words = append(words, "to", r.To.String())
	}
	if r.Interface != "" {
		words = append(words, "iif", r.Interface)
	}
	if r.Mark != 0 {
		words = append(words, "fwmark", fmt.Sprintf("%#x", r.Mark))
	}
	return strings.Join(append(words, "lookup", fmt.Sprint(r.Table)), " ")
}
