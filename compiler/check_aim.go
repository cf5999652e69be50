package compiler

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// aim is the station that a check asks.
type aim struct {
	address netip.Addr // zero: a name, or none
	at      hcl.Range
}

// aimOf returns whom a check asks, given one of its forms.
func aimOf(b *lang.Block) aim {
	switch {
	case b.Block("http") != nil:
		v := b.Block("http").String("url")
		if u, err := url.Parse(v.V); err == nil {
			return aim{literal(u.Hostname()), v.Range}
		}
	case b.Block("tcp") != nil:
		v := b.Block("tcp").String("address")
		if to, err := netip.ParseAddrPort(v.V); err == nil {
			return aim{to.Addr().WithZone("").Unmap(), v.Range}
		}
	case b.Block("ping") != nil:
		v := b.Block("ping").Address("address")
		return aim{v.V, v.Range}
	}
	return aim{}
}

// literal returns the address that a host is written as, zero for a name.
func literal(host string) netip.Addr {
	a, _ := netip.ParseAddr(host)
	return a.WithZone("").Unmap()
}

// checkAims warns of checks that say the same on every host, since all of them ask
// one station: each is reported for one vip, though several may track it.
func checkAims(m *model, report report) {
	said := map[hcl.Range]bool{}
	for _, v := range m.vips {
		for _, t := range v.tracks {
			if t.check == nil || v.vague || len(v.members) < 2 {
				continue
			}
			if d := v.judgeAims(t, m); d != nil && !said[*d.Subject] {
				said[*d.Subject] = true
				report(d)
			}
		}
	}
}

// judgeAims returns what is wrong with whom v's hosts ask for t, nil for nothing.
func (v *vip) judgeAims(t *track, m *model) *hcl.Diagnostic {
	var aims []aim
	others := false // hosts that answer whatever t says
	for _, b := range v.members {
		if b.host.kind != plan.Hactl || b.owner.V {
			others = true
			continue
		}
		aims = append(aims, aimOf(t.check.block.For(b.host.name)))
	}
	for _, a := range aims {
		if at := m.moved(v, a.address); at != nil {
			return asksItself(t, a, *at)
		}
	}
	one := len(aims) > 0 && !slices.ContainsFunc(aims, func(a aim) bool { return a.address != aims[0].address })
	if t.effect != plan.Fault || others || !one || !aims[0].address.IsValid() || aims[0].address.IsLoopback() {
		return nil
	}
	return rule.AllGiveUp.At(t.block.AttrRange("effect"), fmt.Sprintf(
		"Every host of %s asks %s for %s. When that is away, all of them give the addresses up, and nobody answers. With effect = \"demote\" a host that still reaches it wins, and when none does the addresses stay where they are.",
		v, aims[0].address, t), related("Whom they ask", aims[0].at))
}

// moved returns where an address is written that v moves, or another vip that
// moves with it; nil when it is none of them.
func (m *model) moved(v *vip, a netip.Addr) *hcl.Range {
	for _, w := range m.vips {
		if w != v && (v.unit == "" || w.unit != v.unit) {
			continue
		}
		for _, p := range w.addresses {
			if p.V.Addr() == a {
				return &p.Range
			}
		}
	}
	return nil
}

// asksItself says that t asks an address that it is to move.
func asksItself(t *track, a aim, address hcl.Range) *hcl.Diagnostic {
	follows := "so every host is to leave when one of them should, and the one that takes over finds the check up again on the first: they take the addresses from each other, or nothing moves at all"
	if t.effect == plan.Fault {
		follows = "so all hosts give the address up when it fails, and as long as nobody has it, it fails: no host gets it back"
	}
	return rule.AsksItself.At(a.at, fmt.Sprintf(
		"%s asks %s, an address that it is to move. On each host that is whoever is Active, %s. Ask the service of the host itself, at 127.0.0.1 for instance.",
		capital(t.String()), a.address, follows), related("The address", address))
}
