package doctor

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hactl/schemas/plan"
)

// filter is a ruleset of nftables, as "nft -j list ruleset" prints it.
type filter struct {
	chains []chain
	rules  map[string][]rule // by the place of their chain, in order
}

// chain is one of its chains. A base chain has a hook.
type chain struct {
	Family string `json:"family"`
	Table  string `json:"table"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Hook   string `json:"hook"`
	Policy string `json:"policy"`
}

// rule is a list of expressions, each an object with one member: what it is.
type rule struct {
	Family string `json:"family"`
	Table  string `json:"table"`
	Chain  string `json:"chain"`
	Expr   []any  `json:"expr"`
}

// verdicts are what may become of a packet: a set.
type verdicts uint8

const (
	accepts verdicts = 1 << iota
	drops
	goesOn // with the next rule, or in the chain that jumped here
	returns
	ends    = goesOn | returns
	unclear = accepts | drops | goesOn // what cannot be judged
)

// readFilter reads a ruleset.
func readFilter(data []byte) (filter, error) {
	var doc struct {
		Objects []struct {
			Chain *chain `json:"chain"`
			Rule  *rule  `json:"rule"`
		} `json:"nftables"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return filter{}, fmt.Errorf("read ruleset: %w", err)
	}
	f := filter{rules: map[string][]rule{}}
	for _, o := range doc.Objects {
		if o.Chain != nil {
			f.chains = append(f.chains, *o.Chain)
		}
		if r := o.Rule; r != nil {
			key := place(r.Family, r.Table, r.Chain)
			f.rules[key] = append(f.rules[key], *r)
		}
	}
	return f, nil
}

// place is what a chain is known by.
func place(family, table, chain string) string { return family + " " + table + " " + chain }

// bases returns the chains that an advert passes on this host.
func (f filter) bases(a advert) []chain {
	own := map[plan.Family]string{plan.IPv4: "ip", plan.IPv6: "ip6"}[a.family]
	hooks := []string{"prerouting", "input"}
	if a.leaves {
		hooks = []string{"output", "postrouting"}
	}
	return slices.DeleteFunc(slices.Clone(f.chains), func(c chain) bool {
		return c.Family != own && c.Family != "inet" || c.Type != "filter" || !slices.Contains(hooks, c.Hook)
	})
}

// policy is what becomes of a packet at the end of a base chain.
func (c chain) policy() verdicts {
	if c.Policy == "drop" {
		return drops
	}
	return accepts
}

// trial follows one advert through the chains of a filter.
type trial struct {
	filter
	advert advert
	known  map[string]verdicts // by the place of chains that have been followed
}

// try returns a trial of an advert.
func (f filter) try(a advert) trial { return trial{f, a, map[string]verdicts{}} }

// walk returns what may become of the advert in a chain. Each is followed once,
// however many rules jump to it; one that comes back to itself, which the kernel
// does not allow, is unclear.
func (t trial) walk(family, table, name string) verdicts {
	at := place(family, table, name)
	if v, known := t.known[at]; known {
		return v
	}
	t.known[at] = unclear
	t.known[at] = t.follow(t.rules[at])
	return t.known[at]
}

// follow returns what may become of the advert by rules, one after the other.
func (t trial) follow(rules []rule) verdicts {
	var may verdicts
	for _, r := range rules {
		v := t.apply(r)
		may |= v &^ ends
		if v&returns != 0 {
			may |= goesOn
		}
		if v&goesOn == 0 {
			return may
		}
	}
	return may | goesOn
}

// apply returns what may become of the advert by one rule.
func (t trial) apply(r rule) verdicts {
	sure := yes
	for _, e := range r.Expr {
		kind, value := single(e)
		switch kind {
		case "match":
			sure = min(sure, t.advert.matches(value))
		case "accept", "drop", "reject", "return", "jump", "goto":
			return t.verdict(kind, value, r).when(sure)
		case "vmap":
			return t.choose(value, r).when(sure)
		case "counter", "log", "comment", "meta", "mangle", "notrack":
		default: // a limit, a set, an extension of iptables: it may match, and end here
			if kind == "xt" || kind == "queue" {
				return unclear
			}
			sure = min(sure, maybe)
		}
		if sure == no {
			return goesOn
		}
	}
	return goesOn
}

// verdict is what an end of a rule does.
func (t trial) verdict(kind string, value any, r rule) verdicts {
	switch kind {
	case "accept":
		return accepts
	case "drop", "reject":
		return drops
	case "return":
		return returns
	case "continue":
		return goesOn
	case "jump", "goto":
	default:
		return unclear
	}
	target, _ := value.(map[string]any)
	v := t.walk(r.Family, r.Table, fmt.Sprint(target["target"]))
	if kind == "goto" && v&goesOn != 0 {
		v = v&^goesOn | returns
	}
	return v
}

// when is what may become of a packet if the rule matches as sure as that.
func (v verdicts) when(sure certainty) verdicts {
	if sure == maybe {
		return v | goesOn
	}
	return v
}

// certainty is whether a rule matches.
type certainty int

const (
	no certainty = iota
	maybe
	yes
)

// certain is yes or no.
func certain(is bool) certainty {
	if is {
		return yes
	}
	return no
}

// matches tells whether an advert fits a match.
func (a advert) matches(value any) certainty {
	m, _ := value.(map[string]any)
	is := a.compare(m["left"], m["right"])
	if m["op"] == "!=" {
		return yes - is
	}
	if m["op"] != "==" && m["op"] != "in" {
		return maybe
	}
	return is
}

// compare tells whether a field of an advert is, or is among, what stands right.
func (a advert) compare(left, right any) certainty {
	kind, value := single(left)
	field, _ := value.(map[string]any)
	switch {
	case kind == "meta" && field["key"] == "l4proto",
		kind == "payload" && (field["field"] == "protocol" || field["field"] == "nexthdr"):
		return a.isVersion(field, listed(right, func(x any) certainty { return certain(x == "vrrp" || x == float64(protocolVRRP)) }))
	case kind == "meta" && slices.Contains(passages, fmt.Sprint(field["key"])):
		if a.leaves != strings.HasPrefix(fmt.Sprint(field["key"]), "o") {
			return no
		}
		if a.link == "" {
			return maybe
		}
		return listed(right, func(x any) certainty { return a.onInterface(fmt.Sprint(x)) })
	case kind == "ct" && field["key"] == "state":
		return listed(right, func(x any) certainty { return certain(x == "new") })
	case kind == "payload" && field["field"] == "daddr":
		return a.isVersion(field, every(a.to, right))
	case kind == "payload" && field["field"] == "saddr":
		return a.isVersion(field, every(a.from, right))
	case kind == "payload" && slices.Contains(transports, fmt.Sprint(field["protocol"])):
		return no
	}
	return maybe
}

// passages are the interfaces of a packet: one that leaves has come in on none.
var passages = []string{"iif", "iifname", "oif", "oifname"}

// transports are the protocols that an advert is none of.
var transports = []string{"tcp", "udp", "icmp", "icmpv6", "sctp", "dccp", "th"}

// isVersion takes what is told of an IP header for one of the advert's family.
func (a advert) isVersion(field map[string]any, is certainty) certainty {
	if p := field["protocol"]; p == "ip" && a.family != plan.IPv4 || p == "ip6" && a.family != plan.IPv6 {
		return no
	}
	return is
}

// onInterface tells whether a name of a rule, which may end in "*", is that of the
// advert's interface.
func (a advert) onInterface(name string) certainty {
	if prefix, open := strings.CutSuffix(name, "*"); open {
		return certain(strings.HasPrefix(a.link, prefix))
	}
	return certain(name == a.link)
}

// every tells whether all, some or none of the addresses that an advert may have are
// what stands right.
func every(addresses []string, right any) certainty {
	if len(addresses) == 0 {
		return maybe
	}
	first := listed(right, func(x any) certainty { return address(addresses[0], x) })
	for _, other := range addresses[1:] {
		if listed(right, func(x any) certainty { return address(other, x) }) != first {
			return maybe
		}
	}
	return first
}

// address tells whether an address is the one, or of the prefix, that stands right.
func address(text string, right any) certainty {
	is, known := within(text, right)
	if !known {
		return maybe
	}
	return certain(is)
}

// listed tells whether one of the elements of a set, or the single value that
// stands for one, fits.
func listed(right any, fits func(any) certainty) certainty {
	elements := []any{right}
	if kind, value := single(right); kind == "set" {
		elements, _ = value.([]any)
	} else if list, is := right.([]any); is {
		elements = list
	} else if name, is := right.(string); is && strings.HasPrefix(name, "@") {
		return maybe
	}
	best := no
	for _, e := range elements {
		if kind, value := single(e); kind == "elem" { // with a counter, a comment or a time
			element, _ := value.(map[string]any)
			e = element["val"]
		}
		best = max(best, fits(e))
	}
	return best
}

// single returns the one member of an object.
func single(v any) (kind string, value any) {
	if m, is := v.(map[string]any); is && len(m) == 1 {
		for kind, value = range m {
			return kind, value
		}
	}
	return "", nil
}
