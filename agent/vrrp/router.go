package vrrp

import (
	"net/netip"
	"slices"
	"time"
)

// Instant is a point in time: the duration since the agent started, on a
// monotonic clock that counts suspends. Never negative. It prints as 3.609375s.
type Instant time.Duration

// String returns the instant as a duration.
func (t Instant) String() string { return time.Duration(t).String() }

// Add returns t + d.
func (t Instant) Add(d time.Duration) Instant { return t + Instant(d) }

// Sub returns t - u.
func (t Instant) Sub(u Instant) time.Duration { return time.Duration(t - u) }

// Never is the deadline of a router that waits for nothing but input.
const Never Instant = 0

// State is a state of RFC 9568 section 6.3.
type State uint8

// The states.
const (
	Initialize State = iota // section 6.4.1
	Backup                  // section 6.4.2
	Active                  // section 6.4.3
)

// String returns the RFC's word for s.
func (s State) String() string {
	return [...]string{"Initialize", "Backup", "Active"}[s]
}

// Owner is the priority of the router that owns the addresses, section 5.2.4.
const Owner = 255

// Preempt says when a Backup takes over from a working Active router with a
// lower priority (Preempt_Mode, section 6.1).
type Preempt uint8

// The modes; RFC 9568 knows PreemptAlways (true) and PreemptNever (false).
const (
	PreemptAlways  Preempt = iota
	PreemptDelayed         // after Config.PreemptDelay
	PreemptNever
)

// Config is what one router needs to know, section 6.1.
type Config struct {
	Version      int           // 2 or 3: decides skew (RFC 3768 section 6.1) and whether an interval is learned
	Priority     uint8         // base priority, 1..254, or Owner
	Interval     time.Duration // Advertisement_Interval, greater than 0, at most 255 s
	Awaits       time.Duration // version 2: the longest Interval that a neighbour may have; less than Interval: that
	Preempt      Preempt
	PreemptDelay time.Duration // greater than 0 with PreemptDelayed only

	// NotBefore is the instant before which a Backup claims nothing, whatever its
	// timers say: a quiet start. 0: it may at any time. An owner does not wait.
	NotBefore Instant

	// HighestRival is the highest priority that any other member can have, 0
	// when there is none: an Active router whose priority falls below it yields.
	HighestRival uint8

	// Slowest is the longest Interval of the routers that move together with this
	// one: it waits for a successor as long as they do. 0: it moves by itself.
	Slowest time.Duration

	Announcements Announcements

	// Addresses of the virtual router in advertised order, those that its
	// adverts do not list last. Never empty.
	Addresses []netip.Addr
}

// Announcements says how a new Active router announces its addresses.
type Announcements struct {
	Repeat  time.Duration // until a second burst; 0: none
	Refresh time.Duration // between single announcements while it stays Active; 0: none
}

// Input is what can happen to a router. The set is closed.
type Input interface{ input() }

type (
	// Startup: all that the router needs is there (interface with carrier,
	// primary address). Section 6.4.1. Ignored unless in Initialize.
	Startup struct {
		// Primary is the router's primary address on the interface, valid.
		Primary netip.Addr

		// Held: the router's addresses are on the interface still, since it was
		// Active when it died. It listens before it lets them go.
		Held bool
	}

	// Shutdown: something that the router needs has gone, or it is to stop at
	// once. An Active router sends priority 0, if it still can, and releases;
	// not so an owner, whose addresses stay its host's, nor a yielding router,
	// which has sent it.
	Shutdown struct {
		Cause string // in words, for the transition
		Mute  bool   // nothing can be sent any more (interface down)
	}

	// Yield: an Active router is to leave without a gap. It ends in Backup when
	// a successor was heard or its timer ran out, at once when there is no other
	// member. An owner and a router in another state ignore it. So one that is
	// not Yielding afterwards, now or later, is ready for its Shutdown.
	Yield struct {
		Cause string

		// Unheard: routers that move together with this one cannot send priority 0. Its
		// successor may be one that waits until it misses their adverts.
		Unheard bool
	}

	// Stay takes a Yield back: a router that waits for a successor still, and need
	// not yield for its priority, is Active as before. Others ignore it.
	Stay struct {
		Cause string
	}

	// Advert: a valid advert for this router was received. The caller has
	// checked all of section 7.1, and that Source is not this router's own. One
	// with an Interval that no advert can carry is ignored.
	Advert struct {
		Source   netip.Addr    // the sender's primary address, of the wire
		Priority uint8         // 0..255
		Interval time.Duration // Max Advertise Interval, greater than 0

		// Arrived is when the packet arrived, not after now: it may have waited in a
		// socket. Never: it has only just arrived.
		Arrived Instant
	}

	// Announced: another station announced one of the router's addresses by
	// gratuitous ARP or unsolicited neighbour advertisement. Matters to a
	// yielding router only.
	Announced struct {
		Address netip.Addr
	}

	// Claimed: another station says that it has one of the router's addresses, though no
	// move explains it. An Active router contradicts.
	Claimed struct{}

	// Priority: the effective priority is now Effective (tracks, drains). It
	// counts in every state, and across Shutdown and Startup.
	Priority struct {
		Effective uint8 // 1..254; ignored by an owner
		Cause     string
	}

	// Primary: the router's primary address changed. Valid.
	Primary struct {
		Address netip.Addr
	}

	// Reconfigure: the router goes on with another configuration, in place. The
	// version stays.
	Reconfigure struct {
		Config    Config
		Effective uint8 // effective priority from now on, 1..254; ignored by an owner
		Cause     string

		// Contested: until now the neighbours may have been deaf to this router
		// and it to them, by a difference of passwords, say. What Config has not
		// changed may be the reason.
		Contested bool
	}

	// Early: whoever steps r will be busy for a while. An Active router's advert that is
	// due by then leaves now, too, but none before half of its interval is over.
	Early struct {
		Within time.Duration // how long that may take
	}

	// Timeout: the deadline of the last Result has been reached. A Timeout before
	// the deadline changes nothing, but for an advert that is Ahead.
	Timeout struct {
		// Late is for how long the deadline had passed before it was noticed: nothing
		// is known of who has been Active meanwhile but what has been told.
		Late time.Duration

		// Slot is by how many slots the advert after one that is due now comes sooner, 0 to
		// Slots-1, so that those of many routers do not leave all at once for ever.
		Slot int
	}
)

func (Startup) input()     {}
func (Shutdown) input()    {}
func (Yield) input()       {}
func (Stay) input()        {}
func (Advert) input()      {}
func (Announced) input()   {}
func (Claimed) input()     {}
func (Priority) input()    {}
func (Primary) input()     {}
func (Reconfigure) input() {}
func (Early) input()       {}
func (Timeout) input()     {}

// Effect is what a router wants done. The set is closed.
type Effect interface{ effect() }

type (
	// SendAdvert: send one advert with this priority, carrying the configured
	// interval.
	SendAdvert struct {
		Priority uint8 // 0: about to leave
	}

	// Own: put these addresses on the interface. They stay wanted until a
	// Disown.
	Own struct{ Addresses []netip.Addr }

	// Disown: take these addresses off the interface.
	Disown struct{ Addresses []netip.Addr }

	// Announce: send one burst of gratuitous ARP or unsolicited neighbour
	// advertisements for these addresses.
	Announce struct {
		Addresses []netip.Addr
		Once      bool // a single announcement of each, instead of a burst
	}

	// Transitioned: the router has changed its state, or begun or ended to
	// yield. It comes before the effects that follow from it.
	Transitioned struct {
		From, To State
		Yielding bool // of To
		Reason   Reason
		Cause    string // the reason in words, with what is known of it
		Section  string // of RFC 9568, "6.4.2"
	}
)

func (SendAdvert) effect()   {}
func (Own) effect()          {}
func (Disown) effect()       {}
func (Announce) effect()     {}
func (Transitioned) effect() {}

// Result is what follows from one step.
type Result struct {
	Effects  []Effect // to be carried out in this order, each before the next; valid until the next Step
	Deadline Instant  // when to Step with a Timeout, not before now; Never for none
}

// Router is one virtual router. Only Step changes it.
type Router struct {
	cfg       Config
	effective uint8      // effective priority; Owner exactly when cfg.Priority is
	primary   netip.Addr // the zero Addr before the first Startup

	state  State
	since  Instant
	reason Reason
	cause  string

	// In Backup.
	peer    netip.Addr    // the Active router last heard, if any
	heard   uint8         // its priority; 0 when there is none or it has left
	learned time.Duration // Active_Adver_Interval; 0: our own Advertisement_Interval
	down    downTimer     // Active_Down_Timer
	delay   Instant       // end of the preempt delay; Never when it does not run

	// In Active.
	adver    Instant // Adver_Timer; does not run while yielding
	sent     Instant // when the last advert left
	repeat   Instant // second burst of announcements; Never when none is due
	refresh  Instant // next single announcements; Never when none are due
	asserted Instant // when addresses were last announced against a rival; Never before
	owned    []netip.Addr
	yield    *yield  // nil unless yielding
	stayed   Instant // when it last went on after it had yielded; Never before
	later    fall    // for which it is to yield, but not yet

	effects []Effect // of this step
}

// New returns a router in Initialize. It panics when cfg breaks what Config
// says of its fields.
func New(cfg Config) *Router {
	r := &Router{}
	r.setConfig(cfg)
	r.effective = cfg.Priority
	return r
}

// Step tells r that in happened at now, which is not before the now of the
// step before. Only a Timeout lets timers fire: an advert that was received is
// told first. Step panics on a Priority or Reconfigure that breaks its
// contract, on no other input.
func (r *Router) Step(now Instant, in Input) Result {
	r.effects = r.effects[:0]
	switch in := in.(type) {
	case Primary:
		r.primary = in.Address
	case Priority:
		r.reprioritise(now, in)
	case Reconfigure:
		r.reconfigure(now, in)
	case Advert:
		if in.Interval > 0 && in.Interval <= maxInterval {
			r.dispatch(now, in)
		}
	default:
		r.dispatch(now, in)
	}
	return Result{Effects: r.effects, Deadline: r.DeadlineFrom(now)}
}

// dispatch hands in to the function of the present state.
func (r *Router) dispatch(now Instant, in Input) {
	switch {
	case r.state == Initialize:
		r.initialize(now, in)
	case r.state == Backup:
		r.backup(now, in)
	case r.yield == nil:
		r.active(now, in)
	default:
		r.yielding(now, in)
	}
}

// State returns the present state.
func (r *Router) State() State { return r.state }

// Yielding says whether r is Active, silent, and about to leave.
func (r *Router) Yielding() bool { return r.yield != nil }

// Priority returns the effective priority, 1..255.
func (r *Router) Priority() uint8 { return r.effective }

// Config returns the present configuration. The caller does not change its
// addresses.
func (r *Router) Config() Config { return r.cfg }

// Primary returns the primary address; the zero Addr before the first Startup.
func (r *Router) Primary() netip.Addr { return r.primary }

// ActivePeer returns the primary address of the Active router that was heard
// last, the zero Addr when r is Active itself or knows none. A yielding router
// names its successor.
func (r *Router) ActivePeer() netip.Addr {
	if r.heard == 0 {
		return netip.Addr{}
	}
	return r.peer
}

// Since returns the instant of the last Transitioned, 0 before the first.
func (r *Router) Since() Instant { return r.since }

// Reason returns the reason of the last Transitioned, zero before the first.
func (r *Router) Reason() Reason { return r.reason }

// Cause returns the cause of the last Transitioned, empty before the first.
func (r *Router) Cause() string { return r.cause }

// Deadline returns the instant at which the first running timer fires, which
// may have passed; Never when none runs.
func (r *Router) Deadline() Instant {
	switch {
	case r.state == Backup:
		return earlier(r.activeDownTimer(), r.delayTimer())
	case r.yield != nil:
		return r.yieldTimer()
	case r.state == Active:
		return earlier(earlier(r.later.due, r.adver), earlier(r.repeat, r.refresh))
	}
	return Never
}

// Owned returns the addresses that r wants on its interface, in the order in
// which it owned them; none unless Active.
func (r *Router) Owned() []netip.Addr { return slices.Clone(r.owned) }

// DeadlineFrom is Deadline as of now: what is overdue is due now.
func (r *Router) DeadlineFrom(now Instant) Instant {
	if d := r.Deadline(); d != Never {
		return max(d, now)
	}
	return Never
}

// do adds effects to those of this step.
func (r *Router) do(effects ...Effect) { r.effects = append(r.effects, effects...) }
