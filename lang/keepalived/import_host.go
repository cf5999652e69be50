package keepalived

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// hostDraft is a host of the configuration.
type hostDraft struct {
	name  string
	node  *Node // nil for a neighbour that only another node's file names
	ports []*portDraft
	note  string
	peers map[*Instance]bool // of a neighbour: who names it

	sources map[netip.Addr]hcl.Range // the addresses that its file says it sends from
}

// portDraft is an interface of a host.
type portDraft struct {
	name      string
	addresses []string // expressions
}

func (h *hostDraft) String() string { return h.name }

// expr returns the expression that names h.
func (h *hostDraft) expr() string { return refer("host", h.name) }

// port returns the interface of that name.
func (h *hostDraft) port(name string) *portDraft {
	for _, p := range h.ports {
		if p.name == name {
			return p
		}
	}
	h.ports = append(h.ports, &portDraft{name: name})
	return h.ports[len(h.ports)-1]
}

// add adds an address unless it is there.
func (p *portDraft) add(expr string) {
	if !slices.Contains(p.addresses, expr) {
		p.addresses = append(p.addresses, expr)
	}
}

// makeHosts makes the hosts, with the interfaces that their routers use, and the
// addresses there as far as the files tell them.
func (m *importer) makeHosts() {
	for _, n := range m.nodes {
		h := &hostDraft{node: n, name: m.unique("host", label(n.Name, "host")), sources: map[netip.Addr]hcl.Range{}}
		m.hosts = append(m.hosts, h)
		if h.name != n.Name && len(n.Instances) > 0 {
			m.reportf(rule.ImportOther, n.Instances[0].Statement.Range(), "The host is %q, as a name of a host cannot be %q. Write its own, which is what the agent there looks for.", h.name, n.Name)
		}
		for _, i := range n.Instances {
			m.use(h, i)
		}
	}
	for _, r := range m.routers {
		m.findSources(r)
	}
}

// hostOf returns the host of a node.
func (m *importer) hostOf(n *Node) *hostDraft {
	return m.hosts[slices.IndexFunc(m.hosts, func(h *hostDraft) bool { return h.node == n })]
}

// use notes the interfaces that an instance uses, and its source.
func (m *importer) use(h *hostDraft, i *Instance) {
	h.connect(i)
	if w, ok := i.origin(); ok && nameable(i.Interface) {
		m.addOwn(h, i, w)
	}
}

// connect notes the interfaces that an instance uses.
func (h *hostDraft) connect(i *Instance) {
	if nameable(i.Interface) {
		h.port(i.Interface.Text)
	}
	for _, v := range i.VIPs {
		if dev, ok := option(v.Statement, "dev"); ok && nameable(dev) {
			h.port(dev.Text)
		}
	}
	for _, t := range i.Tracks {
		if t.Kind == "interface" && nameable(t.Name) {
			h.port(t.Name.Text)
		}
	}
	h.connectAll(i.Statement.children("virtual_routes"), "dev")
	h.connectAll(i.Statement.children("virtual_rules"), "iif")
}

// connectAll notes the interfaces that lines of some blocks name behind a word.
func (h *hostDraft) connectAll(blocks []*Statement, word string) {
	for _, b := range blocks {
		for _, line := range b.Children {
			if dev, ok := option(line, word); ok && nameable(dev) {
				h.port(dev.Text)
			}
		}
	}
}

// addOwn notes the address that an instance sends from, unless it is another
// host's.
func (m *importer) addOwn(h *hostDraft, i *Instance, w Word) {
	a, known := address(w)
	for _, o := range m.hosts {
		if from, ok := o.sources[a]; known && ok && o != h {
			m.report(rule.ImportDisagree, w.Range, fmt.Sprintf("%s sends from %s, and so does %s: one of the two is wrong. The configuration gives it to %s.", h, a, o, o), see(from, "The same address"))
			return
		}
	}
	if known {
		h.sources[a] = w.Range
	}
	h.port(i.Interface.Text).add(m.ownAddress(w, h))
}

// nameable tells whether a word is the name of an interface.
func nameable(w Word) bool { return w.Text != "" && !w.Unknown && len(w.Text) < 16 }

// origin returns the address that the instance is told to send from.
func (i *Instance) origin() (Word, bool) {
	if i.Source != nil {
		return *i.Source, true
	}
	return value(i.Statement.child("mcast_src_ip"))
}

// ownAddress returns the expression of an address of a host.
func (m *importer) ownAddress(w Word, h *hostDraft) string {
	a, ok := address(w)
	if !ok {
		if w.Unknown {
			return m.open(w, "string", "an address of "+h.name)
		}
		return quote(w.Text)
	}
	if bits, written := length(w.Text); written && bits >= 0 && bits <= a.BitLen() {
		return quote(netip.PrefixFrom(a, bits).String())
	}
	return quote(a.String())
}

// hostsBlock returns the hosts and the variables.
func (m *importer) hostsBlock() *block {
	b := &block{}
	for _, v := range m.variables {
		inner := &block{head: "variable " + quote(v.name)}
		inner.attr("type", v.kind)
		inner.attr("description", quote(sentence(v.note)))
		b.add(inner)
	}
	for _, h := range m.hosts {
		inner := &block{head: "host " + quote(h.name)}
		told := slices.ContainsFunc(h.ports, func(p *portDraft) bool { return len(p.addresses) > 0 })
		for _, p := range h.ports {
			if !told {
				break // what no file tells need not be said
			}
			port := &block{head: "interface " + quote(p.name)}
			if len(p.addresses) > 0 {
				port.attr("addresses", list(p.addresses))
			}
			inner.add(port)
		}
		b.add(inner, prose(h.note)...)
	}
	return b
}
