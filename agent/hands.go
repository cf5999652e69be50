package agent

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"hactl/agent/node"
	"hactl/agent/vrrp"
)

// hands do what takes time, so that the loop never waits for it: they look at the
// links, make the kernel's tables agree with the node's wishes, and announce
// addresses. They are one goroutine, which the loop gives one task at a time.
// What comes up meanwhile is gathered: of all wishes only the newest count.
//
// An address is announced as soon as it is there, not when all the others are.
type hands struct {
	agent *Agent
	tasks chan task // one, at most

	// The loop's.
	next task   // what is to be done next
	busy bool   // a task is under way
	last uint64 // its number, or that of the last one

	// The goroutine's.
	announcer *announcer
	troubles  troubles
	there     map[station]bool            // the addresses that are, as wished
	waiting   map[station][]node.Announce // for their address to be there
}

// task is what hands are to do: refresh, look, then converge, then announce.
type task struct {
	issued   vrrp.Instant
	refresh  []renewal
	look     bool
	converge bool
	wishes   node.Wishes // with converge
	announce []node.Announce
}

// renewal is addresses that are to last from now on.
type renewal struct {
	issued vrrp.Instant
	wishes []node.Wish
}

// outcome is what became of a task.
type outcome struct {
	task
	links   []node.Link // with look
	failure error       // of look
	held    node.Holdings
	more    bool             // something wished has not been tried yet
	refused bool             // an interface took no announcement
	late    map[station]bool // announcements that came too late to be made
}

// turn is how long additions may keep hands from what has become more urgent:
// newer wishes, and what is to be removed.
const turn = 100 * time.Millisecond

// validity is how long after its issue a task may add, refresh or announce addresses. An
// older one was held up with the whole agent, and by now they may be another host's.
const validity = 1800 * time.Millisecond

// newHands returns hands that do nothing yet.
func newHands(a *Agent) *hands {
	return &hands{agent: a, tasks: make(chan task, 1), announcer: newAnnouncer(a.cfg.Log), troubles: troubles{}, waiting: map[station][]node.Announce{}}
}

// look notes that the links are to be looked at.
func (h *hands) look() { h.next.look = true }

// converge notes that the kernel's tables are to agree with the node's wishes.
func (h *hands) converge() { h.next.converge = true }

// refresh notes that addresses are to last from now on. What came up so long ago that
// it is not done any more is forgotten: a kernel that hangs may do so for hours.
func (h *hands) refresh(wishes []node.Wish) {
	now := h.agent.clock.now()
	h.next.refresh = slices.DeleteFunc(h.next.refresh, func(r renewal) bool { return r.issued.Add(validity) <= now })
	h.next.refresh = append(h.next.refresh, renewal{now, wishes})
}

// announce notes that an address is to be announced, after what was noted before.
func (h *hands) announce(e node.Announce) { h.next.announce = append(h.next.announce, e) }

// idle says whether all has been done.
func (h *hands) idle() bool { return !h.busy && h.next.empty() }

// underWay returns the number of the task that is under way, 0 for none.
func (h *hands) underWay() uint64 {
	if !h.busy {
		return 0
	}
	return h.last
}

// empty says whether there is nothing to do.
func (t task) empty() bool {
	return !t.look && !t.converge && len(t.refresh) == 0 && len(t.announce) == 0
}

// begin begins the next task, if the hands are free and there is one. Only now
// are the wishes asked for.
func (h *hands) begin() {
	if h.busy || h.next.empty() {
		return
	}
	t := h.next
	h.next, h.busy = task{}, true
	h.last++
	t.issued = h.agent.clock.now()
	if t.converge {
		t.wishes = h.agent.node.Wishes()
	}
	if t.look {
		h.agent.linksPending.Store(false)
	}
	h.tasks <- t
}

// done tells the loop what became of a task, and begins the next.
func (h *hands) done(o outcome) {
	h.busy = false
	if o.more {
		h.converge()
	}
	if o.look {
		h.agent.linked(o.links, o.failure)
	}
	if o.converge {
		h.agent.converged(o.held, o.more)
	}
	if o.refused {
		h.agent.retryLater()
	}
	var late []node.Input
	for at := range o.late { // if they are this host's still
		late = append(late, node.Regained{Interface: at.link, Address: at.addr})
	}
	if late != nil {
		h.agent.step(late...)
	}
	h.begin()
}

// run does task after task until ctx ends.
func (h *hands) run(ctx context.Context) {
	defer h.announcer.close()
	for {
		select {
		case t := <-h.tasks:
			o := h.do(t)
			h.agent.post(func() { h.done(o) })
		case <-ctx.Done():
			return
		}
	}
}

// do does one task.
func (h *hands) do(t task) outcome {
	o := outcome{task: t}
	for _, r := range t.refresh {
		end := r.issued.Add(validity)
		err := h.agent.kernel.Refresh(r.wishes, func() bool { return h.agent.clock.now() < end })
		h.troubles.note(h.agent.cfg.Log, "cannot refresh addresses", "", err)
	}
	if t.look {
		if o.links, o.failure = h.agent.kernel.Observe(); o.failure == nil {
			h.announcer.know(o.links)
		}
	}
	for _, e := range t.announce {
		switch at := (station{e.Interface, e.Address}); {
		case t.converge && !e.Own:
			h.waiting[at] = append(h.waiting[at], e)
		case e.Own || h.there[at]:
			h.say(&o, e)
		}
	}
	if t.converge {
		h.fulfil(&o)
	}
	return o
}

// fulfil makes the kernel's tables agree with the wishes, and announces what is
// there. What waits for an address that cannot be had is dropped: it is announced
// when it is regained.
func (h *hands) fulfil(o *outcome) {
	there := func(link string, a netip.Addr) {
		at := station{link, a}
		for _, e := range h.waiting[at] {
			h.say(o, e)
		}
		delete(h.waiting, at)
	}
	end := min(o.issued.Add(validity), h.agent.clock.now().Add(turn))
	going := func() bool { return h.agent.clock.now() < end }
	o.held, o.more = h.agent.kernel.Converge(o.wishes, there, going)
	h.there = map[station]bool{}
	for _, x := range o.held.Addresses {
		h.there[station{x.Wish.Interface, x.Wish.Prefix.Addr()}] = x.Problem == ""
	}
	for at := range h.waiting {
		if _, wished := h.there[at]; !o.more || !wished {
			delete(h.waiting, at)
		}
	}
	if len(h.waiting) == 0 {
		h.waiting = map[station][]node.Announce{} // a map does not shrink
	}
}

// say announces an address, unless it is too late for that.
func (h *hands) say(o *outcome, e node.Announce) {
	if h.agent.clock.now() >= o.issued.Add(validity) {
		if o.late == nil {
			o.late = map[station]bool{}
		}
		o.late[station{e.Interface, e.Address}] = true
		return
	}
	if !h.announcer.send(e) {
		o.refused = true
	}
}
