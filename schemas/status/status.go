package status

import "time"

// Format is the version of the document.
const Format = 1

// Host is the report of one agent.
type Host struct {
	Format  int    `json:"format"`
	Host    string `json:"host"`    // the name that the plan has for the host
	Version string `json:"version"` // of hactl
	PID     int    `json:"pid"`

	Started time.Time `json:"started"` // of the agent
	Written time.Time `json:"written"` // when this report was made; a running agent writes at least every 10 s

	// State is "running" or "stopped"; the last report of an agent that left in
	// order says "stopped".
	State string `json:"state"`

	Plan Plan `json:"plan"` // the plan that the agent follows

	// Problem says why the newest plan in the store is not followed; empty when
	// it is.
	Problem string `json:"problem,omitempty"`

	Trial *Trial `json:"trial,omitempty"` // of the last plan that was on trial, until another change is followed; nil: none was

	Handover *Handover `json:"handover,omitempty"` // the last that was asked for; nil: none was

	Intents *Intents `json:"intents,omitempty"` // what people want of the host beside the plan; nil: nothing

	Routers []Router `json:"routers"`          // sorted by ID
	Checks  []Check  `json:"checks,omitempty"` // sorted by Name

	// Packets that were received and not acted on, by reason, those of no
	// router included.
	Dropped map[string]uint64 `json:"dropped,omitempty"`

	// Transitions of all routers since the agent started, those that have left the
	// plan included, by reason.
	Transitions map[string]uint64 `json:"transitions,omitempty"`

	Lateness *Lateness `json:"lateness,omitempty"` // of the agent's loop; nil in reports of agents that do not measure it

	LogDropped uint64 `json:"log_dropped,omitempty"` // lines of the log that were lost because its reader was too slow

	Notify []Target `json:"notify,omitempty"` // sorted by Name
	Hooks  []Hook   `json:"hooks,omitempty"`  // the last run of each, sorted by Vip

	Upgrades []Upgrade `json:"upgrades,omitempty"` // of the plan, and those under way that it no longer has; sorted by Name
}

// NoPlan is what Host.Problem begins with while the agent knows of no plan for the
// host: nobody has published one, or it has not looked since.
const NoPlan = "there is no plan for host "

// The values of Host.State.
const (
	Running = "running"
	Stopped = "stopped"
)

// The values of Router.State: the states of RFC 9568 section 6.3.
const (
	Initialize = "initialize"
	Backup     = "backup"
	Active     = "active"
)

// Plan names the plan that is followed.
type Plan struct {
	Hash      string    `json:"hash"` // empty when none is followed
	Commit    string    `json:"commit,omitempty"`
	AppliedBy string    `json:"applied_by,omitempty"`
	AppliedAt string    `json:"applied_at,omitempty"`
	Loaded    time.Time `json:"loaded,omitzero"` // when this agent began to follow it; absent when none is followed
}

// Router is the state of one virtual router.
type Router struct {
	ID        string `json:"id"`  // "web/public/ipv4"
	Vip       string `json:"vip"` // "web/public"
	VRID      int    `json:"vrid"`
	Interface string `json:"interface"`
	Origin    string `json:"origin,omitempty"` // "main.ha.hcl:12"

	State    string    `json:"state"`              // Initialize, Backup or Active
	Yielding bool      `json:"yielding,omitempty"` // active, silent, and waiting for a successor
	Prepares bool      `json:"prepares,omitempty"` // active, and leaves as soon as its before_release hooks have ended
	Since    time.Time `json:"since"`              // of the state
	Reason   string    `json:"reason,omitempty"`   // of the last transition, a word of Transitions in Host; empty before the first
	Cause    string    `json:"cause"`              // of the last transition, in words
	Waiting  string    `json:"waiting,omitempty"`  // what a router in initialize waits for, or a Backup that hears no Active router

	Priority  int `json:"priority"`  // base
	Effective int `json:"effective"` // what adverts carry

	// Aside says why the router stands aside, by what people want: it has the last
	// rank then. Empty: it does not. Rank is what would be effective without that;
	// 0 in reports of agents that know of no such thing.
	Aside string `json:"aside,omitempty"`
	Rank  int    `json:"rank,omitempty"`

	Source     string `json:"source,omitempty"`      // own primary address; empty while unknown
	ActivePeer string `json:"active_peer,omitempty"` // the Active router last heard; empty when this is it, or none

	Addresses []Address `json:"addresses"` // in the plan's order

	// Lifetime is how many seconds the addresses last when the agent no longer
	// refreshes them, since it is dead or stopped; 0: for ever. LifetimeReason says
	// why it is not the time after which neighbours take over; empty when it is.
	Lifetime       int    `json:"lifetime_s,omitempty"`
	LifetimeReason string `json:"lifetime_reason,omitempty"`

	Routes []Companion `json:"routes,omitempty"` // that it has while it is Active, in the plan's order
	Rules  []Companion `json:"rules,omitempty"`  // likewise

	Tracks []Track `json:"tracks,omitempty"` // what it depends on, in the plan's order

	// Differs is a neighbour whose adverts list other addresses; empty when there
	// is none. They are accepted, but one of the two has another configuration.
	Differs string `json:"differs,omitempty"`

	Conflicts []Conflict `json:"conflicts,omitempty"` // that go on, in the order of Conflicts

	// Contradicted counts packets that contradict the router, by the kinds of
	// Conflict, since the agent started: also those of conflicts that are over.
	Contradicted map[string]uint64 `json:"contradicted,omitempty"`

	Transitions uint64 `json:"transitions"` // since the agent started
	Sent        uint64 `json:"sent"`        // adverts
	Received    uint64 `json:"received"`    // adverts that were accepted

	// Heard is from whom: those of the plan in its order, in multicast the first
	// 16 that were heard. The rest of Received came from others.
	Heard []Heard `json:"heard,omitempty"`
}

// Heard is one neighbour whose adverts were accepted.
type Heard struct {
	Peer    string `json:"peer"`    // its primary address
	Adverts uint64 `json:"adverts"` // since the agent started
}

// Address is one virtual address as the kernel has it.
type Address struct {
	Prefix    string `json:"prefix"`              // as in the plan
	Interface string `json:"interface,omitempty"` // where it is put; empty: on the router's
	Present   bool   `json:"present"`             // on the interface, and ours
	Problem   string `json:"problem,omitempty"`   // why it is not as it should be ("foreign address")
}

// Companion is a route or a rule that moves with a router, as the kernel has it.
type Companion struct {
	Words   string `json:"words"`             // of ip(8), as in the plan ("0.0.0.0/0 via 10.0.0.1 table 100")
	Present bool   `json:"present"`           // as in the plan, and ours
	Problem string `json:"problem,omitempty"` // why an Active router does not have it, with the kernel's reason
}
