package keepalived

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

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
	if h := m.peers[expr]; h != nil {
		h.connect(i)
		h.peers[i] = true
		return
	}
	h := &hostDraft{peers: map[*Instance]bool{i: true}, name: m.unique("host", "peer"), note: fmt.Sprintf("Known from unicast_peer at %s only: give it its own name.", fileLine(s.Words[0].Range))}
	m.peers[expr] = h
	h.connect(i)
	if nameable(i.Interface) {
		h.port(i.Interface.Text).add(expr)
	}
	m.hosts = append(m.hosts, h)
	m.reportf(rule.ImportOther, s.Words[0].Range, "The file of the peer %s was not given. It is the host %q, and its place in the order is a guess: give its file, too, or set both right.", shown(s.Words[0].Text), h.name)
}
