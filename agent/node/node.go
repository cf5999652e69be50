package node

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// Node is all virtual routers of one host. The zero Node is not usable; see
// New. A Node belongs to one goroutine.
type Node struct {
	plan     *plan.Plan              // nil until the first one
	virtual  map[netip.Addr]bool     // every address of a vip in the plan
	routers  map[string]*router      // by ID: those of the plan
	retired  []*router               // no longer of the plan, and not yet done
	sorted   []*router               // all of them; nil when they have changed
	byKey    map[key]*router         // who gets a packet, retired ones included
	queue    deadlines               // routers that wait for an instant
	links    map[string]Link         // by name
	rising   map[string]vrrp.Instant // when tracked interfaces that have come up count as up, by name
	came     map[string]vrrp.Instant // when links have come up, by name
	passed   map[string]vrrp.Instant // when the first advert since came through them, by name
	checks   map[string]checked      // by name: those of the plan
	units    map[string][]*router    // by name, in the order of IDs: routers of the plan that move together
	intents  Intents                 // what people want beside the plan
	tick     time.Duration           // between two looks at what is to be refreshed; 0: nothing ever is
	beat     vrrp.Instant            // the next such look; Never when nothing is to be refreshed
	asides   map[string]string       // why vips of the plan stand aside, by name
	parties  map[string]*party       // who runs hooks together, by vip or unit
	moving   []*party                // those that have begun to prepare a move
	runs     uint64                  // of hooks, so far
	open     map[Socket]bool         // sockets that the shell has open
	now      vrrp.Instant            // of the last step
	epoch    time.Time               // what the wall clock says of instant 0
	sequence packet.Sequence         // the last one that was spent
	awake    bool                    // links, plan and sockets have been told once: wishes count
	leaving  bool
	dropped  map[string]uint64 // packets of no router that were not acted on, by reason
	reused

	transitions map[string]uint64 // of all routers, by reason
	conflicts   int               // of all routers
	lull        vrrp.Instant      // when they are to be looked through; vrrp.Never: there are none
}

// reused is memory of the last step: a step for each packet that made its own anew
// would keep the garbage collector busy.
type reused struct {
	effects   []Effect
	outbox    []Send       // those of effects that are sent
	payloads  []byte       // of outbox
	addresses []netip.Addr // of the last advert that was received
}

// key is what tells virtual routers of one host apart on the wire.
type key struct {
	link   string
	family plan.Family
	vrid   uint8
}

// Socket is a place where a Node wants to hear adverts. Its sockets are
// comparable: one that stays needs no reopening.
type Socket struct {
	Interface string
	Index     int // of the link: an interface that was made again is another one
	Family    plan.Family
	Group     netip.Addr // multicast group; zero for unicast only
}

// New returns a node without a plan and without links.
func New() *Node {
	return &Node{
		routers: map[string]*router{},
		byKey:   map[key]*router{},
		links:   map[string]Link{},
		rising:  map[string]vrrp.Instant{},
		came:    map[string]vrrp.Instant{},
		passed:  map[string]vrrp.Instant{},
		checks:  map[string]checked{},
		open:    map[Socket]bool{},
		dropped: map[string]uint64{},

		transitions: map[string]uint64{},
	}
}

// Step tells n that inputs came in, in this order, of which it takes note at now.
// What follows from them is done together. A *Received is as good as a Received.
func (n *Node) Step(now vrrp.Instant, ins ...Input) Result {
	n.now, n.outbox, n.payloads = now, n.outbox[:0], n.payloads[:0]
	s := &step{node: n, now: now, effects: n.effects[:0]}
	for _, in := range ins {
		s.take(in)
		s.together()
		s.settle()
		s.sweep()
	}
	return s.result()
}

// take takes one input in.
func (s *step) take(in Input) {
	n := s.node
	switch in := in.(type) {
	case Plan:
		s.follow(in)
	case Clock:
		n.epoch = in.Epoch
		if in.Spent != 0 && (n.sequence == 0 || in.Spent.After(n.sequence)) {
			n.sequence = in.Spent
		}
	case Links:
		s.relink(in.Links)
	case Sockets:
		n.open = map[Socket]bool{}
		for _, o := range in.Open {
			n.open[o] = true
		}
		s.sockets = true
		s.reviewAll()
		if !n.awake {
			n.awake, s.converge = true, true
			for _, r := range n.all() {
				s.enliven(r, true)
			}
		}
	case Received:
		s.receive(in)
	case *Received:
		s.receive(*in)
	case Announced:
		s.announced(in)
	case Claimed:
		s.claimed(in)
	case Regained:
		s.regained(in)
	case Checked:
		s.checked(in)
	case Intents:
		n.intents = in
		n.setAside()
		s.reviewAll()
	case Resume:
		s.resume(in.Saved)
	case Ran:
		s.ran(in)
	case Early:
		for _, r := range n.all() {
			s.step(r, vrrp.Early(in))
		}
	case Leave:
		n.leaving = true
		for _, r := range n.all() {
			s.yield(r, in.Cause)
		}
	case Stop:
		n.leaving = true
		for _, r := range n.all() {
			s.step(r, vrrp.Shutdown{Cause: in.Cause})
		}
	case Timeout:
		for len(n.queue) > 0 && n.queue[0].deadline <= s.now {
			s.expire(n.queue[0])
		}
		s.hasten()
		s.risen()
		s.calm()
		s.refresh()
	}
}

// Done reports whether a node that was told to leave has nothing left to do.
func (n *Node) Done() bool {
	return n.leaving && !slices.ContainsFunc(n.all(), func(r *router) bool {
		return r.machine.State() != vrrp.Initialize
	})
}

// Patience returns for how long the neighbours of every Active router wait for its
// adverts, without Skew_Time; 0: none is Active.
func (n *Node) Patience() time.Duration {
	var shortest time.Duration
	for _, r := range n.all() {
		if interval := r.machine.Config().Interval; r.machine.State() == vrrp.Active && (shortest == 0 || interval < shortest) {
			shortest = interval
		}
	}
	return 3 * shortest
}

// Host returns the name that the plan has for the host; empty without a plan.
func (n *Node) Host() string {
	if n.plan == nil {
		return ""
	}
	return n.plan.Host
}

// Sockets returns the sockets that the routers need now, sorted. Interfaces
// that are missing need none.
func (n *Node) Sockets() []Socket {
	need := map[Socket]bool{}
	for _, r := range n.all() {
		if s, ok := n.socket(r); ok {
			need[s] = true
		}
	}
	sockets := make([]Socket, 0, len(need))
	for s := range need {
		sockets = append(sockets, s)
	}
	slices.SortFunc(sockets, func(a, b Socket) int {
		if c := strings.Compare(a.Interface, b.Interface); c != 0 {
			return c
		}
		if c := int(a.Family) - int(b.Family); c != 0 {
			return c
		}
		return a.Group.Compare(b.Group)
	})
	return sockets
}

// Yielding returns the names of the interfaces that are there and on which a
// router waits for its successor's announcements, sorted.
func (n *Node) Yielding() []string {
	var names []string
	for _, r := range n.all() {
		if r.machine.Yielding() {
			names = append(names, r.on()...)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		_, there := n.links[name]
		return !there
	})
}

// Dropped returns how many packets were not acted on, by reason.
func (n *Node) Dropped() map[string]uint64 {
	return n.dropped
}

// Transitions returns how often routers have changed their state, those that the
// plan no longer has included, by reason (vrrp.Reason).
func (n *Node) Transitions() map[string]uint64 {
	return n.transitions
}

// all returns the routers in the order of their IDs, the retired ones last. It does not
// change what it has returned.
func (n *Node) all() []*router {
	if n.sorted == nil {
		n.sorted = slices.Collect(maps.Values(n.routers))
		slices.SortFunc(n.sorted, func(a, b *router) int { return strings.Compare(a.plan.ID, b.plan.ID) })
		n.sorted = append(n.sorted, n.retired...)
	}
	return n.sorted
}

// step is one Step on its way: what it has to do so far.
type step struct {
	node     *Node
	now      vrrp.Instant
	effects  []Effect
	crowd    crowd           // that is leaving
	converge bool            // wishes have changed, or what the kernel holds
	sockets  bool            // the shell has just said which sockets are open
	parted   []*router       // of units, whose other routers are to follow
	stays    map[string]bool // units of which a router goes on under a new plan, by name
	lost     bool            // a router has left while it waited for hooks
	down     []string        // checks that begin as down
}

// step feeds one input to one router and collects what follows. One that is on
// its way out, or not eligible, stops when it has given its addresses up.
func (s *step) step(r *router, in vrrp.Input) {
	unsure := r.machine.Unsure(s.now)
	res := r.machine.Step(s.now, in)
	s.converge = s.converge || unsure && !r.machine.Unsure(s.now) // what has gone meanwhile is put back
	s.node.queue.set(r, res.Deadline)
	for _, e := range res.Effects {
		s.effect(r, e)
	}
	if (r.departs || r.fault != "") && r.machine.State() == vrrp.Backup {
		s.step(r, vrrp.Shutdown{Cause: cmp.Or(r.fault, r.machine.Cause())})
	}
}

// result orders the effects as Result promises.
func (s *step) result() Result {
	if s.converge && s.node.awake {
		s.effects = append(s.effects, Converge{})
	}
	slices.SortStableFunc(s.effects, func(a, b Effect) int { return a.rank() - b.rank() })
	if before := s.node.effects; len(s.effects) < len(before) {
		clear(before[len(s.effects):]) // frames of thousands of announcements, maybe
	}
	s.node.effects = s.effects
	return Result{Effects: s.effects, Deadline: s.node.deadline()}
}

// millis turns a plan's milliseconds into a duration.
func millis(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }
