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
	a := p.Addr()
	if a.Is4In6() || a.IsUnspecified() || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		c.wrong(rule.BadAddress, d.at, "%s is no address that a host can have. Write a unicast address, as in %s.", capital(d.shown()), c.spec.Example)
		return netip.Prefix{}, false
	}
	return p, true
}

// reference converts an object such as host.lb01.
func (c *converter) reference(d datum) (Ref, bool) {
	t := d.v.Type()
	switch {
	case t.Equals(objectTypes[c.spec.Kind]) && d.v.IsWhollyKnown():
		return refOf(c.spec.Kind, d.v.GetAttr("id").AsString()), true
	case t.Equals(objectTypes[c.spec.Kind]):
		return c.partialReference(d)
	case t == cty.String:
		c.wrong(rule.NoReference, d.at, "%s takes a %s itself, not its name. Write %s instead of %s.", c.spec.Name, c.spec.Kind, c.written(d), d.shown())
	case t.IsObjectType() && t.HasAttribute("id"):
		c.wrong(rule.WrongKind, d.at, "%s takes a %s, not %s. Write %s.", c.spec.Name, c.spec.Kind, kindOf(t), c.spec.Example)
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
