package vrrp

import (
	"net/netip"
	"time"
)

// Instant is a point in time: the duration since the agent started, on a
// monotonic clock that counts suspends. It prints as 3.609s.
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
	Interval     time.Duration // Advertisement_Interval, greater than 0
	Preempt      Preempt
	PreemptDelay time.Duration // greater than 0 with PreemptDelayed only

	// HighestRival is the highest priority that any other member can have, 0
	// when there is none: an Active router whose priority falls below it yields.
	HighestRival uint8

	Announcements Announcements

	// Addresses of the virtual router in advertised order, those that its
	// adverts do not list last. Never empty.
	Addresses []netip.Addr
}

// Announcements says how a new Active router announces its addresses.
type Announcements struct {
	Repeat time.Duration // until a second burst; 0: none
}

// Input is what can happen to a router. The set is closed.
type Input interface{ input() }

type (
	// Startup: all that the router needs is there (interface with carrier,
	// primary address). Section 6.4.1. Ignored unless in Initialize.
	Startup struct {
		// Primary is the router's primary address on the interface, valid.
		Primary netip.Addr
	}

	// Shutdown: something that the router needs has gone, or it is to stop at
	// once. An Active router sends priority 0, if it still can, and releases.
	Shutdown struct {
		Cause string // in words, for the transition
		Mute  bool   // nothing can be sent any more (interface down)
	}

	// Yield: an Active router is to leave without a gap. It ends in Backup when
	// a successor was heard or its timer ran out ("Yielding", leave). A router in
	// another state ignores it; the caller ends it by Shutdown.
	Yield struct {
		Cause string
	}

	// Advert: a valid advert for this router was received. The caller has
	// checked all of section 7.1, and that Source is not this router's own.
	Advert struct {
		Source   netip.Addr    // the sender's primary address, of the wire
		Priority uint8         // 0..255
		Interval time.Duration // Max Advertise Interval, greater than 0
	}

	// Announced: another station announced one of the router's addresses by
	// gratuitous ARP or unsolicited neighbour advertisement. Matters to a
	// yielding router only.
	Announced struct {
		Address netip.Addr
	}

	// Priority: the effective priority is now Effective (tracks, drains).
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
		Config Config
		Cause  string
	}

	// Timeout: the deadline of the last Result has been reached. A Timeout before
	// the deadline changes nothing.
	Timeout struct{}
)

func (Startup) input()     {}
func (Shutdown) input()    {}
func (Yield) input()       {}
func (Advert) input()      {}
func (Announced) input()   {}
func (Priority) input()    {}
func (Primary) input()     {}
func (Reconfigure) input() {}
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
	Announce struct{ Addresses []netip.Addr }

	// Transitioned: the router has changed its state, or begun or ended to
	// yield.
	Transitioned struct {
		From, To State
		Yielding bool   // of To
		Cause    string // in words
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
	Effects  []Effect // to be carried out in this order, each before the next
	Deadline Instant  // when to Step with a Timeout; Never for none
}
