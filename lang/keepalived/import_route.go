package keepalived

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// routes writes the routes and rules that move with the addresses.
func (m *importer) routes(v *vipDraft) {
	i := v.router[0]
	for _, word := range []string{"virtual_ipaddress_excluded", "virtual_routes", "virtual_rules"} {
		m.settle(word, v.router, func(i *Instance) (string, hcl.Range, bool) {
			var all []string
			at := hcl.Range{}
			for _, b := range i.Statement.children(word) {
				at = b.Range()
				for _, line := range b.Children {
					all = append(all, texts(line))
				}
			}
			return strings.Join(all, ", "), at, !i.Opaque
		})
	}
	for _, b := range i.Statement.children("virtual_routes") {
		for _, line := range b.Children {
			m.moved(v, line, routeOf(line.without("no_track")))
		}
	}
	for _, b := range i.Statement.children("virtual_rules") {
		for _, line := range b.Children {
			m.moved(v, line, ruleOf(line.without("no_track")))
		}
	}
}

// moved writes a route or a rule; what could not be read whole is a remark.
func (m *importer) moved(v *vipDraft, line *Statement, b *block) {
	if b != nil {
		v.own.add(b)
		return
	}
	v.own.remark(fmt.Sprintf("Not carried over (%s): %s", fileLine(line.Range()), m.text(line.Range())))
	m.reportf(rule.ImportNoPlace, line.Range(), "This route or rule has parts that the language does not know. It stands in a comment of the vip %q.", v.name)
}

// without returns a line without a word that changes nothing. Of "no_track": hactl
// puts back routes and rules that somebody removes, and takes that for no fault.
func (s *Statement) without(word string) *Statement {
	left := *s
	left.Words = slices.DeleteFunc(slices.Clone(s.Words), func(w Word) bool { return w.Text == word })
	return &left
}

// routeWords are the words of a route by the attribute that takes their place.
var routeWords = map[string]string{"via": "via", "gw": "via", "dev": "interface", "src": "source", "metric": "metric", "table": "table", "scope": "scope"}

// routeOf returns a route, nil when the line has a word that is not known.
func routeOf(line *Statement) *block {
	words := line.Words
	if len(words) > 2 && words[0].Text == "src" { // src ADDRESS to NETWORK
		words = append(slices.Clone(words[2:]), words[:2]...)
	}
	if len(words) > 0 && (words[0].Text == "to" || words[0].Text == "unicast") {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	target := words[0].Text
	if p, err := netip.ParsePrefix(target); err == nil {
		target = p.Masked().String()
	} else if _, known := address(words[0]); !known && target != "default" {
		return nil
	}
	return pairs("route "+quote(target), words[1:], routeWords)
}

// ruleWords are the words of a rule likewise.
var ruleWords = map[string]string{"from": "from", "to": "to", "iif": "interface", "fwmark": "mark", "table": "table", "lookup": "table", "priority": "priority", "preference": "priority", "order": "priority", "pref": "priority"}

// ruleOf returns a rule, nil when the line has a word that is not known, or lacks
// its priority or its table.
func ruleOf(line *Statement) *block {
	b := pairs("rule", line.Words, ruleWords)
	if b == nil || !b.has("priority") || !b.has("table") {
		return nil
	}
	return b
}

func (b *block) has(name string) bool {
	return slices.ContainsFunc(b.items, func(i item) bool { return i.name == name })
}

// textual are the attributes of routes and rules that are no numbers.
var textual = []string{"via", "interface", "source", "scope", "from", "to"}

// pairs returns a block of words that follow each other as keyword and value.
func pairs(head string, words []Word, names map[string]string) *block {
	b := &block{head: head}
	for n := 0; n < len(words); n += 2 {
		name, known := names[words[n].Text]
		if !known || n+1 == len(words) || words[n+1].Unknown || b.has(name) {
			return nil
		}
		value := words[n+1].Text
		switch {
		case slices.Contains(textual, name):
			value = quote(value)
		case !decimal.MatchString(value):
			return nil
		}
		b.attr(name, value)
	}
	return b
}
