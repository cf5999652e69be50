package vrrp

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// grace is how long, at most, a router keeps its addresses after it first
// heard its successor. Much more, and clients that ask who has the address
// hear two answers.
const grace = 100 * time.Millisecond

// halfStep is half the distance between the priorities of two members as the
// compiler deals them out.
const halfStep = 5

// minMargin outlives the jitter of scheduling.
const minMargin = 20 * time.Millisecond

// maxLeave bounds how long a leaving router waits for a successor.
const maxLeave = 5 * time.Second

// yield is the sub-state of an Active router that is about to leave: it has
// sent one advert with priority 0, so that the Backups take over within their
// Skew_Time, and is silent, but still owns the addresses and answers until one
// of them has. On the wire it is a plain VRRP router that has left.
type yield struct {
	// leave: it is to go whether anybody takes over or not, else it goes on as
	// Active when nobody does.
	leave bool

	// listens: it has its addresses from before it was started again, or slept, and
	// goes on as Active unless it hears another one. It has sent nothing since.
	listens bool

	unheard bool // its successor may have to miss adverts first

	before uint8   // the effective priority that it had; while it listens: the greatest that it is known to have had
	from   Instant // when it sent priority 0, or began to listen
	until  Instant // end of the grace after a successor was heard; Never before
}

// beginYield sends priority 0 and falls silent.
func (r *Router) beginYield(now Instant, y yield, cause string) {
	y.from, y.until = now, Never
	reason := Demoted
	if y.leave {
		reason = Leaves
	}
	r.transition(now, Active, &y, "6.4.3", reason, cause)
	r.do(SendAdvert{Priority: 0})
	r.repeat = Never
	if r.cfg.HighestRival == 0 { // one that leaves: for its priority it yields to rivals only
		r.abandon(now, Leaves, "there is no other member to wait for")
	}
}

// listen begins with addresses that are there from before a restart: clients get
// answers meanwhile. Neighbours wait for three intervals before they take over,
// so one interval is time enough to be Active again before they do, and to hear
// the one that already has.
func (r *Router) listen(now Instant) {
	if r.cfg.HighestRival == 0 {
		r.becomeActive(now, "6.4.1", Started, "started, with its addresses still there and no other member")
		return
	}
	r.learned = 0
	y := &yield{listens: true, from: now, before: max(r.effective, r.cfg.Priority)}
	r.transition(now, Active, y, "6.4.1", Started, "started, with its addresses still there: listens")
	r.own(slices.Clone(r.cfg.Addresses))
}

// yielding is what section 6.4.3 becomes for a yielding router.
func (r *Router) yielding(now Instant, in Input) {
	switch in := in.(type) {
	case Shutdown: // a second priority 0 would make the Backups begin their wait again
		if r.yield.listens && !in.Mute && r.effective != Owner {
			r.becomeInitialize(now, "6.4.3", in.Cause, SendAdvert{Priority: 0})
			return
		}
		r.becomeInitialize(now, "6.4.3", in.Cause)

	case Yield:
		if r.yield.listens && r.yield.until == Never { // nobody has been told yet, and none has been heard
			r.beginYield(now, yield{leave: true, unheard: in.Unheard, before: r.yield.before}, in.Cause)
			return
		}
		r.yield.leave = true
		r.yield.unheard = r.yield.unheard || in.Unheard

	case Stay:
		r.yield.leave = false
		r.outlive(now, r.effective, in.Cause)

	case Timeout:
		switch {
		case !due(r.yieldTimer(), now):
		case r.yield.until != Never:
			r.release(now)
		case r.yield.leave:
			r.abandon(now, Unclaimed, "nobody took over")
		case in.Late >= max(asleep, r.cfg.Interval): // who took over meanwhile?
			r.yield.listens, r.yield.from = true, now
		case r.yield.listens && r.suffices(r.yield.before):
			r.becomeActive(now, "6.4.1", Started, "nobody else is Active")
		case r.yield.listens: // under PreemptNever nobody would take the addresses from it
			r.beginYield(now, yield{before: r.yield.before}, fmt.Sprintf("nobody else is Active, but the priority has fallen to %d", r.effective))
		default:
			r.resume(now, Unclaimed, "nobody took over")
			r.announce()
		}

	case Advert: // of any priority, for the Backups have held their election
		if in.Priority == 0 {
			return
		}
		r.follow(now, in)
		if r.yield.until == Never {
			r.yield.until = now.Add(grace)
		}

	case Announced:
		address := in.Address.WithZone("")
		if r.yield.until == Never || !slices.Contains(r.owned, address) {
			return
		}
		if len(r.owned) == 1 {
			r.release(now)
			return
		}
		r.disown([]netip.Addr{address})
	}
}

// yieldTimer returns when a yielding router has waited long enough. Whoever is
// better has a shorter Skew_Time and has taken over by then.
func (r *Router) yieldTimer() Instant {
	switch {
	case r.yield.until != Never:
		return r.yield.until
	case r.yield.leave && r.yield.unheard:
		return r.yield.from.Add(min(3*max(r.cfg.Interval, r.cfg.Slowest)+r.patience(256)+grace, maxLeave))
	case r.yield.leave:
		return r.yield.from.Add(min(r.patience(256)+grace, maxLeave))
	case r.yield.listens:
		return r.yield.from.Add(r.activeAdverInterval() + r.skewTime())
	}
	return r.yield.from.Add(r.patience(256-int(r.effective)) + max(r.patience(halfStep), minMargin))
}

// patience is skew as it is for the slowest router that moves together with this
// one.
func (r *Router) patience(n int) time.Duration {
	if r.cfg.Version == 2 || r.cfg.Slowest <= r.cfg.Interval {
		return r.skew(n)
	}
	return time.Duration(n) * r.cfg.Slowest / 256
}

// release leaves the addresses to the successor. Its adverts have set the
// Active_Down_Timer.
func (r *Router) release(now Instant) {
	r.becomeBackup(now, "6.4.3", Succeeded, fmt.Sprintf("%v took over", r.peer))
}

// abandon releases the addresses though nobody has taken over.
func (r *Router) abandon(now Instant, reason Reason, cause string) {
	r.setDown(now)
	r.becomeBackup(now, "6.4.3", reason, cause)
}

// resume ends the yielding: r is Active as before.
func (r *Router) resume(now Instant, reason Reason, cause string) {
	r.transition(now, Active, nil, "6.4.3", reason, cause)
	r.stayed = now
	r.advertise(now)
	r.setRefresh(now)
}

// fall is a fall of the effective priority for which an Active router has not
// yielded yet.
type fall struct {
	due    Instant // when it is to yield; Never when there is none
	before uint8   // the effective priority before it
	cause  string
}

// outlive follows a change of the effective priority, from before, or of the
// rivals of an Active router. It yields when its priority fell below what
// another member can have, and goes on when it need not have done so.
func (r *Router) outlive(now Instant, before uint8, cause string) {
	switch y := r.yield; {
	case r.later.due != Never:
		if r.suffices(r.later.before) {
			r.later = fall{}
		}
	case y == nil:
		if r.effective < before && r.effective < r.cfg.HighestRival {
			r.yieldFor(now, fall{before: before, cause: cause})
		}
	case y.leave || y.listens || y.until != Never:
	case r.suffices(y.before):
		r.resume(now, Recovered, cause)
	}
}

// suffices says whether the effective priority is no reason to yield, given what
// it was before it fell.
func (r *Router) suffices(before uint8) bool {
	return r.effective >= min(before, r.cfg.HighestRival)
}

// yieldFor yields, but not within an Active_Down_Interval after it last went on:
// every time, a worse neighbour might be the one that takes over, only to lose
// the addresses again. A better one needs no longer for that than the wait.
func (r *Router) yieldFor(now Instant, f fall) {
	f.due = r.stayed.Add(3*max(r.cfg.Interval, r.cfg.Slowest) + r.patience(256-int(r.effective)))
	if r.stayed != Never && now < f.due {
		r.later = f
		return
	}
	r.beginYield(now, yield{before: f.before}, f.cause)
}
