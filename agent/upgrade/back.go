package upgrade

import (
	"time"

	"hactl/schemas/plan"
)

// The way back: which one it is, and its stages.

// fail decides, by the point of the failure, which way leads back.
func (m *Machine) fail(now Instant, cause string) {
	if m.rec.Stage <= Drain {
		m.finish(Refused, cause)
		return
	}
	on := !m.rec.Stage.back() && !m.rec.Reverse // it has gone forward until now
	if on {
		m.rec.Cause = cause
	}
	m.way.back(m, now, cause, on)
}

// reverse brings back what ran before as if it were the release: the master that is
// there turns to it.
func (m *Machine) reverse(now Instant, master Process, cause string) {
	m.rec.Master, m.rec.Successor, m.rec.Reverse = master, Process{}, true
	m.rec.Old, m.rec.New = m.rec.New, m.rec.Old
	m.enter(now, Replace, cause)
}

// before returns what ran before all this.
func (m *Machine) before() plan.Build {
	if m.rec.Reverse {
		return m.rec.New
	}
	return m.rec.Old
}

// toOldMaster decides the way back where the old master may be there still.
func (m *Machine) toOldMaster(now Instant, cause string, on bool) {
	switch {
	case on && m.rec.Stage < Start: // no master has been told anything
		m.enter(now, Restore, cause)
	case on && m.old() != nil:
		m.enter(now, Revive, cause)
	case m.rec.Reverse, m.rec.Stage == Restore, m.old() != nil: // the way back has failed
		m.stuck(cause)
	case m.new() != nil:
		m.reverse(now, m.new().Process, cause+"; the old master is gone")
	default:
		m.enter(now, Restore, cause)
	}
}

// revive gives the old master its workers back. One whose successor has died does
// that by itself, and would read its configuration anew if it was told.
func (m *Machine) revive(now Instant, in Input) {
	old := m.old()
	switch in.(type) {
	case entered:
		if old != nil && len(old.serving()) == 0 && m.new() != nil {
			m.send(HUP, old.itself()...)
			m.again = true
		} else {
			m.deadline = now.Add(min(time.Second, m.patience))
		}

	case Seen:
		switch {
		case old == nil:
			m.fail(now, "the old master has ended, too")
		case len(old.serving()) > 0:
			m.enter(now, Dismiss, "")
		}

	case Timeout:
		if !m.again {
			m.insist(now, HUP, old.itself()...)
			return
		}
		m.stuck("the old master starts no workers")
	}
}

// dismiss ends the new master, whose workers finish their connections, and what it
// has left behind, while the old one serves.
func (m *Machine) dismiss(now Instant, in Input) {
	old := m.old()
	switch in.(type) {
	case entered:
		m.deadline = now.Add(m.workerTimeout())
		if old != nil && len(old.serving()) > 0 {
			m.send(QUIT, m.dismissed()...)
		}

	case Seen:
		switch {
		case old == nil:
			m.fail(now, "the old master has ended, too")
		case len(old.serving()) == 0:
			m.enter(now, Revive, "the old master has no workers again")
		case len(m.dismissed()) == 0:
			m.enter(now, Restore, "")
		}

	case Timeout:
		if !m.again {
			m.insist(now, TERM, m.dismissed()...)
			return
		}
		m.stuck("the new master does not end")
	}
}

// dismissed are the masters that are not the old one, and their orphaned workers.
func (m *Machine) dismissed() (all []Process) {
	for _, s := range m.seen.Masters {
		if s.SHA256 != m.rec.Old.SHA256 {
			all = append(all, s.Process)
		}
	}
	return append(all, m.orphans(m.rec.New.SHA256)...)
}

// restore puts the old binary back in its place, and sees that all is as it was. Where no
// master is left, whoever supervises it may start one, by either binary.
func (m *Machine) restore(now Instant, in Input) {
	switch in.(type) {
	case entered:
		if m.old() == nil {
			m.deadline = now.Add(min(supervised, m.patience))
		}
		m.do(PutBack{Path: m.rec.Upgrade.File(), Backup: m.rec.Old.Source, SHA256: m.rec.Old.SHA256})

	case Seen:
		switch old := m.old(); {
		case old == nil && m.new() != nil:
			m.reverse(now, m.new().Process, m.rec.Cause+"; another master has been started")
		case old == nil:
			m.wait("a master to be started: none runs")
		case m.seen.PIDFile == old.PID:
			m.finish(Reverted, m.rec.Cause+"; version "+m.rec.Old.Version+" serves")
		}

	case Timeout:
		if m.old() == nil {
			m.finish(Down, m.rec.Cause+"; no master is left, the binary of version "+m.rec.Old.Version+" is back: start it")
			return
		}
		m.stuck(m.rec.Upgrade.PIDFile() + " does not name the old master")
	}
}
