package upgrade

import (
	"fmt"

	"hactl/schemas/plan"
)

// Finish is how an upgrade of that outcome ends. After a commit what ran before is kept,
// and what was kept until then goes.
func (r Record) Finish(o Outcome) Finish {
	f := Finish{Outcome: o}
	if o.Verdict == Committed {
		f.Backup = r.Spare
	}
	return f
}

// finish ends the upgrade.
func (m *Machine) finish(v Verdict, text string) {
	f := m.rec.Finish(Outcome{v, text})
	m.do(f)
	m.outcome, m.deadline = &f.Outcome, Never
}

// stuck ends an upgrade that can go neither on nor back.
func (m *Machine) stuck(text string) {
	if m.rec.Cause != "" {
		text = m.rec.Cause + "; then: " + text
	}
	m.finish(Stuck, text+"; "+m.way.serves(m))
}

// masters says which versions are there, in words.
func (m *Machine) masters() string {
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

// called names a build in words. What a configuration of before was called nobody knows.
func called(b plan.Build) string {
	if b.Version == "" {
		return "what was there before"
	}
	return "version " + b.Version
}
