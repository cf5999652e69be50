package keepalived

import (
	"fmt"
	"math"

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
var defaults = func() map[string]string {
	all := map[string]string{}
	for _, name := range levels {
		all[name] = usual("cluster", name)
	}
	return all
}()

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
		v.name = m.unique("vip", label(r[0].Name.Text, "vip"))
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
		if h.peers[i] {
			v.hosts, v.members = append(v.hosts, h), append(v.members, &block{})
		}
	}
	if i.State != nil && !i.Master { // a peer is master
		v.hosts = append(v.hosts[1:], v.hosts[0])
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
