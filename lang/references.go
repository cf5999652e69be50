package lang

import (
	"net/netip"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// The types of what expressions may refer to. All objects of a kind have one.
var (
	interfaceType = cty.Object(map[string]cty.Type{"addresses": cty.List(cty.String), "address": cty.String})
	hostType      = cty.Object(map[string]cty.Type{
		"id": cty.String, "name": cty.String, "labels": cty.Map(cty.String), "interface": cty.Map(interfaceType),
	})
	plainType   = cty.Object(map[string]cty.Type{"id": cty.String, "name": cty.String, "labels": cty.Map(cty.String)})
	clusterType = cty.Object(map[string]cty.Type{
		"id": cty.String, "name": cty.String, "labels": cty.Map(cty.String), "vip": cty.Map(plainType),
	})
)

// objectTypes are those types by kind. Kinds that share one are told apart by
// their ids.
var objectTypes = map[string]cty.Type{
	"host": hostType, "cluster": clusterType, "vip": plainType, "check": plainType, "notify": plainType,
}

// isKind reports whether an object is one of that kind: one whose id is not known
// may be.
func isKind(kind string, v cty.Value) bool {
	id := v.GetAttr("id")
	return !id.IsKnown() || id.IsNull() || kindOfObject(v) == kind
}

// kindOfObject tells from an object's id what kind it is of: "cluster.web" is a
// cluster, "cluster.web.vip.public" a vip.
func kindOfObject(v cty.Value) string {
	id := v.GetAttr("id")
	if id.Type() != cty.String || !id.IsKnown() || id.IsNull() {
		return "block"
	}
	kind, rest, _ := strings.Cut(id.AsString(), ".")
	if kind == "cluster" && strings.Contains(rest, ".vip.") {
		return "vip"
	}
	return kind
}

// identity returns the attributes that every object has.
func identity(id, name string) map[string]cty.Value {
	return map[string]cty.Value{"id": cty.StringVal(id), "name": cty.StringVal(name), "labels": cty.MapValEmpty(cty.String)}
}

// hostValue returns what host.NAME is in expressions. Parts that are broken are
// unknown.
func hostValue(b *Block) cty.Value {
	v := identity("host."+b.Label(), b.Label())
	if b.Broken("labels") {
		v["labels"] = cty.UnknownVal(cty.Map(cty.String))
	} else if labels := b.StringMap("labels"); len(labels) > 0 {
		v["labels"] = labelsValue(labels)
	}
	v["interface"] = interfacesValue(b)
	return cty.ObjectVal(v)
}

// labelsValue returns labels as a map.
func labelsValue(labels map[string]Value[string]) cty.Value {
	values := make(map[string]cty.Value, len(labels))
	for name, l := range labels {
		values[name] = marked(cty.StringVal(l.V), l.Sensitive)
	}
	return cty.MapVal(values)
}

// interfacesValue returns a host's interfaces by name.
func interfacesValue(b *Block) cty.Value {
	if b.Broken("interface") {
		return cty.UnknownVal(cty.Map(interfaceType))
	}
	values := map[string]cty.Value{}
	for _, i := range b.Blocks("interface") {
		values[i.Label()] = interfaceValue(i)
	}
	return mapOf(interfaceType, values)
}

// interfaceValue returns one interface. Its address is the first one, without
// the prefix length; null when there is none.
func interfaceValue(b *Block) cty.Value {
	if b.Broken("addresses") {
		return cty.UnknownVal(interfaceType)
	}
	v := map[string]cty.Value{"addresses": cty.ListValEmpty(cty.String), "address": cty.NullVal(cty.String)}
	if all := b.Prefixes("addresses"); len(all) > 0 {
		list := make([]cty.Value, len(all))
		for i, p := range all {
			list[i] = marked(cty.StringVal(p.V.String()), p.Sensitive)
		}
		v["addresses"] = cty.ListVal(list)
		v["address"] = marked(cty.StringVal(first(all)), all[0].Sensitive)
	}
	return cty.ObjectVal(v)
}

// first returns the first address without its prefix length.
func first(all []Value[netip.Prefix]) string { return all[0].V.Addr().String() }

// marked returns v, marked when it is sensitive.
func marked(v cty.Value, sensitive bool) cty.Value {
	if sensitive {
		return v.Mark(secret{})
	}
	return v
}

// clusterValue returns what cluster.NAME is in expressions. Only the names of
// the cluster's vips are looked at, so that their attributes may use it.
func (l *loader) clusterValue(o *object) cty.Value {
	spec := rootSpec.Block("cluster")
	name, _ := o.made.name()
	vips := map[string]cty.Value{}
	for _, m := range l.nestedOf(o.made, spec, "vip").made {
		if label, ok := m.name(); ok {
			vips[label] = cty.ObjectVal(identity("cluster."+name+".vip."+label, label))
		}
	}
	v := identity("cluster."+name, name)
	v["vip"] = mapOf(plainType, vips)
	return cty.ObjectVal(v)
}

// refOf reads the id of an object: "host.lb01" is {host lb01}, and
// "cluster.web.vip.public" is {vip web/public}.
func refOf(kind, id string) Ref {
	rest := strings.TrimPrefix(id, kind+".")
	if kind == "vip" {
		cluster, vip, _ := strings.Cut(strings.TrimPrefix(id, "cluster."), ".vip.")
		rest = cluster + "/" + vip
	}
	return Ref{Kind: kind, ID: rest}
}
