package lang

import (
	"fmt"
	"math/big"
	"net/netip"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var prefixParameter = function.Parameter{Name: "prefix", Type: cty.String}

// cidrHost is cidrhost(prefix, n): address n of a network; a negative n counts
// from the end.
var cidrHost = function.New(&function.Spec{
	Params: []function.Parameter{prefixParameter, {Name: "n", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := network(args[0])
		if err != nil {
			return cty.UnknownVal(cty.String), err
		}
		n, err := whole(args[1])
		if err != nil {
			return cty.UnknownVal(cty.String), err
		}
		a, err := host(p, n)
		if err != nil {
			return cty.UnknownVal(cty.String), err
		}
		return cty.StringVal(a.String()), nil
	},
})

// cidrNetmask is cidrnetmask(prefix): the netmask of an IPv4 network.
var cidrNetmask = function.New(&function.Spec{
	Params: []function.Parameter{prefixParameter},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := network(args[0])
		if err != nil {
			return cty.UnknownVal(cty.String), err
		}
		if !p.Addr().Is4() {
			return cty.UnknownVal(cty.String), fmt.Errorf("%s is no IPv4 network, and only those have a netmask", p)
		}
		mask := netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), p.Bits()).Masked().Addr()
		return cty.StringVal(mask.String()), nil
	},
})

// cidrSubnet is cidrsubnet(prefix, bits, n): network n of those whose prefix is
// longer by that many bits.
var cidrSubnet = function.New(&function.Spec{
	Params: []function.Parameter{prefixParameter, {Name: "bits", Type: cty.Number}, {Name: "n", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := network(args[0])
		if err != nil {
			return cty.UnknownVal(cty.String), err
		}
		n, err := whole(args[2])
		if err != nil {
			return cty.UnknownVal(cty.String), err
		}
		sub, err := subnet(p, args[1], n)
		if err != nil {
			return cty.UnknownVal(cty.String), err
		}
		return cty.StringVal(sub.String()), nil
	},
})

// cidrSubnets is cidrsubnets(prefix, bits...): networks of those sizes, one
// after the other without gaps but for alignment.
var cidrSubnets = function.New(&function.Spec{
	Params:   []function.Parameter{prefixParameter},
	VarParam: &function.Parameter{Name: "bits", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		none := cty.UnknownVal(cty.List(cty.String))
		p, err := network(args[0])
		if err != nil {
			return none, err
		}
		var all []cty.Value
		next := new(big.Int) // offset of the first free address
		for _, bits := range args[1:] {
			sub, err := following(p, bits, next)
			if err != nil {
				return none, err
			}
			all = append(all, cty.StringVal(sub.String()))
		}
		if len(all) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(all), nil
	},
})

// following returns the first network of that size at or after next, and moves
// next behind it.
func following(p netip.Prefix, bits cty.Value, next *big.Int) (netip.Prefix, error) {
	first, err := subnet(p, bits, new(big.Int))
	if err != nil {
		return netip.Prefix{}, err
	}
	shift := uint(first.Addr().BitLen() - first.Bits())
	size := new(big.Int).Lsh(big.NewInt(1), shift)
	n := new(big.Int).Add(next, size)
	n.Sub(n, big.NewInt(1)).Rsh(n, shift)
	sub, err := subnet(p, bits, n)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%s has no room for them all", p)
	}
	next.Lsh(n, shift).Add(next, size)
	return sub, nil
}

// network returns the network that v names.
func network(v cty.Value) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(v.AsString())
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is no network such as 10.0.0.0/24", v.AsString())
	}
	return p.Masked(), nil
}

// whole returns a whole number.
func whole(v cty.Value) (*big.Int, error) {
	f := v.AsBigFloat()
	if !f.IsInt() || f.MantExp(nil) > 130 {
		return nil, fmt.Errorf("%s is no whole number that counts addresses or networks", f.Text('g', 20))
	}
	n, _ := f.Int(nil)
	return n, nil
}

// host returns address n of p.
func host(p netip.Prefix, n *big.Int) (netip.Addr, error) {
	size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, size)
	}
	if n.Sign() < 0 || n.Cmp(size) >= 0 {
		return netip.Addr{}, fmt.Errorf("%s has only %s addresses", p, size)
	}
	return plus(p.Addr(), n), nil
}

// subnet returns network n of those in p whose prefix is longer by that many
// bits.
func subnet(p netip.Prefix, bits cty.Value, n *big.Int) (netip.Prefix, error) {
	more, err := whole(bits)
	if err != nil {
		return netip.Prefix{}, err
	}
	room := p.Addr().BitLen() - p.Bits()
	if more.Sign() < 0 || more.Cmp(big.NewInt(int64(room))) > 0 {
		return netip.Prefix{}, fmt.Errorf("%s leaves %d bits, not %s", p, room, more)
	}
	newBits := int(more.Int64())
	if n.Sign() < 0 || n.BitLen() > newBits {
		return netip.Prefix{}, fmt.Errorf("%d more bits make no network %s", newBits, n)
	}
	offset := new(big.Int).Lsh(n, uint(room-newBits))
	return netip.PrefixFrom(plus(p.Addr(), offset), p.Bits()+newBits), nil
}

// plus returns the address n after a, which has one.
func plus(a netip.Addr, n *big.Int) netip.Addr {
	sum := new(big.Int).Add(new(big.Int).SetBytes(a.AsSlice()), n)
	bytes := sum.FillBytes(make([]byte, a.BitLen()/8))
	result, ok := netip.AddrFromSlice(bytes)
	if !ok {
		panic("lang: address arithmetic of the wrong length")
	}
	return result
}
