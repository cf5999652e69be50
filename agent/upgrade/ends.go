package upgrade

import "fmt"

// fail decides, by the point of the failure, which way leads back.
func (m *Machine) fail(now Instant, cause string) {
	on := !m.rec.Stage.back() && !m.rec.Reverse // it has gone forward until now
	if on {
		m.rec.Cause = cause
	}
	switch {
	case m.rec.Stage == Preflight:
		m.finish(Refused, cause)
	case on && m.rec.Stage < Start: // no master has been told anything
		m.enter(now, Restore, cause)
	case on && m.old() != nil:
		m.enter(now, Revive, cause)
	case m.rec.Reverse, m.rec.Stage == Restore, m.old() != nil: // the way back has failed
		m.stuck(cause)
	case m.new() != nil:
		m.reverse(now, cause)
	default:
		m.enter(now, Restore, cause)
	}
}

// reverse brings back what ran before, whose master is gone, as if it were the
// release: the master of the release starts it.
func (m *Machine) reverse(now Instant, cause string) {
	m.rec.Master, m.rec.Successor, m.rec.Reverse = m.new().Process, Process{}, true
	m.rec.Old, m.rec.New = m.rec.New, m.rec.Old
	m.enter(now, Replace, cause+"; the old master is gone")
}

// finish ends the upgrade. The backup goes when what it holds is not needed any more.
func (m *Machine) finish(v Verdict, text string) {
	f := Finish{Outcome: Outcome{v, text}}
	if v == Committed {
		f.Backup = m.rec.Old.Source
	}
	m.do(f)
	m.outcome, m.deadline = &f.Outcome, Never
}

// stuck ends an upgrade that can go neither on nor back.
func (m *Machine) stuck(text string) {
	if m.rec.Cause != "" {
		text = m.rec.Cause + "; then: " + text
	}
	m.finish(Stuck, text+"; "+m.serves())
}

// serves says which versions are there, in words.
func (m *Machine) serves() string {
	switch old, n := m.old(), m.new(); {
	case old != nil && n != nil:
		return fmt.Sprintf("masters of version %s (%d) and of version %s (%d) run", m.rec.Old.Version, old.PID, m.rec.New.Version, n.PID)
	case old != nil:
		return fmt.Sprintf("a master of version %s (%d) runs", m.rec.Old.Version, old.PID)
	case n != nil:
		return fmt.Sprintf("a master of version %s (%d) runs", m.rec.New.Version, n.PID)
	}
	return "no master runs"
}
