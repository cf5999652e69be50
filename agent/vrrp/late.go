package vrrp

import (
	"fmt"
	"time"
)

// A router that has slept (its process was stopped, its machine suspended or starved)
// does not know who is Active by now. What has waited in its socket is told first;
// then it listens before it claims anything.

// asleep is for how long a host that is only busy is not held up. After less, what the
// others did lies in the socket, and the RFC's rules do: the better one asserts itself
// by one advert, while each Backup at once would be two moves more.
const asleep = 500 * time.Millisecond

// arrived is when the advert arrived.
func (in Advert) arrived(now Instant) Instant {
	if in.Arrived == Never {
		return now
	}
	return in.Arrived
}

// silent is for how long an Active router has sent nothing.
func (r *Router) silent(now Instant) time.Duration {
	return now.Sub(r.sent).Round(time.Millisecond)
}

// late says whether an Active router has been silent for so long that a Backup can have
// taken over, the Active_Down_Interval of the one with the highest priority, and for
// longer than it would be for being busy. An owner, whose addresses stay anyway, is
// never late.
func (r *Router) late(now Instant) bool {
	if r.effective == Owner || r.cfg.HighestRival == 0 {
		return false
	}
	return r.silent(now) >= max(asleep, 3*max(r.cfg.Interval, r.cfg.Slowest)+r.patience(256-int(r.cfg.HighestRival)))
}

// slept says whether a Backup that fires its timer so late is to listen first. What
// was a little late it claims the second time: else a host that is always busy never
// took over.
func (r *Router) slept(late time.Duration) bool {
	return late >= asleep || late >= r.activeAdverInterval() && r.down.intervals != 1
}

// hush lets a late Active router listen, with the addresses that it has still.
func (r *Router) hush(now Instant) {
	y := &yield{listens: true, from: now, until: Never, before: max(r.effective, r.later.before)}
	r.transition(now, Active, y, "6.4.3", Slept, fmt.Sprintf("it was silent for %v: listens", r.silent(now)))
}

// listenAgain gives the neighbours of a Backup that has slept the time for one more
// advert.
func (r *Router) listenAgain(now Instant) {
	r.down, r.delay = downTimer{set: now, intervals: 1}, Never
}

// Unsure says whether r is Active but does not know whether another one is, too: it
// listens, or will when it is told that it is late. Those of its addresses that have
// gone are not to be put back.
func (r *Router) Unsure(now Instant) bool {
	if r.yield != nil {
		return r.yield.listens
	}
	return r.state == Active && r.late(now)
}
