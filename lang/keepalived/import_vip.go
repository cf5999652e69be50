package keepalived

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// vipDraft is one vip of the configuration.
type vipDraft struct {
	name    string
	router  router
	hosts   []*hostDraft // in order of preference
	attrs   []setting    // what may stand on the cluster, too
	blocks  []levelBlock // likewise
	members []*block     // by the position of the host in hosts; empty blocks say nothing
	tracks  []*block
	notify  []string // expressions
	own     *block   // what stands on the vip only
}

// setting is an attribute's value: an expression, "" for the default.
type setting struct{ name, value string }

// levelBlock is a block with the comment above it.
type levelBlock struct {
	block *block
	note  []string
}

// levels are the attributes that may stand on a cluster, in the order in which
// they are written.
var levels = []string{"interface", "version", "advert_interval", "transport", "multicast_group", "checksum", "quiet_start"}

// defaults are what an attribute that may stand on a cluster is without it.
var defaults = map[string]string{"version": "3", "advert_interval": `"1s"`, "transport": `"multicast"`, "checksum": `"keepalived"`, "quiet_start": `"0s"`}

// set adds an attribute, unless it says what the default is.
func (v *vipDraft) set(name, value string) {
	if value == defaults[name] {
		value = ""
	}
	v.attrs = append(v.attrs, setting{name, value})
}

// makeVips makes a vip of each router.
func (m *importer) makeVips() {
	for _, r := range m.routers {
		v := &vipDraft{router: r, own: &block{}}
		v.name = unique(label(r[0].Name.Text, "vip"), func(n string) bool {
			return slices.ContainsFunc(m.vips, func(o *vipDraft) bool { return o.name == n })
		})
		m.sameNames(r)
		order := m.preference(r)
		m.seats(v, order)
		m.wire(v)
		m.authentication(v)
		m.preempting(v, order)
		m.announcing(v)
		m.identity(v)
		m.addresses(v)
		m.routes(v)
		m.vips = append(m.vips, v)
	}
}

// sameNames reports instances of one router that have several names.
func (m *importer) sameNames(r router) {
	for _, i := range r[1:] {
		if i.Name.Text != r[0].Name.Text {
			m.report(rule.ImportOther, i.Name.Range, fmt.Sprintf("The router is %s here and %s on %s. The vip has the latter name, also for scripts that are told the name.", shown(i.Name.Text), shown(r[0].Name.Text), r[0].Node.Name), see(r[0].Name.Range, "The other name"))
		}
	}
	if len(r) < len(m.nodes) {
		m.reportf(rule.ImportOther, r[0].Name.Range, "Only %s %s this router, so its cluster has no other host.", rule.List(r.nodes()), have(len(r)))
	}
}

func have(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// nodes returns the names of the router's nodes.
func (r router) nodes() []string {
	var all []string
	for _, i := range r {
		all = append(all, i.Node.Name)
	}
	return all
}

// opinions returns what the instances of a router say. say returns the value and
// its place; ok is false for a value that is unknown, which is left out.
func (r router) opinions(say func(*Instance) (text string, at hcl.Range, ok bool)) []opinion {
	var all []opinion
	for _, i := range r {
		if text, at, ok := say(i); ok {
			if at.Filename == "" {
				at = i.Statement.Range()
			}
			all = append(all, opinion{node: i.Node.Name, text: text, at: at})
		}
	}
	return all
}

// settle returns what the first instance that says something known says, and
// reports where others differ.
func (m *importer) settle(what string, r router, say func(*Instance) (text string, at hcl.Range, ok bool)) string {
	all := r.opinions(say)
	if len(all) == 0 {
		return ""
	}
	m.agree(what, all)
	return all[0].text
}

// seats fills in the hosts of a vip, and what its members have of their own.
func (m *importer) seats(v *vipDraft, order []*Instance) {
	for _, i := range order {
		v.hosts = append(v.hosts, m.hostOf(i.Node))
		v.members = append(v.members, &block{})
	}
	if len(m.nodes) > 1 {
		return
	}
	i := order[0]
	for _, h := range m.hosts[1:] { // the peers of the only node
		if !i.Unicast || !slices.ContainsFunc(h.ports, func(p *portDraft) bool { return p.name == i.Interface.Text }) {
			continue
		}
		v.hosts, v.members = append(v.hosts, h), append(v.members, &block{})
	}
	if i.State != nil && !i.Master { // a peer is master
		v.hosts = append(v.hosts[1:], v.hosts[0])
	}
}

// wire writes what adverts look like and where they go.
func (m *importer) wire(v *vipDraft) {
	m.interfaces(v)
	version := m.settle("VRRP version", v.router, func(i *Instance) (string, hcl.Range, bool) {
		if i.Version == 0 {
			return "", hcl.Range{}, false
		}
		return fmt.Sprint(i.Version), hcl.Range{}, true
	})
	if version == "" {
		version = "2"
	}
	v.set("version", version)
	v.set("advert_interval", m.interval(v, version))
	transport := m.settle("Transport", v.router, func(i *Instance) (string, hcl.Range, bool) {
		if i.Peers != nil && i.Unicast {
			return "unicast", i.Peers.Range(), true
		}
		if i.Peers != nil {
			return "multicast", i.Peers.Range(), true
		}
		return "multicast", hcl.Range{}, !i.Opaque
	})
	if transport == "" {
		transport = "multicast"
	}
	if peers := v.router[0].Peers; transport == "multicast" && peers != nil {
		m.reportf(rule.ImportOther, peers.Range(), "A list of peers without a peer means multicast to keepalived, and so it does in the configuration.")
	}
	v.set("transport", quote(transport))
	v.set("multicast_group", m.group(v, transport))
	if version == "3" && m.setting(v.router[0], "v3_checksum_as_v2") != nil {
		v.set("checksum", quote("rfc9568"))
	}
}

// interfaces writes the interface that most hosts use, and that of the others.
func (m *importer) interfaces(v *vipDraft) {
	count := map[string]int{}
	most := v.router[0].Interface
	for _, i := range v.router {
		if count[i.Interface.Text]++; count[i.Interface.Text] > count[most.Text] {
			most = i.Interface
		}
	}
	if most.Text == "" {
		m.reportf(rule.ImportOpen, v.router[0].Statement.Range(), "No interface is written. Write interface in the vip %q.", v.name)
		v.set("interface", "")
		return
	}
	v.set("interface", m.textOf(most, "the interface of "+v.name))
	for _, i := range v.router {
		b := v.members[slices.Index(v.hosts, m.hostOf(i.Node))]
		if i.Interface.Text != most.Text && i.Interface.Text != "" {
			b.attr("interface", m.textOf(i.Interface, "the interface of "+v.name))
		}
		m.source(b, i)
	}
}

// source writes the address that an instance sends from, where it is not the
// first of its interface.
func (m *importer) source(b *block, i *Instance) {
	w, ok := i.origin()
	if !ok {
		return
	}
	h := m.hostOf(i.Node)
	own := m.ownAddress(w, h)
	if nameable(i.Interface) {
		if all := h.port(i.Interface.Text).addresses; len(all) == 0 || all[0] == own || !slices.Contains(all, own) {
			return
		}
	}
	if a, known := address(w); known {
		b.attr("source", quote(a.String()))
	} else {
		b.attr("source", own)
	}
}

// interval returns the time between adverts.
func (m *importer) interval(v *vipDraft, version string) string {
	var first *Instance
	text := m.settle("Interval of adverts", v.router, func(i *Instance) (string, hcl.Range, bool) {
		if first == nil && i.Advert.Known {
			first = i
		}
		return fmt.Sprint(i.Advert.Value), i.Advert.Range, i.Advert.Known
	})
	if text == "" {
		return ""
	}
	seconds, longest, step := first.Advert.Value, 255.0, 1.0
	if version == "3" {
		longest, step = 40.95, 0.01
	}
	fits := math.Round(math.Ceil(seconds/step-1e-9)*step*100) / 100
	if !(seconds > 0 && fits <= longest) {
		m.reportf(rule.ImportChanged, first.Advert.Range, "VRRP version %s cannot carry this interval. The configuration has the default, 1 s.", version)
		return ""
	}
	if fits != seconds {
		m.reportf(rule.ImportChanged, first.Advert.Range, "VRRP version %s carries intervals in steps of %g s. The configuration has %g s.", version, step, fits)
	}
	return duration(fits)
}

// setting returns the statement of an instance, or of the global definitions
// under that name or one of the others.
func (m *importer) setting(i *Instance, name string, global ...string) *Statement {
	if s := i.Statement.child(name); s != nil {
		return s
	}
	for _, g := range append(global, name) {
		if s := i.Node.Global.child(g); s != nil {
			return s
		}
	}
	return nil
}

// group returns the multicast group that is not the usual one.
func (m *importer) group(v *vipDraft, transport string) string {
	if transport != "multicast" {
		return ""
	}
	usual, global := "224.0.0.18", "vrrp_mcast_group4"
	if v.router[0].family() == 6 {
		usual, global = "ff02::12", "vrrp_mcast_group6"
	}
	text := m.settle("Multicast group", v.router, func(i *Instance) (string, hcl.Range, bool) {
		w, ok := value(m.setting(i, "mcast_dst_ip", global))
		if !ok {
			return usual, hcl.Range{}, true
		}
		a, known := address(w)
		return a.String(), w.Range, known
	})
	if text == usual || text == "" {
		return ""
	}
	return quote(text)
}

// preempting writes when a preferred host takes the address back: the preferred
// node's word counts, as it is the one that would.
func (m *importer) preempting(v *vipDraft, order []*Instance) {
	b := &block{head: "preemption"}
	i := order[0]
	mode, delay := preemptionOf(i)
	if level(order) {
		mode = "never"
	}
	if mode != "never" {
		m.uselessNopreempt(order)
	}
	switch {
	case mode == "never":
		b.attr("mode", quote(mode))
	case delay != "":
		b.attr("mode", quote("delayed"))
		b.attr("delay", delay)
		m.delayText(i)
	}
	v.blocks = append(v.blocks, levelBlock{block: b})
	m.otherPreemption(order)
}

// level tells whether nobody takes the address back since the first two nodes have
// the same priority, and nothing says that one of them was meant to.
func level(order []*Instance) bool {
	if len(order) < 2 || standing(order[0]) != standing(order[1]) || !order[0].Priority.Known || !order[1].Priority.Known {
		return false
	}
	return order[0].Master == order[1].Master || order[0].Nopreempt != nil || order[1].Nopreempt != nil
}

// uselessNopreempt reports where nopreempt is written and the address is taken
// back all the same.
func (m *importer) uselessNopreempt(order []*Instance) {
	for _, i := range order {
		switch s := i.Nopreempt; {
		case s == nil:
		case i.preempts():
			m.reportf(rule.ImportChanged, s.Range(), "keepalived drops nopreempt where the state is MASTER or the priority 255, so %s takes the address back, and the configuration says so. If that is not wanted, write a preemption block with mode = \"never\".", order[0].Node.Name)
			return
		default:
			m.reportf(rule.ImportOther, s.Range(), "nopreempt says nothing of a node that is not preferred: %s is, and takes the address back. The configuration says so.", order[0].Node.Name)
			return
		}
	}
}

// preemptionOf returns what an instance does when it comes back.
func preemptionOf(i *Instance) (mode, delay string) {
	if !i.preempts() {
		return "never", ""
	}
	w, ok := value(i.Delay)
	if !ok || i.Master || w.Unknown {
		return "always", ""
	}
	if n := parseNumber(Word{Text: strings.TrimSuffix(w.Text, "s")}); n.Known && n.Value > 0 && n.Value <= 1000 {
		return "delayed", duration(n.Value)
	}
	return "always", ""
}

// delayText reports a delay that keepalived does not read as it is meant.
func (m *importer) delayText(i *Instance) {
	if w, _ := i.Delay.Value(); strings.HasSuffix(w.Text, "s") {
		m.reportf(rule.ImportChanged, w.Range, "keepalived does not know units, and reads %s as no delay at all. In the configuration it is what is written.", shown(w.Text))
	}
}

// otherPreemption reports nodes that preempt otherwise than the preferred one,
// where that can be seen.
func (m *importer) otherPreemption(order []*Instance) {
	mode, delay := preemptionOf(order[0])
	for n, i := range order[1:] {
		if other, its := preemptionOf(i); n < len(order)-2 && (other != mode || its != delay) {
			m.report(rule.ImportDisagree, i.Statement.Range(), fmt.Sprintf("%s and %s do not preempt alike. The configuration has what %s says, which is preferred.", order[0].Node.Name, i.Node.Name, order[0].Node.Name), see(order[0].Statement.Range(), "The preferred node"))
			return
		}
	}
}

// identity writes the VRID.
func (m *importer) identity(v *vipDraft) {
	text := m.settle("VRID", v.router, func(i *Instance) (string, hcl.Range, bool) {
		return fmt.Sprint(i.VRID.Value), i.VRID.Range, i.VRID.Known && i.VRID.Given && i.VRID.Value >= 1 && i.VRID.Value <= 255 && i.VRID.Value == math.Trunc(i.VRID.Value)
	})
	if text == "" {
		w, ok := value(v.router[0].Statement.child("virtual_router_id"))
		if !ok || !w.Unknown {
			w = Word{Text: "vrid of " + v.name, Range: v.router[0].Statement.Range()}
		}
		text = m.open(w, "number", "the VRID of "+v.name+", 1 to 255")
	}
	v.own.attr("vrid", text)
}
