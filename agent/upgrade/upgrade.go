package upgrade

import (
	"time"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// Instant is a point in time, as everywhere in the agent.
type Instant = vrrp.Instant

// Never is the deadline of a machine that waits for nothing but input.
const Never = vrrp.Never

// Process is one process, and no later one of the same number.
type Process struct {
	PID   int    `json:"pid"`   // 0: none
	Start uint64 `json:"start"` // when it started, in the kernel's ticks since boot
}

// Signal is what a process is sent.
type Signal string

// The signals, in nginx's words for them.
const (
	USR2  Signal = "USR2"  // to a master: start the binary that is there now, nginx beside you, HAProxy in your place
	WINCH Signal = "WINCH" // to a master: let your workers finish
	HUP   Signal = "HUP"   // to a master: read your configuration and start workers
	QUIT  Signal = "QUIT"  // finish, and end
	TERM  Signal = "TERM"  // end at once
)

// Input is what can happen to an upgrade. The set is closed.
type Input interface{ input() }

type (
	// Begin starts an upgrade that New made.
	Begin struct {
		Spare string // path of the backup of the upgrade before, which goes when this one is committed; empty: there is none
	}

	// Inspected answers Inspect, by the deadline.
	Inspected struct{ Facts Facts }

	// Did answers a Result with effects that touch something (Save, Keep, Install,
	// PutBack, Send, Run): all have been carried out, or those before the one that failed.
	// One that is not done by the deadline has failed.
	Did struct {
		Err string // why it failed, in words; empty: it did not
	}

	// Seen is what is there now. The caller looks again and again; what it saw before
	// the effects of the last step were carried out it does not tell.
	Seen struct{ Observation }

	// Abort asks for the way back. One that goes back already, or commits, ignores it; one
	// that resumes looks first, since what is there decides how to go back.
	Abort struct {
		Cause string // in words
	}

	// Timeout: the deadline of the last Result has been reached. Before it, and while
	// effects are being carried out, a Timeout changes nothing.
	Timeout struct{}
)

func (Begin) input()     {}
func (Inspected) input() {}
func (Did) input()       {}
func (Seen) input()      {}
func (Abort) input()     {}
func (Timeout) input()   {}
func (entered) input()   {}

// entered is what a stage hears first.
type entered struct {
	again bool // it was at this stage before, and was killed
}

// Effect is something to carry out. The set is closed. All but Inspect may be
// carried out again after they were, or half of them was.
type Effect interface{ effect() }

type (
	// Save makes the record outlive this process, before what follows it.
	Save struct {
		Record Record
		Must   bool // what follows is not done unless this has been; otherwise it is done nevertheless
	}

	// Inspect gathers the facts of an upgrade, and touches nothing.
	Inspect struct{ Upgrade plan.Upgrade }

	// Keep gives the file at Path a second name, unless it has it.
	Keep struct {
		Path, Backup string
		SHA256       string // of the file: of another one it is refused
	}

	// Install puts a copy of Source at Path by one rename, with the owner, mode,
	// extended attributes and capabilities of what is there, unless it is there.
	Install struct {
		Source, Path string
		SHA256       string // of the copy: another one is refused
	}

	// PutBack renames the backup to Path, unless what is there is it already.
	PutBack struct {
		Path, Backup string
		SHA256       string // of the backup: another one is refused
	}

	// Send sends a signal to each process that is there still.
	Send struct {
		To     []Process
		Signal Signal
	}

	// Run runs a command of the user, in its stage of the upgrade.
	Run struct {
		Argv    []string // absolute path of the program, then its arguments
		Stage   Stage
		Timeout time.Duration
	}

	// Sever ends the connections to the addresses of the upgrade's vips, which another
	// host has now: it resets them, and here nobody would hear. Where that cannot be done,
	// they are left.
	Sever struct{}

	// Transitioned tells people: the upgrade is at another stage.
	Transitioned struct {
		From, To Stage
		Cause    string // in words; empty: the stage before is complete
	}

	// Waiting tells people what the stage waits for, when that has changed.
	Waiting struct{ Text string }

	// Noted tells people something that stops nothing.
	Noted struct{ Text string }

	// Finish ends the upgrade: nothing follows. The outcome is written down, then the
	// backup goes, then the record.
	Finish struct {
		Outcome Outcome
		Backup  string // that is not needed any more; empty: there is none, or it stays
	}
)

func (Save) effect()         {}
func (Inspect) effect()      {}
func (Keep) effect()         {}
func (Install) effect()      {}
func (PutBack) effect()      {}
func (Send) effect()         {}
func (Sever) effect()        {}
func (Run) effect()          {}
func (Transitioned) effect() {}
func (Waiting) effect()      {}
func (Noted) effect()        {}
func (Finish) effect()       {}

// Result is what comes of a step.
type Result struct {
	Effects  []Effect // in this order, each before the next
	Deadline Instant  // when to Step with a Timeout; Never: only input matters
}

// Verdict is how an upgrade ended.
type Verdict string

// The verdicts.
const (
	Current   Verdict = "current"     // the release ran already; nothing was touched
	Committed Verdict = "committed"   // the release runs
	Refused   Verdict = "refused"     // nothing was touched
	Reverted  Verdict = "rolled back" // what ran before runs, and its binary is back
	Stuck     Verdict = "stuck"       // something serves, and a person is needed
	Down      Verdict = "down"        // no master is left
)

// Verdicts returns all of them.
func Verdicts() []Verdict { return []Verdict{Current, Committed, Refused, Reverted, Stuck, Down} }

// String returns the verdict's word.
func (v Verdict) String() string { return string(v) }

// Outcome is a verdict and what happened.
type Outcome struct {
	Verdict Verdict
	Text    string // in words
}

// Machine is one upgrade. Not safe for concurrent use.
type Machine struct {
	rec      Record
	way      *way
	patience time.Duration
	seen     Observation
	deadline Instant
	effects  []Effect

	resuming bool      // the record says where it was; what is seen decides how it goes on
	unwanted string    // why it is to go back, asked for before anything was seen; empty: it is not
	acting   bool      // effects are being carried out: what is seen may be of before
	again    bool      // the stage's deadline has passed once, and it has insisted
	well     bool      // the checks were up since it began, or went on
	stirred  bool      // the signal has been seen to do something
	good     bool      // what Verify asks holds
	since    Instant   // since when
	crew     []Process // the workers that the release began with
	waiting  string    // what was told last
	outcome  *Outcome  // nil: it goes on
}

// New returns a machine at rest: tell it Begin. The upgrade is a valid one. Patience
// is how long a step may take that the plan gives no time, greater than 0.
func New(u plan.Upgrade, patience time.Duration) *Machine {
	w := wayOf(u)
	if w == nil {
		panic("upgrade: no strategy")
	}
	return &Machine{rec: Record{Upgrade: u, Stage: Preflight}, way: w, patience: patience}
}

// Resume returns a machine that goes on where a record was left, by what is seen
// first: forward or back. Each step has its whole time again.
func Resume(r Record, patience time.Duration) *Machine {
	m := New(r.Upgrade, patience)
	m.rec, m.resuming = r, true
	return m
}

// Record returns what is known of the upgrade by now.
func (m *Machine) Record() Record { return m.rec }

// Outcome returns how the upgrade ended; nil while it goes on.
func (m *Machine) Outcome() *Outcome { return m.outcome }
