package changeover

import (
	"net/netip"
	"time"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// Patience is how long a step may take that the plan gives no time, at least.
const Patience = 30 * time.Second

// Progress is what people are told of an upgrade.
type Progress struct {
	Stage       upgrade.Stage // that it is at by now
	Text        string        // what happened, or what it waits for; empty: the stage has begun
	Connections int           // that are waited for; 0: none, or they are not counted
	Stays       bool          // the text is worth knowing also after the end
}

// Task is an upgrade that a Host is to carry out, or to go on with.
type Task struct {
	Name    string       // of the upgrade, which its record is kept under
	Upgrade plan.Upgrade // that is valid; not looked at when there is a record
	Spare   string       // path of the backup of the upgrade before; likewise

	// Resume says that there was a record, which could not be read: without one the
	// upgrade is not begun, and is Stuck.
	Resume bool

	// Patience is how long a step may take that the plan gives no time, greater than 0:
	// among them how long the checks may take to be up after the switch.
	Patience time.Duration

	Aborts chan string // takes why the upgrade is to go back, in words; it has room for one

	// Checks, Away, Tell, Busy and Ended are those of a Runner.
	Checks func() upgrade.Checks
	Away   func() (upgrade.Away, []netip.Addr)
	Tell   func(Progress)
	Busy   func(bool)
	Ended  func(upgrade.Record, upgrade.Outcome) error
}

// Sight is what is there of a program.
type Sight struct {
	SHA256  string // of the file at its path; empty: Trouble says why
	Version string // of that file, as it says it; empty: it says none
	Running string // SHA-256 of the file that its master runs, or of that at its path where a master does not run that; empty: no master is seen
	Trouble string // why the file cannot be read, or the master not be seen, in words; empty: nothing is in the way
}

// replaces reports whether a master runs the file that an upgrade replaces. Otherwise
// it reads that, or the user's own commands know what runs.
func replaces(u plan.Upgrade) bool {
	return u.HAProxy != nil || u.Nginx != nil && u.Nginx.Config == ""
}
