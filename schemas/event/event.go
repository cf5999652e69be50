package event

import (
	"time"

	"hactl/schemas/plan"
)

// Format is the version of an Event. Fields may be added without a new one.
const Format = 1

// Event is one transition: of a router in the stream, of a vip everywhere else. Or
// it is a conflict of a router.
type Event struct {
	Format   int       `json:"format"`
	Sequence uint64    `json:"sequence"` // counts an agent's events from 1; Host, Time and Sequence together name an event, and stay when it is told again
	Time     time.Time `json:"time"`     // when it happened, UTC
	Host     string    `json:"host"`     // the name that the plan has for the host

	Vip    string `json:"vip"`              // "web/public"
	Router string `json:"router,omitempty"` // "web/public/ipv4"; empty: the vip as a whole

	// Event is what the router or vip is now. Empty in the stream when it has
	// begun or ended to yield and is Active as before.
	Event plan.Event `json:"event,omitempty"`
	Old   string     `json:"old"` // state before, in the words of status.Router.State
	New   string     `json:"new"` // state now

	Yielding bool   `json:"yielding,omitempty"` // it is Active, silent, and waits for a successor
	Cause    string `json:"cause"`              // in words

	// Conflict is what has begun or ended on the wire. Event is plan.OnConflict then, Old
	// and New are the same, and Cause is in words what it is and what to look at.
	Conflict *Conflict `json:"conflict,omitempty"`

	Priority  int      `json:"priority"`              // effective
	Addresses []string `json:"addresses"`             // with prefix lengths, in the plan's order
	Peer      string   `json:"active_peer,omitempty"` // the Active router last heard; empty when this is it, or none

	Plan   string `json:"plan"`             // hash of the plan that is followed
	Origin string `json:"origin,omitempty"` // "main.ha.hcl:12"
}

// Conflict is one of status.Conflict.
type Conflict struct {
	Kind    string `json:"kind"`              // one of status.Conflicts
	Peer    string `json:"peer,omitempty"`    // who causes it: an IP address or a MAC
	Host    string `json:"host,omitempty"`    // the member that has that address
	Address string `json:"address,omitempty"` // the virtual address that somebody else has
	Count   uint64 `json:"count"`             // packets so far
	Ended   bool   `json:"ended,omitempty"`   // it is over; else it has begun
}

// Cut is the last line of a stream whose reader was too slow.
type Cut struct {
	Missed uint64 `json:"missed"` // events that this reader had not got when it was cut off, greater than 0
}
