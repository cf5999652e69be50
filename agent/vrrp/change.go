package vrrp

import (
	"net/netip"
	"slices"
)

// reprioritise changes the effective priority. A running Active_Down_Timer
// moves with it (timers.go).
func (r *Router) reprioritise(now Instant, in Priority) {
	if r.effective == Owner {
		return
	}
	mustBe(in.Effective > 0 && in.Effective < Owner, "effective priority is not 1..254")
	before := r.effective
	r.effective = in.Effective
	r.reconsider(now, before, in.Cause)
}

// reconfigure changes the parameters of section 6.1 in place. A running
// preempt delay starts anew when the preemption changes.
func (r *Router) reconfigure(now Instant, in Reconfigure) {
	old, before := r.cfg, r.effective
	mustBe(in.Config.Version == old.Version, "a router keeps its version")
	r.setConfig(in.Config)
	r.effective = Owner
	if r.cfg.Priority != Owner {
		mustBe(in.Effective > 0 && in.Effective < Owner, "effective priority is not 1..254")
		r.effective = in.Effective
	}
	if r.cfg.Preempt != old.Preempt || r.cfg.PreemptDelay != old.PreemptDelay {
		r.delay = Never
	}
	if r.state == Active {
		r.readdress()
	}
	// A Backup that has heard nobody yet goes by its own interval. Made shorter,
	// it must not miss an Active that still sends by the old one.
	if r.state == Backup && r.learned == 0 && r.cfg.Interval < old.Interval {
		r.learned = old.Interval
	}
	r.reconsider(now, before, in.Cause)

	if r.state != Active || r.yield != nil {
		return
	}
	// A Backup must learn a longer interval before it misses adverts, so tell
	// it now rather than at the end of the old interval.
	if r.cfg.Interval != old.Interval {
		r.advertise(now)
	}
	if r.cfg.Announcements.Refresh != old.Announcements.Refresh {
		r.setRefresh(now)
	}
	// A rival that hears r only now gives way to its next advert without a word,
	// and leaves its MAC in the neighbours' caches; or it is the better one, and
	// answers that advert. What is left then of this router's claim is announced.
	if in.Contested {
		r.repeat = now.Add(r.cfg.Interval + grace)
	}
}

// reconsider follows a change of the effective priority, from before, or of
// what the others can have.
func (r *Router) reconsider(now Instant, before uint8, cause string) {
	switch {
	case r.state == Backup && r.heard >= r.effective:
		r.delay = Never
	case r.state == Active:
		r.outlive(now, before, cause)
	}
}

// readdress makes the addresses of an Active router those of its
// configuration: adds before it removes. One that has a successor only waits
// to release what it has.
func (r *Router) readdress() {
	if r.yield != nil && r.yield.until != Never {
		return
	}
	added := without(r.cfg.Addresses, r.owned)
	r.own(added)
	if len(added) > 0 {
		r.do(Announce{Addresses: slices.Clone(added)})
	}
	r.disown(without(r.owned, r.cfg.Addresses))
}

// setConfig takes cfg, which keeps its contract.
func (r *Router) setConfig(cfg Config) {
	mustBe(cfg.Version == 2 || cfg.Version == 3, "version is not 2 or 3")
	mustBe(cfg.Priority > 0, "priority is 0")
	mustBe(cfg.Interval > 0 && cfg.Interval <= maxInterval, "interval is not of this protocol")
	mustBe(cfg.Preempt != PreemptDelayed || cfg.PreemptDelay > 0, "preempt delay is missing")
	mustBe(len(cfg.Addresses) > 0, "no address")
	cfg.Addresses = slices.Clone(cfg.Addresses)
	r.cfg = cfg
}

// without returns the addresses of a that are not in b.
func without(a, b []netip.Addr) []netip.Addr {
	var rest []netip.Addr
	for _, address := range a {
		if !slices.Contains(b, address) {
			rest = append(rest, address)
		}
	}
	return rest
}

// mustBe panics unless the caller has kept its word.
func mustBe(ok bool, broken string) {
	if !ok {
		panic("vrrp: " + broken)
	}
}
