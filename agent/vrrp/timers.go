package vrrp

import "time"

// maxInterval is the longest advertisement interval that a packet can carry:
// 8 bits of seconds in version 2 (version 3: 12 bits of centiseconds).
const maxInterval = 255 * time.Second

// downTimer is the Active_Down_Timer: it fires so many
// Active_Adver_Intervals and one Skew_Time after it was set. It keeps no
// deadline, so that a change of priority or interval moves a running one.
type downTimer struct {
	set       Instant
	intervals time.Duration // 3: Active_Down_Interval; 0: Skew_Time; 1: after it has slept
}

// activeAdverInterval is Active_Adver_Interval, RFC 9568 section 6.1. Version
// 2 learns none: every member has the same (RFC 3768 section 7.1), but for the time in
// which a cluster changes it.
func (r *Router) activeAdverInterval() time.Duration {
	switch {
	case r.cfg.Version == 2:
		return max(r.cfg.Interval, r.cfg.Awaits)
	case r.learned == 0:
		return r.cfg.Interval
	}
	return r.learned
}

// skewTime is Skew_Time.
func (r *Router) skewTime() time.Duration { return r.skew(256 - int(r.effective)) }

// skew is the part of Skew_Time that n steps of priority make: n/256 of
// Active_Adver_Interval (RFC 9568 section 6.1), in version 2 of one second
// (RFC 3768 section 6.1).
func (r *Router) skew(n int) time.Duration {
	if r.cfg.Version == 2 {
		return time.Duration(n) * time.Second / 256
	}
	return time.Duration(n) * r.activeAdverInterval() / 256
}

// activeDownInterval is Active_Down_Interval, RFC 9568 and RFC 3768 section 6.1.
func (r *Router) activeDownInterval() time.Duration {
	return 3*r.activeAdverInterval() + r.skewTime()
}

// activeDownTimer returns when the Active_Down_Timer fires.
func (r *Router) activeDownTimer() Instant {
	return max(r.QuietEnd(), r.down.set.Add(r.down.intervals*r.activeAdverInterval()+r.skewTime()))
}

// QuietEnd is the instant before which a Backup claims nothing; 0: it may at any
// time. Skew_Time is in it, so that of hosts that have come up together the better
// one claims first.
func (r *Router) QuietEnd() Instant {
	if r.cfg.NotBefore == 0 {
		return 0
	}
	return r.cfg.NotBefore.Add(r.skewTime())
}

// delayTimer returns when the preempt delay is over; Never when it does not run.
func (r *Router) delayTimer() Instant {
	if r.delay == Never {
		return Never
	}
	return max(r.cfg.NotBefore, r.delay)
}

// together is the part of an interval by which an advert may come too early, so that
// those of many routers leave together.
const together = 20

// slot is the part of an interval between adverts of many routers that are not to leave
// together. It is longer than what is done ahead, and Slots of them and what is in time
// are less than an interval.
const slot = 10

// Slots is over how many slots of an interval the adverts of many routers are spread.
const Slots = 8

// inTime is the part of an interval by which an advert may come too late without moving
// those after it: a host whose timers are a millisecond late still sends every interval.
const inTime = 4

// defendInterval is how often, at most, a claim of another station is contradicted (RFC
// 5227 section 1.1): two that hear no adverts of each other do not go on for ever.
const defendInterval = 10 * time.Second

// claimsEnd is for how long a station may go on to claim what it has just claimed. What it
// said last is contradicted, too.
const claimsEnd = time.Second

// Ahead is for how long before its Deadline a Timeout does already what is due then.
func (r *Router) Ahead() time.Duration {
	if r.state != Active || r.yield != nil {
		return 0
	}
	return r.cfg.Interval / together
}

// due says whether a timer fires at now.
func due(timer, now Instant) bool { return timer != Never && timer <= now }

// earlier returns the timer that fires first, either of which may be Never.
func earlier(a, b Instant) Instant {
	if a == Never || b != Never && b < a {
		return b
	}
	return a
}
