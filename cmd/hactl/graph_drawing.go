package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/compiler"
	"hactl/schemas/plan"
)

// drawing is a graph of things and the lines between them, in the order in which
// they are drawn.
type drawing struct {
	Things []thing
	Lines  []line
}

// thing is a node of a drawing.
type thing struct {
	ID    string // unique: kind, and its name
	Kind  string // "host", "segment", "vip" or "check"
	Words []string
}

// line is an edge of a drawing.
type line struct {
	From, To string // IDs
	Words    string
	Second   bool // of less weight: drawn dashed
}

// add adds a thing unless it is there.
func (d *drawing) add(kind, name string, words ...string) string {
	id := kind + " " + name
	if !d.has(id) {
		d.Things = append(d.Things, thing{id, kind, append([]string{name}, words...)})
	}
	return id
}

// has reports whether a thing is drawn.
func (d *drawing) has(id string) bool {
	return slices.ContainsFunc(d.Things, func(t thing) bool { return t.ID == id })
}

// draw draws one cluster, or all with an empty name. Hosts and segments that no
// vip touches are in the drawing of all only.
func (c *configuration) draw(cluster string) drawing {
	var d drawing
	touched := map[portKey]bool{}
	plans := fleet.NewGeneration()
	for host, p := range c.result.Plans {
		plans.Add(host, p)
	}
	for _, v := range c.result.Vips {
		if cluster == "" || strings.HasPrefix(v.Name, cluster+"/") {
			d.vip(v, plans, touched)
		}
	}
	for _, h := range c.result.Hosts {
		if cluster == "" {
			d.host(h.Name, h.Kind)
		}
	}
	for _, s := range compiler.Segments(c.config) {
		d.segment(s, cluster == "", touched)
	}
	return d
}

// host adds a host.
func (d *drawing) host(name string, kind plan.Kind) string {
	if kind == plan.Hactl {
		return d.add("host", name)
	}
	return d.add("host", name, "speaks "+string(kind))
}

// shownAddresses is how many addresses of a vip are drawn.
const shownAddresses = 10

// vip adds a vip with its hosts in order, and what it depends on.
func (d *drawing) vip(v compiler.Vip, plans fleet.Generation, touched map[portKey]bool) {
	var addresses []string
	var tracks []plan.Track
	vrid := 0
	for _, f := range []plan.Family{plan.IPv4, plan.IPv6} {
		id := v.Name + "/" + f.String()
		for _, host := range plans.Holders(id) {
			touched[portKey{host, plans.Router(host, id).Interface}] = true
		}
		if r := plans.Any(id); r != nil {
			addresses, tracks, vrid = append(addresses, prefixesOf(r)...), r.Tracks, r.VRID
		}
	}
	if n := len(addresses) - shownAddresses; n > 0 {
		addresses = append(addresses[:shownAddresses:shownAddresses], fmt.Sprintf("and %d more", n))
	}
	id := d.add("vip", v.Name, append(addresses, fmt.Sprint("VRID ", vrid))...)
	for i, rank := range v.Order {
		d.Lines = append(d.Lines, line{id, d.host(rank.Host, rank.Kind), fmt.Sprintf("%d: priority %d", i+1, rank.Priority), i > 0})
	}
	for _, t := range tracks {
		check := d.add("check", cmp.Or(t.Check, "interface "+t.Interface))
		d.Lines = append(d.Lines, line{From: check, To: id, Words: effectOf(t)})
	}
}

// portKey is one interface of one host.
type portKey struct{ host, name string }

// effectOf says what the failure of a track does.
func effectOf(t plan.Track) string {
	if t.Effect == plan.Weigh {
		return fmt.Sprintf("weight %+d", t.Weight)
	}
	return string(t.Effect)
}

// segment adds a segment and the interfaces of the hosts that are drawn; of a part
// of the configuration only if one of them is touched.
func (d *drawing) segment(s compiler.Segment, all bool, touched map[portKey]bool) {
	used := func(p compiler.Port) bool { return all || touched[portKey{p.Host, p.Interface}] }
	if !slices.ContainsFunc(s.Ports, used) {
		return
	}
	id := d.add("segment", s.Name)
	for _, p := range s.Ports {
		if !d.has("host " + p.Host) {
			continue
		}
		words := []string{p.Interface}
		for _, a := range p.Addresses {
			words = append(words, a.String())
		}
		d.Lines = append(d.Lines, line{From: "host " + p.Host, To: id, Words: strings.Join(words, " ")})
	}
}
