package lang

import (
	"net/netip"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// address converts one IP address.
func (c *converter) address(d datum) (netip.Addr, bool) {
	s, ok := c.addressText(d)
	if !ok {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" || a.Is4In6() {
		c.wrong(rule.BadAddress, d.at, "%s can't be %s: it is no IP address without a prefix length or zone. Write %s.", c.spec.Name, d.shown(), c.spec.Example)
		return netip.Addr{}, false
	}
	return a, true
}

// addressText returns the text of an address.
func (c *converter) addressText(d datum) (string, bool) {
	if d.v.Type() != cty.String {
		c.wrong(rule.BadAddress, d.at, "An address in %s is a text, not %s. Write it as in %s.", c.spec.Name, kindOf(d.v.Type()), c.spec.Example)
		return "", false
	}
	return d.v.AsString(), true
}

// prefix converts an address with a prefix length; a bare one is /32 or /128.
func (c *converter) prefix(d datum) (netip.Prefix, bool) {
	s, ok := c.addressText(d)
	if !ok {
		return netip.Prefix{}, false
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, bare := netip.ParseAddr(s)
		if bare != nil || a.Zone() != "" {
			c.wrong(rule.BadAddress, d.at, "%s is no IP address. Write one with its prefix length, as in %s.", capital(d.shown()), c.spec.Example)
			return netip.Prefix{}, false
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	if !assignable(p.Addr()) {
		c.wrong(rule.BadAddress, d.at, "%s is no address that a host can have. Write a unicast address, as in %s.", capital(d.shown()), c.spec.Example)
		return netip.Prefix{}, false
	}
	return p, true
}

// reference converts an object such as host.lb01.
func (c *converter) reference(d datum) (Ref, bool) {
	t := d.v.Type()
	switch {
	case t.IsObjectType() && t.HasAttribute("id") && !isKind(c.spec.Kind, d.v):
		c.wrong(rule.WrongKind, d.at, "%s takes a %s, not a %s. Write %s.", c.spec.Name, c.spec.Kind, kindOfObject(d.v), c.spec.Example)
	case t.Equals(objectTypes[c.spec.Kind]) && d.v.IsWhollyKnown():
		return refOf(c.spec.Kind, d.v.GetAttr("id").AsString()), true
	case t.Equals(objectTypes[c.spec.Kind]):
		return c.partialReference(d)
	case t == cty.String:
		c.wrong(rule.NoReference, d.at, "%s takes a %s itself, not its name. Write %s instead of %s.", c.spec.Name, c.spec.Kind, c.written(d), d.shown())
	default:
		c.wrong(rule.NoReference, d.at, "%s takes a %s, not %s. Write %s.", c.spec.Name, c.spec.Kind, kindOf(t), c.spec.Example)
	}
	return Ref{}, false
}

// partialReference converts an object of which something is broken, but not
// what it is.
func (c *converter) partialReference(d datum) (Ref, bool) {
	id := d.v.GetAttr("id")
	if !id.IsKnown() || id.IsNull() {
		c.a.broken = true
		return Ref{}, false
	}
	return refOf(c.spec.Kind, id.AsString()), true
}

// written returns the reference that a text was meant to be, as the file's
// syntax wants it.
func (c *converter) written(d datum) string {
	name := "NAME"
	if s := strings.TrimPrefix(d.v.AsString(), c.spec.Kind+"."); !d.sensitive && badForm(schema.Name, s) == "" {
		name = s
	}
	if strings.HasSuffix(d.at.Filename, ".json") {
		return `"${` + c.spec.Kind + "." + name + `}"`
	}
	return c.spec.Kind + "." + name
}

// network converts an IP network; a bare address is /32 or /128.
func (c *converter) network(d datum) (netip.Prefix, bool) {
	s, ok := c.addressText(d)
	if !ok {
		return netip.Prefix{}, false
	}
	p, complaint := parseNetwork(s)
	if complaint != "" {
		c.wrong(rule.BadAddress, d.at, "%s can't be %s: %s. Write it as in %s.", c.spec.Name, d.shown(), complaint, c.spec.Example)
		return netip.Prefix{}, false
	}
	return p, true
}

// parseNetwork reads an IP network, or says in half a sentence why it is none.
func parseNetwork(s string) (p netip.Prefix, complaint string) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return p, "it is no IP network"
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	switch {
	case p.Addr().Is4In6():
		return p, "it is an IPv4 address in the form of an IPv6 one"
	case p != p.Masked():
		return p, "it has bits behind the prefix length; the network is " + p.Masked().String()
	}
	return p, ""
}
