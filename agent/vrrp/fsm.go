package vrrp

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// The three functions below are RFC 9568 sections 6.4.1 to 6.4.3, case by
// case. What they say of ARP, neighbour discovery and forwarding follows from
// who owns the addresses: the kernel answers for those that it has.

// initialize is section 6.4.1.
func (r *Router) initialize(now Instant, in Input) {
	switch in := in.(type) {
	case Startup:
		r.primary = in.Primary
		if r.effective == Owner { // Priority = 255: send, announce, {Active}
			r.becomeActive(now, "6.4.1", Started, "started as owner of the addresses")
			return
		}
		// Not in the RFC. Who holds an owner's addresses cannot hear it (decision 7),
		// and must let them go to listen.
		if in.Held && r.cfg.HighestRival != Owner {
			r.listen(now)
			return
		}
		r.learned = 0 // set Active_Adver_Interval to Advertisement_Interval
		r.setDown(now)
		r.becomeBackup(now, "6.4.1", Started, "started")
	}
}

// backup is section 6.4.2.
func (r *Router) backup(now Instant, in Input) {
	switch in := in.(type) {
	case Shutdown: // cancel Active_Down_Timer, {Initialize}
		r.becomeInitialize(now, "6.4.2", in.Cause)

	case Timeout:
		switch {
		case r.slept(in.Late): // not in the RFC
			r.listenAgain(now)
		case due(r.activeDownTimer(), now): // the Active_Down_Timer fires
			reason, cause := r.silence()
			r.becomeActive(now, "6.4.2", reason, cause)
		case due(r.delayTimer(), now): // the preempt delay, ours, is over
			r.becomeActive(now, "6.4.2", Preempts, fmt.Sprintf("preempt delay of %v over, %v has priority %d", r.cfg.PreemptDelay, r.peer, r.heard))
		}

	case Advert:
		switch {
		case in.Priority == 0: // set Active_Down_Timer to Skew_Time
			r.peer, r.heard, r.delay = in.Source, 0, Never
			r.down = downTimer{set: in.arrived(now), intervals: 0}
			if now.Sub(r.down.set) >= r.activeAdverInterval() { // not in the RFC: it has slept
				r.listenAgain(now)
			}

		case in.Priority >= r.effective:
			r.delay = Never
			r.follow(now, in)

		case r.preempt() == PreemptNever: // Preempt_Mode is False
			r.follow(now, in)

		case r.preempt() == PreemptDelayed: // False until the delay is over
			if r.delay == Never {
				r.delay = now.Add(r.cfg.PreemptDelay)
			}
			r.follow(now, in)

		default: // discard the advert; the Active_Down_Timer runs on
			r.peer, r.heard = in.Source, in.Priority
		}
	}
}

// active is section 6.4.3. A yielding router is Active too; its cases are
// those of yield.go.
func (r *Router) active(now Instant, in Input) {
	switch in := in.(type) {
	case Shutdown: // cancel Adver_Timer, send priority 0, {Initialize}
		if in.Mute || r.effective == Owner {
			r.becomeInitialize(now, "6.4.3", in.Cause)
		} else {
			r.becomeInitialize(now, "6.4.3", in.Cause, SendAdvert{Priority: 0})
		}

	case Early: // not in the RFC
		if due(r.adver, now.Add(in.Within)) && now.Sub(r.sent) >= r.cfg.Interval/2 && !r.late(now) {
			r.send(now)
		}

	case Timeout:
		if r.late(now) { // not in the RFC
			r.hush(now)
			return
		}
		if due(r.later.due, now) { // not in the RFC
			r.beginYield(now, yield{before: r.later.before}, r.later.cause)
			return
		}
		if due(r.adver, now.Add(r.Ahead())) { // the Adver_Timer fires: send, reset
			missed := now.Sub(r.adver)
			r.advertise(now)
			if 0 < missed && missed < r.cfg.Interval/inTime { // the timer began when it fired
				r.adver = r.adver.Add(-missed)
			}
			r.adver = r.adver.Add(-r.cfg.Interval / slot * time.Duration(in.Slot)) // not in the RFC
		}
		if due(r.repeat, now) {
			r.repeat = Never
			r.announce()
		}
		if due(r.refresh, now) { // not in the RFC
			r.do(Announce{Addresses: slices.Clone(r.owned), Once: true})
			r.setRefresh(now)
		}

	case Advert:
		switch {
		case r.late(now) && in.Priority == 0: // not in the RFC: another one has been Active
			r.hush(now)

		case r.late(now): // not in the RFC: another one is Active
			r.follow(now, in)
			r.becomeBackup(now, "6.4.3", Slept, fmt.Sprintf("it was silent for %v, and %v is Active", r.silent(now), in.Source))

		case in.Priority == 0: // send, reset Adver_Timer
			r.advertise(now)

		case r.outranks(in): // cancel Adver_Timer, learn the interval, {Backup}
			// Not in the RFC: whoever heard this router last has its MAC, and the
			// other may not know that there were two. A last advert, which it
			// discards, makes it announce the addresses again.
			r.send(now)
			r.follow(now, in)
			r.becomeBackup(now, "6.4.3", Outranked, fmt.Sprintf("%v has priority %d", in.Source, in.Priority))

		default: // discard; send at once, to assert {Active}
			r.send(now)
			// The other has claimed the addresses, so neighbours may now have its
			// MAC. As keepalived does, announce them, but once in an interval
			// however many adverts arrive: the rest is made up for at its end.
			if next := r.asserted.Add(r.cfg.Interval); r.asserted == Never || next <= now {
				r.asserted = now
				r.announce()
				r.announceAgain(now)
			} else {
				r.repeat = earlier(r.repeat, next)
			}
		}

	case Claimed: // RFC 5227 section 2.4 (c)
		if r.asserted == Never || r.asserted.Add(max(defendInterval, r.cfg.Interval)) <= now {
			r.asserted = now
			r.do(Announce{Addresses: slices.Clone(r.owned), Once: true})
			r.repeat = earlier(r.repeat, now.Add(claimsEnd))
		}

	case Yield: // not in the RFC
		if r.effective != Owner {
			r.beginYield(now, yield{leave: true, unheard: in.Unheard, before: r.effective}, in.Cause)
		}
	}
}

// becomeInitialize cancels every timer and lets go, after last has been done.
func (r *Router) becomeInitialize(now Instant, section, cause string, last ...Effect) {
	r.transition(now, Initialize, nil, section, Stopped, cause)
	r.do(last...)
	r.disown(slices.Clone(r.owned))
	r.heard = 0
}

// becomeBackup lets go. The Active_Down_Timer has been set.
func (r *Router) becomeBackup(now Instant, section string, reason Reason, cause string) {
	r.transition(now, Backup, nil, section, reason, cause)
	r.disown(slices.Clone(r.owned))
	r.delay = Never
}

// becomeActive claims the addresses: first the advert, which silences the
// other Backups, then the addresses, then whose they are.
func (r *Router) becomeActive(now Instant, section string, reason Reason, cause string) {
	r.heard, r.learned = 0, 0
	r.transition(now, Active, nil, section, reason, cause)
	r.advertise(now)
	r.own(without(r.cfg.Addresses, r.owned))
	r.announce()
	r.repeat = Never
	r.announceAgain(now)
	r.setRefresh(now)
}

// transition enters a state, yielding or not.
func (r *Router) transition(now Instant, to State, y *yield, section string, reason Reason, cause string) {
	r.do(Transitioned{From: r.state, To: to, Yielding: y != nil, Reason: reason, Cause: cause, Section: section})
	r.state, r.yield, r.since, r.reason, r.cause = to, y, now, reason, cause
	r.later, r.stayed = fall{}, Never
}

// follow takes the sender of in for the Active router: learn its interval, set
// the Active_Down_Timer.
func (r *Router) follow(now Instant, in Advert) {
	r.peer, r.heard, r.learned = in.Source, in.Priority, in.Interval
	// Of what a sleeper's socket holds, the newest is lost when it was too much. So
	// it listens, too, when the last advert that it finds is an old one.
	r.setDown(max(in.arrived(now), now-Instant(2*r.activeAdverInterval())))
}

// setDown sets the Active_Down_Timer to Active_Down_Interval after then.
func (r *Router) setDown(then Instant) {
	r.down = downTimer{set: then, intervals: 3}
}

// silence says why the Active_Down_Timer fired.
func (r *Router) silence() (Reason, string) {
	switch {
	case r.down.intervals == 1:
		return Silence, "it has slept, and no advert heard since"
	case r.down.intervals == 0:
		return PeerLeft, fmt.Sprintf("%v sent priority 0", r.peer)
	case r.heard > 0 && r.heard < r.effective && r.preempt() == PreemptAlways:
		return Preempts, fmt.Sprintf("%v has priority %d", r.peer, r.heard)
	}
	return Silence, fmt.Sprintf("no advert heard for %v", r.activeDownInterval().Round(time.Millisecond))
}

// advertise sends an advert and sets the Adver_Timer to
// Advertisement_Interval.
func (r *Router) advertise(now Instant) {
	r.send(now)
	r.adver = now.Add(r.cfg.Interval)
}

// send sends an advert.
func (r *Router) send(now Instant) {
	r.do(adverts[r.effective])
	r.sent = now
}

// adverts are the effects of sending one, by priority: they come often, and made anew
// each time would cost memory.
var adverts = func() (all [256]Effect) {
	for priority := range all {
		all[priority] = SendAdvert{Priority: uint8(priority)}
	}
	return all
}()

// announce tells the neighbours where all addresses are.
func (r *Router) announce() {
	r.do(Announce{Addresses: slices.Clone(r.owned)})
}

// announceAgain sets the timer of a second burst: after a takeover, and after every
// contest, a switch or a neighbour may have missed the first.
func (r *Router) announceAgain(now Instant) {
	if r.cfg.Announcements.Repeat > 0 {
		r.repeat = earlier(r.repeat, now.Add(r.cfg.Announcements.Repeat))
	}
}

// setRefresh sets the timer of single announcements: switches and neighbours may
// have forgotten what nobody has asked for.
func (r *Router) setRefresh(now Instant) {
	r.refresh = Never
	if r.cfg.Announcements.Refresh > 0 {
		r.refresh = now.Add(r.cfg.Announcements.Refresh)
	}
}

// own puts addresses on the interface.
func (r *Router) own(addresses []netip.Addr) {
	if len(addresses) > 0 {
		r.do(Own{Addresses: addresses})
		r.owned = append(r.owned, addresses...)
	}
}

// disown takes addresses off the interface.
func (r *Router) disown(addresses []netip.Addr) {
	if len(addresses) > 0 {
		r.do(Disown{Addresses: addresses})
		r.owned = without(r.owned, addresses)
	}
}
