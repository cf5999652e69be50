package upgrade

import "hactl/schemas/plan"

// way is how the upgrades of one strategy go: its stages, and what it decides for
// itself. Stages that mean the same have one function.
type way struct {
	stages [Restore + 1]stage
	first  Stage // that touches something; Drain comes before it where there are vips

	// back decides where a failure at any stage after Preflight leads; on: it has gone
	// forward until now.
	back func(m *Machine, now Instant, cause string, on bool)

	judges []judge               // of the facts, in the order in which these are gathered
	fault  func(*Machine) string // why what serves is not what it was when it had become ready, in words; empty: it is
	serves func(*Machine) string // who is there, in words
	office                       // zero: the strategy knows no masters
}

// stage is one stage with all that it hears; nil: none of this way.
type stage func(*Machine, Instant, Input)

// judge says why facts forbid an upgrade, in words; empty: they do not.
type judge func(Facts, plan.Upgrade) string

// office is what a way knows of masters and their workers.
type office struct {
	title     string                   // what the master of the release is called
	successor func(*Machine) *Master   // that master; nil: there is none
	staff     func(*Machine) []Worker  // its workers that serve
	leaving   func(*Machine) []Process // workers that were there before, and are still
	signal    Signal                   // that turns a single master to the release
	runs      bool                     // a single master runs the file itself, and does not read it
}

// wayOf returns how an upgrade goes; nil: its strategy is not known.
func wayOf(u plan.Upgrade) *way {
	switch {
	case u.Nginx != nil && u.Nginx.Config != "":
		return &reload
	case u.Nginx != nil:
		return &twoMasters
	case u.HAProxy != nil:
		return &reexec
	case u.Exec != nil:
		return &commands
	}
	return nil
}

// firstOf returns the first stage of an upgrade that is recorded.
func firstOf(w *way, u plan.Upgrade) Stage {
	if len(u.Vips) > 0 {
		return Drain
	}
	return w.first
}

// twoMasters is nginx and its binary: a new master starts beside the old one.
var twoMasters = way{
	stages: [...]stage{
		Preflight: (*Machine).preflight, Drain: (*Machine).drain, Backup: (*Machine).backup, Replace: (*Machine).replace, Start: (*Machine).start,
		Retire: (*Machine).retire, Verify: (*Machine).verify, Commit: (*Machine).commit,
		Revive: (*Machine).revive, Dismiss: (*Machine).dismiss, Restore: (*Machine).restore,
	},
	first: Backup, back: (*Machine).toOldMaster,
	judges: []judge{Facts.files, Facts.programs, Facts.masters, Facts.versions},
	fault:  (*Machine).masterFault, serves: (*Machine).masters,
	office: office{
		title: "new master", successor: (*Machine).new, staff: (*Machine).newStaff, leaving: (*Machine).leaving,
	},
}

// single are the stages of a master that stays the same process. Back leads the same
// way, with what was before as the release.
var single = [...]stage{
	Preflight: (*Machine).preflight, Drain: (*Machine).drain, Backup: (*Machine).backup, Replace: (*Machine).replace, Start: (*Machine).turn,
	Retire: (*Machine).outlast, Verify: (*Machine).verify, Commit: (*Machine).conclude,
	Restore: (*Machine).reinstate,
}

// reexec is HAProxy and its binary: the master becomes the release.
var reexec = way{
	stages: single,
	first:  Backup, back: (*Machine).turnBack,
	judges: []judge{Facts.files, Facts.programs, Facts.masters, Facts.versions},
	fault:  (*Machine).masterFault, serves: (*Machine).theMaster,
	office: office{
		title: "master", successor: (*Machine).only, staff: (*Machine).fresh, leaving: (*Machine).former, signal: USR2, runs: true,
	},
}

// reload is nginx and its configuration: the master reads it, and starts other workers.
var reload = way{
	stages: single,
	first:  Backup, back: (*Machine).turnBack,
	judges: []judge{Facts.files, Facts.reader},
	fault:  (*Machine).masterFault, serves: (*Machine).theMaster,
	office: office{
		title: "master", successor: (*Machine).only, staff: (*Machine).fresh, leaving: (*Machine).former, signal: HUP,
	},
}

// commands is the user's own programs.
var commands = way{
	stages: [...]stage{
		Preflight: (*Machine).preflight, Drain: (*Machine).drain, Replace: (*Machine).apply, Verify: (*Machine).prove, Commit: (*Machine).accept,
		Restore: (*Machine).undo,
	},
	first: Replace, back: (*Machine).toUndo,
	judges: []judge{Facts.files},
	fault:  (*Machine).fileFault, serves: (*Machine).theFile,
}
