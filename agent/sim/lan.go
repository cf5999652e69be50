package sim

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"hactl/agent/node"
	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// LAN is hosts on segments. Interfaces of one name are on one segment. The zero
// LAN is not usable; see New.
type LAN struct {
	delay time.Duration // of every packet: none overtakes another
	now   vrrp.Instant
	hosts []*host
	wire  []frame // in the order of arrival
	runs  []run   // of hooks, in the order of their ends
	hooks time.Duration
	watch map[string]*watch // by vip
}

// host is one of them.
type host struct {
	plan     *plan.Plan
	spots    map[string][]spot // by vip
	links    []node.Link
	node     *node.Node // nil: dead
	born     vrrp.Instant
	deadline vrrp.Instant // of the node's own clock
	cut      bool
	failed   map[string]bool // its checks that are down
}

// frame is on its way.
type frame struct {
	arrives vrrp.Instant
	from    *host
	link    string // the sender's
	in      node.Input
}

// run is hooks that run on a host.
type run struct {
	ends   vrrp.Instant
	host   *host
	node   *node.Node // that began them
	number uint64
}

// New returns a LAN without hosts, whose packets take delay, and whose hooks take
// as long as they are given, hooks each.
func New(delay, hooks time.Duration) *LAN {
	return &LAN{delay: delay, hooks: hooks, watch: map[string]*watch{}}
}

// Join starts a host that follows p, which is valid and has no secrets. Each of
// its links is up and has one address for each family that p needs, in the order in
// which hosts join from the highest down.
func (l *LAN) Join(p *plan.Plan) {
	h := &host{plan: p, spots: spotsOf(p), failed: map[string]bool{}}
	for _, name := range interfaces(p) {
		h.links = append(h.links, l.link(len(h.links), name))
	}
	l.hosts = append(l.hosts, h)
	for _, r := range p.Routers {
		if l.watch[r.Vip] == nil {
			l.watch[r.Vip] = &watch{}
		}
	}
	l.start(h)
}

// interfaces returns the names of those that p uses or tracks.
func interfaces(p *plan.Plan) []string {
	var names []string
	for _, r := range p.Routers {
		names = append(names, r.Interface)
		for _, t := range r.Tracks {
			if t.Interface != "" {
				names = append(names, t.Interface)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// link returns the nth link of the host that joins.
func (l *LAN) link(n int, name string) node.Link {
	i := len(l.hosts)
	return node.Link{
		Index: 2 + n, Name: name, MAC: net.HardwareAddr{2, 0, 0, 0, byte(n), byte(i)}, MTU: 1500, Up: true, Running: true,
		Addresses: []node.Assigned{
			{Prefix: netip.MustParsePrefix(fmt.Sprintf("10.%d.0.%d/24", n, 250-i))},
			{Prefix: netip.MustParsePrefix(fmt.Sprintf("fe80::%d:%x/64", n+1, 250-i))},
		},
	}
}

// start gives a host a node of its own that knows nothing of before.
func (l *LAN) start(h *host) {
	h.node, h.born = node.New(), l.now
	l.step(h, node.Clock{Epoch: epoch.Add(h.born.Sub(0))})
	l.step(h, node.Links{Links: slices.Clone(h.links)})
	l.step(h, node.Plan{Plan: h.plan})
	l.step(h, node.Sockets{Open: h.node.Sockets()})
	for _, c := range h.plan.Checks {
		l.step(h, h.checked(c.Name))
	}
}

// epoch is what the wall clocks of all hosts say at the instant 0.
var epoch = time.Unix(1_800_000_000, 0)

// Follow lets a host of the LAN go on with another plan, p, which is as Join wants it
// and needs the same links.
func (l *LAN) Follow(p *plan.Plan) {
	h := l.host(p.Host)
	h.plan, h.spots = p, spotsOf(p)
	if h.node != nil {
		l.step(h, node.Plan{Plan: p})
		l.step(h, node.Sockets{Open: h.node.Sockets()})
	}
}

// checked is the state of one of the host's checks.
func (h *host) checked(name string) node.Checked {
	if h.failed[name] {
		return node.Checked{Name: name, Health: node.Down, Cause: "test"}
	}
	return node.Checked{Name: name, Health: node.Up}
}

// Now returns the instant that the clock shows.
func (l *LAN) Now() vrrp.Instant { return l.now }

// step tells a host one input, and puts what it sends on the wire.
func (l *LAN) step(h *host, in node.Input) {
	res := h.node.Step(vrrp.Instant(l.now.Sub(h.born)), in)
	h.deadline = vrrp.Never
	if res.Deadline != vrrp.Never {
		h.deadline = res.Deadline.Add(time.Duration(h.born))
	}
	arrives := l.now.Add(l.delay)
	for _, e := range res.Effects {
		switch e := e.(type) {
		case *node.Send:
			l.wire = append(l.wire, frame{arrives, h, e.Socket.Interface, node.Received{
				Socket: e.Socket, Header: packet.Header{Source: e.Source, Destination: e.Destination, TTL: 255}, Payload: slices.Clone(e.Payload),
			}})
		case node.Announce:
			mac, address, _ := packet.ParseAnnouncement(e.Frame)
			l.wire = append(l.wire, frame{arrives, h, e.Interface, node.Announced{Interface: e.Interface, Address: address, MAC: mac}})
		case node.Run:
			l.runs = append(l.runs, run{l.now.Add(time.Duration(len(e.Hooks)) * l.hooks), h, h.node, e.Number})
		}
	}
}

// Run lets time pass: what arrives is read before timers fire.
func (l *LAN) Run(d time.Duration) {
	for end := l.now.Add(d); l.act(end); {
	}
}

// act moves the clock to whatever comes next, lets it happen, and reports whether
// anything did before end.
func (l *LAN) act(end vrrp.Instant) bool {
	next, who := end, (*host)(nil)
	for _, h := range l.hosts {
		if h.node != nil && h.deadline != vrrp.Never && h.deadline < next {
			next, who = h.deadline, h
		}
	}
	switch {
	case len(l.runs) > 0 && l.runs[0].ends <= next && (len(l.wire) == 0 || l.runs[0].ends <= l.wire[0].arrives):
		r := l.runs[0]
		l.runs = l.runs[1:]
		l.pass(r.ends)
		if r.host.node == r.node {
			l.step(r.host, node.Ran{Number: r.number})
		}
	case len(l.wire) > 0 && l.wire[0].arrives <= next:
		f := l.wire[0]
		l.wire = l.wire[1:]
		l.pass(f.arrives)
		for _, h := range l.hosts {
			if l.reaches(f, h) {
				l.step(h, f.in)
			}
		}
	default:
		l.pass(next)
		if who == nil {
			return false
		}
		l.step(who, node.Timeout{})
	}
	return true
}

// reaches reports whether h hears f: on a segment where both are.
func (l *LAN) reaches(f frame, h *host) bool {
	return h != f.from && h.node != nil && !h.cut && !f.from.cut && h.up(f.link) && f.from.up(f.link)
}

// up reports whether the host's link of that name is.
func (h *host) up(name string) bool {
	return slices.ContainsFunc(h.links, func(l node.Link) bool { return l.Name == name && l.Running })
}

// pass moves the clock on.
func (l *LAN) pass(to vrrp.Instant) {
	to = max(to, l.now)
	for vip, w := range l.watch {
		w.pass(l.holders(vip), to.Sub(l.now))
	}
	l.now = to
}
