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
		h := &hostDraft{node: n, name: m.hostName(label(n.Name, "host")), sources: map[netip.Addr]hcl.Range{}}
		m.hosts = append(m.hosts, h)
		for _, i := range n.Instances {
			m.use(h, i)
		}
	}
	for _, r := range m.routers {
		m.findSources(r)
	}
}

// hostName returns name, with a number when another host has it.
func (m *importer) hostName(name string) string {
	return unique(name, func(n string) bool {
		return slices.ContainsFunc(m.hosts, func(h *hostDraft) bool { return h.name == n })
	})
}

// hostOf returns the host of a node.
func (m *importer) hostOf(n *Node) *hostDraft {
	return m.hosts[slices.IndexFunc(m.hosts, func(h *hostDraft) bool { return h.node == n })]
}

// use notes the interfaces that an instance uses, and its source.
func (m *importer) use(h *hostDraft, i *Instance) {
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
	if w, ok := i.origin(); ok && nameable(i.Interface) {
		m.addOwn(h, i, w)
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
		return quote(withLength(a, bits))
	}
	return quote(a.String())
}

// findSources finds the addresses of those that do not say what they send from:
// the others name it as their peer.
func (m *importer) findSources(r router) {
	if !slices.ContainsFunc(r, func(i *Instance) bool { return i.Unicast }) {
		return
	}
	known := map[netip.Addr]bool{}
	var silent []*Instance
	for _, i := range r {
		h := m.hostOf(i.Node)
		for a := range h.sources {
			known[a] = true
		}
		if nameable(i.Interface) && len(h.port(i.Interface.Text).addresses) == 0 {
			silent = append(silent, i)
		}
	}
	for _, i := range silent {
		h := m.hostOf(i.Node)
		a, at := onlyPeer(r, i, known)
		switch {
		case a.IsValid():
			known[a] = true
			h.port(i.Interface.Text).add(quote(a.String()))
			m.report(rule.ImportOther, i.Statement.Range(), fmt.Sprintf("The file does not say what %s sends from. The configuration has %s, the one address that its neighbours name as a peer and that is nobody else's.", h, a), see(at, "Named as a peer here"))
		default:
			w := Word{Text: "address of " + h.name, Range: i.Statement.Range()}
			h.port(i.Interface.Text).add(m.open(w, "string", "the address of "+h.name+" that its neighbours send to"))
		}
	}
	m.findPeers(r, known)
}

// onlyPeer returns the address that all others name as a peer, and neither i
// itself nor another node has, if there is exactly one.
func onlyPeer(r router, i *Instance, known map[netip.Addr]bool) (only netip.Addr, at hcl.Range) {
	count := map[netip.Addr]int{}
	others := 0
	own, _ := i.peers()
	if _, wrong := i.origin(); wrong {
		own = nil // the whole list may be that of another node
	}
	for _, j := range r {
		if j == i || j.Peers == nil {
			continue
		}
		others++
		for _, s := range j.Peers.Children {
			if a, ok := address(s.Words[0]); ok && !known[a] && !slices.Contains(own, a) {
				count[a]++
				at = s.Words[0].Range
			}
		}
	}
	for a, n := range count {
		if n != others || len(count) != 1 {
			return netip.Addr{}, at
		}
		only = a
	}
	return only, at
}

// findPeers deals with peers that are none of the nodes: of a single file they
// are hosts, otherwise they are left out.
func (m *importer) findPeers(r router, known map[netip.Addr]bool) {
	for _, i := range r {
		if i.Peers == nil {
			continue
		}
		for _, s := range i.Peers.Children {
			a, ok := address(s.Words[0])
			switch {
			case !ok && len(m.nodes) == 1 && s.Words[0].Unknown:
				m.peer(i, s, m.open(s.Words[0], "string", "the address of a peer"))
			case !ok || known[a]:
			case len(m.nodes) == 1:
				known[a] = true
				m.peer(i, s, quote(a.String()))
			default:
				known[a] = true
				m.reportf(rule.ImportChanged, s.Words[0].Range, "The peer %s is none of the nodes whose files were given, so the configuration does not have it. Give its file, too, or write a host block for it and name it in hosts.", a)
			}
		}
	}
}

// peer makes a host of a peer of the only node.
func (m *importer) peer(i *Instance, s *Statement, expr string) {
	for _, h := range m.hosts {
		for _, p := range h.ports {
			if h.node == nil && slices.Contains(p.addresses, expr) {
				return
			}
		}
	}
	h := &hostDraft{name: m.hostName("peer"), note: fmt.Sprintf("Known from unicast_peer at %s only: give it its own name.", fileLine(s.Words[0].Range))}
	for _, p := range m.hostOf(i.Node).ports {
		h.port(p.name)
	}
	if nameable(i.Interface) {
		h.port(i.Interface.Text).add(expr)
	}
	m.hosts = append(m.hosts, h)
	m.reportf(rule.ImportOther, s.Words[0].Range, "The file of the peer %s was not given. It is the host %q, and its place in the order is a guess: give its file, too, or set both right.", shown(s.Words[0].Text), h.name)
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
