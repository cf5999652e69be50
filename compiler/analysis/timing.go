package analysis

import (
	"time"

	"hactl/schemas/plan"
)

// What agents add to the timers of the protocol (agent/vrrp/yield.go,
// agent/node/steady.go).
const (
	grace     = 100 * time.Millisecond // for the successor's announcements
	halfStep  = 5                      // points of priority that a yielding router waits for beyond its own
	minMargin = 20 * time.Millisecond  // the least that it waits beyond its own Skew_Time
	maxLeave  = 5 * time.Second        // the longest that a leaving router answers
	steady    = time.Second            // that a tracked interface has to be up again
)

// near is how far apart two timers are, at most, of which chance decides which one
// fires first: packets take their time, and machines are busy.
const near = 5 * time.Millisecond

// router returns b as the plan's router whose timers it has.
func (b beat) router() *plan.Router {
	return &plan.Router{Version: b.version, AdvertInterval: b.interval}
}

// longest returns the greatest of what the subject's routers need: those that move
// together do when all are ready.
func (s *shape) longest(of func(*plan.Router) time.Duration) time.Duration {
	var most time.Duration
	for _, b := range s.beats {
		most = max(most, of(b.router()))
	}
	return most
}

// interval returns how long it takes at most until the next advert.
func (s *shape) interval() time.Duration {
	return s.longest(func(r *plan.Router) time.Duration { return time.Duration(r.AdvertInterval) * time.Millisecond })
}

// skew returns how long a Backup needs after one that has left with priority 0.
func (s *shape) skew(priority int) time.Duration {
	return s.longest(func(r *plan.Router) time.Duration { return r.Skew(priority) })
}

// down returns how long a Backup needs after one that is silent.
func (s *shape) down(priority int) time.Duration {
	return s.longest(func(r *plan.Router) time.Duration { return r.ActiveDownInterval(priority) })
}

// patience returns how long the routers with this priority that yield for it wait
// for a successor before they go on: the first, and the last of them. Each waits
// for the slowest interval among them, version 2 counts in seconds.
func (s *shape) patience(priority int) (first, last time.Duration) {
	slowest := int(s.interval() / time.Millisecond)
	for i, b := range s.beats {
		r := beat{b.version, slowest}.router()
		t := r.Skew(priority) + max(r.Skew(256-halfStep), minMargin)
		if first, last = min(first, t), max(last, t); i == 0 {
			first = t
		}
	}
	return first, last
}

// leave returns how long a router that is no longer eligible goes on answering
// when nobody takes over. Where one of those that move with it cannot be heard, it
// gives the others the time to miss it.
func (s *shape) leave(heard bool) time.Duration {
	t := s.skew(0) + grace
	if !heard {
		t += 3 * s.interval()
	}
	return min(t, maxLeave)
}

// start returns how long a member with this priority needs at most until it claims
// the addresses, when it hears nobody or discards what it hears. What it listens
// for after its link has come up ends when it hears somebody.
func (s *shape) start(i int, was standing, priority int, hears bool) time.Duration {
	m := &s.members[i]
	if m.owner() && !was.eligible {
		return 0
	}
	quiet := m.startup(was)
	if !hears && (was.dead || !was.linked) {
		quiet = max(quiet, m.settling)
	}
	if quiet > 0 {
		quiet += s.skew(priority)
	}
	return max(s.down(priority), quiet)
}

// startup returns how long a host claims nothing that has just started, if it has.
func (m *member) startup(was standing) time.Duration {
	if was.dead {
		return m.quiet
	}
	return 0
}

// detection returns how long a host needs at most to notice that c has failed,
// and that it has recovered: the result before was the last one that was
// otherwise, and the service changed just after it had been asked.
func detection(c *plan.Check) (down, up time.Duration) {
	run := max(c.Interval, c.Timeout)
	return time.Duration(c.Fall*run+c.Timeout) * time.Millisecond, time.Duration(c.Rise*run+c.Timeout) * time.Millisecond
}
