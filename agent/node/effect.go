package node

import (
	"net/netip"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// Effect is what a node wants done. The set is closed.
type Effect interface{ rank() int }

type (
	// Send: one VRRP packet, TTL or hop limit 255, out of the interface.
	Send struct {
		Router      string // ID
		Socket      Socket
		Source      netip.Addr
		Destination netip.Addr
		Payload     []byte
	}

	// Converge: make the kernel agree with Wishes.
	Converge struct{}

	// Refresh: let these addresses, those of them that are there and ours, last for
	// their lifetimes from now on. They are among Wishes.
	Refresh struct{ Wishes []Wish }

	// Announce: send these Ethernet frames out of the interface, unless the
	// address is not there. They tell where it is, or ask who else has it.
	Announce struct {
		Router    string // ID
		Interface string
		Address   netip.Addr
		Frame     []byte
		Count     int  // how often, at least 1
		Own       bool // the address is the host's own: no wish is about it
	}

	// Transitioned: a router changed its state.
	Transitioned struct {
		Router   string     // ID
		Priority uint8      // effective, now
		Peer     netip.Addr // the Active router last heard; zero when this is it, or none
		vrrp.Transitioned
	}

	// Noticed: a conflict has begun, or ended.
	Noticed struct {
		Router   string // ID
		Priority uint8  // effective, now
		State    vrrp.State
		Conflict Conflict
		Ended    bool
	}

	// Run: let hooks run, each after the one before, and after those of the same
	// vip that run already; then step with Ran. Nothing else waits for that.
	Run struct {
		Number uint64 // greater than 0
		Vip    string
		When   plan.When
		Hooks  []plan.Hook // at least one, all of that moment
		Cause  string      // why the vip has come, or is to leave, in words
	}
)

func (*Send) rank() int        { return 0 }
func (Converge) rank() int     { return 1 }
func (Refresh) rank() int      { return 1 }
func (Announce) rank() int     { return 2 }
func (Transitioned) rank() int { return 3 }
func (Noticed) rank() int      { return 3 }
func (Run) rank() int          { return 4 }

// Result is what follows from one step.
type Result struct {
	// Effects are to be carried out in this order, each before the next:
	// adverts, then addresses, then announcements. That is the order of a
	// takeover and of a release alike (RFC 9568 section 6.4). They, and the payloads,
	// are valid until the next Step.
	Effects  []Effect
	Deadline vrrp.Instant // when to Step with a Timeout; vrrp.Never for none
}
