package upgrade

import (
	"fmt"
	"time"

	"hactl/schemas/plan"
)

// The stages of the user's own programs. One that was running when this process was
// killed is run again.

// Back returns an upgrade to what ran before, as a History knows it. The user's own
// commands go there by the one to roll back, and find no source.
func Back(u plan.Upgrade, before plan.Build) plan.Upgrade {
	u.Release = before
	if u.Exec != nil {
		x := *u.Exec
		x.Apply, x.Verify = x.Rollback, nil
		u.Exec = &x
	}
	return u
}

// apply makes the release run.
func (m *Machine) apply(now Instant, in Input) {
	switch in.(type) {
	case entered:
		m.run(now, m.rec.Upgrade.Exec.Apply)
	case Seen:
		if why := m.fileFault(); why != "" {
			m.fail(now, m.rec.Upgrade.Exec.Apply[0]+" has succeeded, but "+why)
			return
		}
		m.enter(now, Verify, "")
	}
}

// prove asks the release whether it is good, and then watches.
func (m *Machine) prove(now Instant, in Input) {
	argv := m.rec.Upgrade.Exec.Verify
	switch in.(type) {
	case entered:
		if len(argv) > 0 {
			m.run(now, argv)
		}
	case Did:
		m.deadline = now.Add(m.patience)
	default:
		m.verify(now, in)
	}
}

// accept ends the upgrade.
func (m *Machine) accept(now Instant, in Input) {
	if _, looked := in.(Seen); !looked {
		return
	}
	if why := m.fileFault(); why != "" {
		m.fail(now, why)
		return
	}
	m.finish(Committed, called(m.rec.New)+" runs")
}

// toUndo decides the way back. Of what goes back itself there is none.
func (m *Machine) toUndo(now Instant, cause string, on bool) {
	if on && !m.rec.OneWay() {
		m.enter(now, Restore, cause)
		return
	}
	m.stuck(cause)
}

// undo makes what was before run again.
func (m *Machine) undo(now Instant, in Input) {
	switch in.(type) {
	case entered:
		m.run(now, m.rec.Upgrade.Exec.Rollback)
	case Seen:
		if m.seen.File != m.rec.Old.SHA256 {
			m.stuck(m.rec.Upgrade.Exec.Rollback[0] + " has succeeded")
			return
		}
		m.finish(Reverted, m.rec.Cause+"; what was there before is back")
	}
}

// run runs a command, which has the time that the plan gives.
func (m *Machine) run(now Instant, argv []string) {
	timeout := time.Duration(m.rec.Upgrade.Exec.Timeout) * time.Millisecond
	m.deadline = now.Add(timeout)
	m.wait(argv[0])
	m.do(Run{Argv: argv, Stage: m.rec.Stage, Timeout: timeout})
}

// fileFault says what is there instead of the release, in words; empty: nothing.
func (m *Machine) fileFault() string {
	if m.seen.File == m.rec.New.SHA256 {
		return ""
	}
	return m.theFile() + ", which is not the release"
}

// theFile says what is there, in words.
func (m *Machine) theFile() string {
	path := m.rec.Upgrade.File()
	if m.seen.File == "" {
		return path + " cannot be read"
	}
	return fmt.Sprintf("%s has the sha256 %s", path, m.seen.File)
}
