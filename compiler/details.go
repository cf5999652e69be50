package compiler

import (
	"net/netip"
	"slices"
	"time"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// announce is an announce block, or what holds without one.
type announce struct {
	burst           int
	repeat, refresh lang.Value[time.Duration]
}

// resolveAnnounce reads b, which may be nil.
func resolveAnnounce(b *lang.Block) announce {
	if b == nil { // as keepalived does
		return announce{burst: 5, repeat: lang.Value[time.Duration]{V: 5 * time.Second}}
	}
	return announce{burst: b.Integer("burst").V, repeat: b.Duration("repeat"), refresh: b.Duration("refresh")}
}

// lower returns what the plan says of a.
func (a announce) lower() plan.Announce {
	return plan.Announce{Burst: a.burst, Repeat: int(a.repeat.V.Milliseconds()), Refresh: int(a.refresh.V.Milliseconds())}
}

// resolveDetails adds the addresses of address blocks, in source order.
func (v *vip) resolveDetails(blocks []*lang.Block) {
	blocks = slices.Clone(blocks)
	slices.SortStableFunc(blocks, func(a, b *lang.Block) int { return rule.ComparePlaces(a.Range(), b.Range()) })
	v.details = map[netip.Addr]*lang.Block{}
	v.addresses = slices.Clone(v.addresses)
	for _, b := range blocks {
		a := b.LabelPrefix()
		v.addresses = append(v.addresses, a)
		v.details[a.V.Addr()] = b
	}
}

// elsewhere returns the interface that a is put on where it is not the vip's;
// not Set otherwise.
func (v *vip) elsewhere(a netip.Addr) lang.Value[string] {
	if b := v.details[a]; b != nil {
		return b.String("interface")
	}
	return lang.Value[string]{}
}

// lowerDetails adds to a what the address block of ip says, if there is one.
func (v *vip) lowerDetails(ip netip.Addr, a *plan.Address) {
	b := v.details[ip]
	if b == nil {
		return
	}
	a.Label, a.Interface = b.String("label").V, b.String("interface").V
	a.Scope, a.NoPrefixRoute = plan.Scope(b.String("scope").V), b.Bool("noprefixroute").V
}

// lowerHooks returns what the plan says of hooks.
func lowerHooks(hooks []*lang.Block) []plan.Hook {
	var all []plan.Hook
	for _, b := range hooks {
		all = append(all, plan.Hook{
			When:        plan.When(b.Label()),
			Command:     texts(b, "command"),
			User:        b.String("user").V,
			Environment: textMap(b, "environment"),
			Timeout:     millis(b, "timeout"),
		})
	}
	return all
}

// texts returns the elements of a list of texts.
func texts(b *lang.Block, name string) []string {
	var all []string
	for _, v := range b.Strings(name) {
		all = append(all, v.V)
	}
	return all
}

// textMap returns the elements of a map of texts; nil when there are none.
func textMap(b *lang.Block, name string) map[string]string {
	var all map[string]string
	for key, v := range b.StringMap(name) {
		if all == nil {
			all = map[string]string{}
		}
		all[key] = v.V
	}
	return all
}

// millis returns a duration in milliseconds.
func millis(b *lang.Block, name string) int { return int(b.Duration(name).V.Milliseconds()) }
