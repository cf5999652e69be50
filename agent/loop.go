package agent

import (
	"context"
	"slices"
	"time"

	"hactl/agent/node"
	"hactl/agent/vrrp"
)

// The loop runs everything that touches the agent's state, one event after the other, and
// carries out what the node says.

// loop runs one event after the other until the node has left, and what it gave up
// last is gone. However late the agent is, what is due comes before the event that
// woke it.
func (a *Agent) loop(ctx context.Context) {
	defer context.AfterFunc(ctx, func() { a.post(a.stop) })()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	if a.thread != nil {
		defer a.thread.enter()()
	}
	a.noteChange()
	for !a.node.Done() || !a.hands.idle() {
		event := a.next(beat.C)
		a.catchUp()
		event()
	}
}

// next waits for the next event.
func (a *Agent) next(beat <-chan time.Time) func() {
	if a.thread != nil {
		return a.thread.next(beat)
	}
	select {
	case event := <-a.events:
		return event
	case <-a.rung:
		return a.rearm
	case <-beat:
		return a.beat
	}
}

// catchUp lets happen what is due. A timer is believed only after what waits in the
// sockets has been heard: an advert that arrived in time counts.
func (a *Agent) catchUp() {
	late := a.clock.now().Sub(a.due)
	if a.due == vrrp.Never || late < 0 {
		return
	}
	a.late.note(late, time.Now())
	a.wires.drain()
	a.step(node.Timeout{})
}

// beat is done now and then without another reason.
func (a *Agent) beat() {
	a.thread.raise() // threads that are new
	a.connect()
	a.upgrades.beat()
	a.noteChange()
	if a.namesSecret() || a.overdue() { // the alarm of a trial does not go on during a suspend
		a.lookSoon()
	}
}

// post hands an event to the loop, and reports whether the loop still runs.
func (a *Agent) post(event func()) bool {
	select {
	case a.events <- event:
		a.thread.ring()
		return true
	case <-a.done:
		return false
	}
}

// step feeds inputs to the node and carries out what follows, in order.
func (a *Agent) step(ins ...node.Input) {
	now := a.clock.now()
	if clock, set := a.numbers.clock(now); set {
		a.carryOut(a.node.Step(now, clock))
	}
	a.carryOut(a.node.Step(now, ins...))
	a.numbers.reserve()
}

// carryOut does what follows from one step.
func (a *Agent) carryOut(res node.Result) {
	rest := res.Effects
	for len(rest) > 0 {
		s, ok := rest[0].(*node.Send)
		if !ok {
			break
		}
		a.wires.send(s)
		rest = rest[1:]
	}
	a.wires.flush()           // adverts come first, and all of them together
	rest = slices.Clone(rest) // what follows may be another step
	moved := false
	for _, e := range rest {
		switch e := e.(type) {
		case node.Converge:
			a.hands.converge()
		case node.Refresh:
			a.hands.refresh(e.Wishes)
		case node.Announce:
			a.hands.announce(e)
		case node.Transitioned:
			a.transitioned(e)
			moved = true
		case node.Noticed:
			a.noticed(e)
		case node.Run:
			a.hooks.run(e)
		}
	}
	a.hands.begin()
	if moved {
		a.wires.watch(a.node.Yielding())
		a.noteChange()
	}
	a.notices.settle()
	a.arm(res.Deadline)
}

// arm lets the alarm ring at the node's deadline at the latest. One that rings before is set
// anew then: to set it for every packet would cost more.
func (a *Agent) arm(deadline vrrp.Instant) {
	a.due = deadline
	switch {
	case a.thread != nil: // which looks at the deadline itself
	case deadline == vrrp.Never, a.armed != vrrp.Never && a.armed <= deadline:
	default:
		a.armed = deadline
		a.alarm(a.clock.origin() + time.Duration(deadline))
	}
}

// rearm sets the alarm, which has rung, anew.
func (a *Agent) rearm() {
	a.armed = vrrp.Never
	a.arm(a.due)
}

// ring wakes the loop, which looks itself at what is due.
func (a *Agent) ring() {
	select {
	case a.rung <- struct{}{}:
	default:
	}
}
