package vrrp

import (
	"net/netip"
	"slices"
	"time"
)

// Saved is all that a router which runs, and does not yield, knows beside its
// configuration: with it another process goes on as if nothing had happened. A
// field that is missing is zero, which is the safe value of each.
type Saved struct {
	State     State // Backup or Active
	Since     Instant
	Reason    Reason
	Cause     string
	Effective uint8
	Primary   netip.Addr

	// In Backup.
	Peer      netip.Addr    `json:",omitzero"`
	Heard     uint8         `json:",omitempty"`
	Learned   time.Duration `json:",omitempty"`
	Down      Instant       `json:",omitempty"` // when the Active_Down_Timer was set
	Intervals time.Duration `json:",omitempty"` // how many, before it fires
	Delay     Instant       `json:",omitempty"`

	// In Active.
	Adver    Instant `json:",omitempty"`
	Sent     Instant `json:",omitempty"`
	Repeat   Instant `json:",omitempty"`
	Refresh  Instant `json:",omitempty"`
	Asserted Instant `json:",omitempty"`
	Stayed   Instant `json:",omitempty"`
	Later    *Fall   `json:",omitempty"` // nil: none
}

// Fall is a fall of the effective priority for which an Active router has still to
// yield.
type Fall struct {
	Due    Instant
	Before uint8
	Cause  string
}

// Save returns what another process needs to go on with r; nil when r does not
// run, or yields: that is waited for.
func (r *Router) Save() *Saved {
	if r.state == Initialize || r.yield != nil {
		return nil
	}
	s := &Saved{
		State: r.state, Since: r.since, Reason: r.reason, Cause: r.cause, Effective: r.effective, Primary: r.primary,
		Peer: r.peer, Heard: r.heard, Learned: r.learned, Down: r.down.set, Intervals: r.down.intervals, Delay: r.delay,
		Adver: r.adver, Sent: r.sent, Repeat: r.repeat, Refresh: r.refresh, Asserted: r.asserted, Stayed: r.stayed,
	}
	if r.later.due != Never {
		s.Later = &Fall{r.later.due, r.later.before, r.later.cause}
	}
	return s
}

// Resume makes r, which is in Initialize, go on at now as the router that was
// saved, and reports whether it does: not with what no router saves. One that has
// been silent for too long meanwhile listens first, as after any sleep: the first
// Timeout decides.
func (r *Router) Resume(now Instant, s *Saved) bool {
	if r.state != Initialize || !s.credible(now) || (s.Effective == Owner) != (r.cfg.Priority == Owner) {
		return false
	}
	if s.State == Active && s.Adver == Never {
		return false
	}
	r.state, r.since, r.reason, r.cause, r.effective, r.primary = s.State, s.Since, s.Reason, s.Cause, s.Effective, s.Primary
	r.peer, r.heard, r.learned, r.delay = s.Peer, s.Heard, s.Learned, s.Delay
	r.down = downTimer{set: s.Down, intervals: s.Intervals}
	r.adver, r.sent, r.repeat, r.refresh, r.asserted, r.stayed = s.Adver, s.Sent, s.Repeat, s.Refresh, s.Asserted, s.Stayed
	if s.Later != nil {
		r.later = fall{s.Later.Due, s.Later.Before, s.Later.Cause}
	}
	if r.sent == Never { // saved by a process that did not note it
		r.sent = max(0, s.Adver.Add(-r.cfg.Interval))
	}
	if r.state == Active {
		r.owned = slices.Clone(r.cfg.Addresses)
	}
	return true
}

// credible reports whether a router can have been so until now.
func (s *Saved) credible(now Instant) bool {
	const far = 1 << 60 // beyond it, sums of instants would overflow
	set := []Instant{s.Since, s.Down, s.Delay, s.Adver, s.Sent, s.Repeat, s.Refresh, s.Asserted, s.Stayed}
	if s.Later != nil {
		set = append(set, s.Later.Due)
	}
	switch {
	case s.State != Backup && s.State != Active, s.Reason >= reasonCount, s.Since > now, s.Sent > now:
		return false
	case s.Effective == 0, !s.Primary.IsValid(), s.Heard > 0 && !s.Peer.IsValid():
		return false
	case s.Learned < 0 || s.Learned > maxInterval, s.Intervals < 0 || s.Intervals > 3:
		return false
	}
	return !slices.ContainsFunc(set, func(t Instant) bool { return t < 0 || t > far })
}
