package node

import (
	"net"
	"net/netip"
	"time"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// Input is what can happen to a node. The set is closed.
type Input interface{ input() }

type (
	// Plan: follow this plan from now on. Each router is treated by the smallest
	// class of plan.Diff. The plan has been validated.
	Plan struct {
		Plan    *plan.Plan
		Secrets map[string]string // content of secret files, by path; a router whose file is missing waits
	}

	// Clock: what the wall clock says. It is needed where adverts are signed, before
	// they are, and whenever the clock has been set. Numbers up to Spent may have
	// been spent before a restart; 0: none.
	Clock struct {
		Epoch time.Time // of instant 0
		Spent packet.Sequence
	}

	// Links: all links of the host, as they are now.
	Links struct{ Links []Link }

	// Sockets: the sockets that are open now. Before the first of these inputs,
	// which comes after the first Links and, if there is one, the first Plan, the
	// node wants nothing of the kernel: addresses from before a restart stay.
	Sockets struct{ Open []Socket }

	// Received: a VRRP packet arrived in a socket. Payload is not kept.
	Received struct {
		Socket  Socket
		Header  packet.Header
		Payload []byte
		Arrived vrrp.Instant // not after now; vrrp.Never: just now
	}

	// Announced: a station announced an address by gratuitous ARP or unsolicited
	// neighbour advertisement.
	Announced struct {
		Interface string
		Address   netip.Addr
		MAC       net.HardwareAddr
	}

	// Claimed: a station said, to anybody, that it has an address: in an ARP request
	// or reply, or in a neighbour advertisement.
	Claimed struct {
		Interface string
		Address   netip.Addr
		MAC       net.HardwareAddr
	}

	// Regained: an address that could not be had before is on its link now.
	Regained struct {
		Interface string
		Address   netip.Addr
	}

	// Checked: a check of the plan has a result that changes what is known of it.
	Checked struct {
		Name   string
		Health Health
		Cause  string // why, in words ("connection refused"); may be empty
	}

	// Intents: what people want of the host beside its plan, from now on. A vip that
	// is to stand aside has the last rank, whatever its tracks say: it is Active only
	// when no other member is. An owner cannot.
	Intents struct {
		Drained string            // who drained the host, and when, in words; empty: nobody has
		Held    map[string]string // the same of vips that are to be elsewhere, by name
	}

	// Resume: go on as the node that was saved. It comes once, after the first Plan,
	// which is the one that was followed, and before the first Sockets; later it
	// changes nothing.
	Resume struct{ Saved *Saved }

	// Ran: all hooks of a Run have ended, or their time is over.
	Ran struct{ Number uint64 }

	// Early: the next Step may take so long. Adverts that are due by then leave now, but
	// none before half of its interval is over: the others are not to wait for them.
	Early struct{ Within time.Duration }

	// Leave: give everything up without a gap; Done tells when.
	Leave struct{ Cause string }

	// Stop: give everything up at once.
	Stop struct{ Cause string }

	// Timeout: the deadline of the last Result has been reached.
	Timeout struct{}
)

func (Plan) input()      {}
func (Clock) input()     {}
func (Links) input()     {}
func (Sockets) input()   {}
func (Received) input()  {}
func (Announced) input() {}
func (Claimed) input()   {}
func (Regained) input()  {}
func (Checked) input()   {}
func (Intents) input()   {}
func (Resume) input()    {}
func (Ran) input()       {}
func (Early) input()     {}
func (Leave) input()     {}
func (Stop) input()      {}
func (Timeout) input()   {}
