package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The stages of a master that stays the same process while its workers change:
// HAProxy, which becomes another program at USR2, and nginx, which reads another
// configuration at HUP.

// inFlight is how long a signal has to show that it was heard: one that may have been
// sent before a kill, or one to HAProxy, which does not hear any while it starts.
const inFlight = 2 * time.Second

// rebinding is how long nginx tries to get an address that another program has, and
// complains. It tries five times.
const rebinding = 4 * time.Second

// supervised is how long whoever supervises a master that has died may take to start
// another one.
const supervised = 10 * time.Second

// turn lets the master start workers of the release, and waits until these serve. The
// workers of before go on until then.
func (m *Machine) turn(now Instant, in Input) {
	switch in := in.(type) {
	case entered:
		m.stirred, m.again = false, !in.again && !m.way.runs
		if !m.again {
			m.deadline = now.Add(min(inFlight, m.patience))
		}
		if !in.again {
			m.send(m.way.signal, m.only().itself()...)
		}

	case Seen:
		switch why := m.unturned(); {
		case why == "":
			m.rec.Successor = m.only().Process
			m.muster()
			m.enter(now, Retire, "")
		case m.hopeless():
			m.fail(now, why)
		case m.only().Complaint != "" && !m.stirred:
			m.stirred, m.deadline = true, min(m.deadline, now.Add(rebinding))
		}

	case Timeout:
		switch {
		case m.stirred:
			m.fail(now, m.unturned())
		case m.again:
			m.fail(now, fmt.Sprintf("%s after %v", m.unturned(), m.patience))
		case m.moved():
			m.again, m.deadline = true, now.Add(m.patience)
		default:
			m.insist(now, m.way.signal, m.only().itself()...)
		}
	}
}

// unturned says what the master lacks, in words; empty: nothing.
func (m *Machine) unturned() string {
	switch s := m.only(); {
	case s == nil:
		return fmt.Sprintf("the master %d has ended", m.rec.Master.PID)
	case m.way.runs && s.SHA256 != m.rec.New.SHA256:
		return fmt.Sprintf("the master %d does not run %s as it is now", s.PID, m.rec.Upgrade.File())
	case len(m.fresh()) == 0 && s.Waits:
		return fmt.Sprintf("the master %d could not start workers of %s; those of before serve on", s.PID, called(m.rec.New))
	case len(m.fresh()) == 0 && m.way.runs:
		return fmt.Sprintf("the master %d has no new workers", s.PID)
	case len(m.fresh()) == 0 && s.Complaint != "":
		return fmt.Sprintf("nginx refuses %s: %s; the workers of before serve on", m.rec.Upgrade.File(), s.Complaint)
	case len(m.fresh()) == 0:
		return fmt.Sprintf("the master %d has no workers by %s, for which its error log has the reason; those of before serve on", s.PID, m.rec.Upgrade.File())
	case m.seen.PIDFile != s.PID:
		return fmt.Sprintf("%s names %d, not the master %d", m.rec.Upgrade.PIDFile(), m.seen.PIDFile, s.PID)
	case len(s.Deaf) > 0 && !m.rec.Reverse:
		return fmt.Sprintf("the new workers do not listen on %s, as those of before did", strings.Join(s.Deaf, " "))
	}
	return ""
}

// hopeless reports whether what the master lacks will not come.
func (m *Machine) hopeless() bool {
	s := m.only()
	if s == nil {
		return true
	}
	if len(m.fresh()) == 0 {
		return m.moved() && s.Waits
	}
	return m.moved() && len(s.Deaf) > 0 && !m.rec.Reverse
}

// conclude looks once more: nothing is left that would have to end.
func (m *Machine) conclude(now Instant, in Input) {
	if _, looked := in.(Seen); !looked {
		return
	}
	switch why := m.way.fault(m); {
	case why != "":
		m.fail(now, why)
	case m.rec.Reverse:
		m.finish(Reverted, m.rec.Cause+"; "+called(m.rec.New)+" serves again")
	default:
		m.finish(Committed, called(m.rec.New)+" serves")
	}
}

// turnBack decides the way back: a master that has not been told anything needs its
// file only; one that has goes the same way again.
func (m *Machine) turnBack(now Instant, cause string, on bool) {
	switch {
	case m.rec.Stage == Restore, !on && m.only() != nil: // the way back has failed
		m.stuck(cause)
	case on && m.rec.Stage < Start, on && m.unmoved(), m.only() == nil:
		m.enter(now, Restore, cause)
	default:
		m.reverse(now, m.only().Process, cause)
	}
}

// unmoved reports whether the master still runs what it ran.
func (m *Machine) unmoved() bool {
	return m.way.runs && m.only() != nil && m.only().SHA256 == m.rec.Old.SHA256
}

// moved reports whether the master is seen to run the release.
func (m *Machine) moved() bool {
	return m.way.runs && m.only() != nil && m.only().SHA256 == m.rec.New.SHA256
}

// reinstate puts the old file back in its place, where the master has not been told
// of the release, or has died. Whoever supervises it may start another one, by
// either file.
func (m *Machine) reinstate(now Instant, in Input) {
	old := m.before()
	s := m.only()
	switch in.(type) {
	case entered:
		m.deadline = now.Add(min(supervised, m.patience))
		m.do(PutBack{Path: m.rec.Upgrade.File(), Backup: old.Source, SHA256: old.SHA256})

	case Seen:
		switch {
		case s == nil || len(s.Workers) == 0: // it may come
		case s.SHA256 == old.SHA256, !m.way.runs && s.Process == m.rec.Master:
			m.finish(Reverted, m.rec.Cause+"; "+called(old)+" serves")
		case !m.rec.Reverse:
			m.reverse(now, s.Process, m.rec.Cause+"; another master has been started")
		}

	case Timeout:
		if s == nil {
			m.finish(Down, m.rec.Cause+"; no master is left, "+m.rec.Upgrade.File()+" is that of "+called(old)+" again: start it")
			return
		}
		m.stuck(fmt.Sprintf("the master %d does not serve by %s of %s", s.PID, m.rec.Upgrade.File(), called(old)))
	}
}

// only returns the master; nil: it has ended.
func (m *Machine) only() *Master {
	if len(m.seen.Masters) == 0 {
		return nil
	}
	return &m.seen.Masters[0]
}

// fresh returns the master's workers that were not there before it was signalled.
func (m *Machine) fresh() (all []Worker) {
	if s := m.only(); s != nil {
		for _, w := range s.serving() {
			if !slices.Contains(m.rec.Former, w.Process) {
				all = append(all, w)
			}
		}
	}
	return all
}

// former returns the master's workers that were.
func (m *Machine) former() (all []Process) {
	if s := m.only(); s != nil {
		for _, w := range s.Workers {
			if w.Finishing || slices.Contains(m.rec.Former, w.Process) {
				all = append(all, w.Process)
			}
		}
	}
	return all
}

// theMaster says who is there, in words.
func (m *Machine) theMaster() string {
	s := m.only()
	if s == nil {
		return "no master runs"
	}
	return fmt.Sprintf("the master %d runs, with %s", s.PID, count(len(s.Workers), "worker"))
}
