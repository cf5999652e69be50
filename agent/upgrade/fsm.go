package upgrade

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// The functions below are the stages in their order, each with all that it hears. A
// stage that is entered records itself and acts; entered again after a kill, it does
// the same by what is seen now.

// Step tells m that in happened at now.
func (m *Machine) Step(now Instant, in Input) Result {
	m.effects = nil
	if m.outcome == nil {
		m.step(now, in)
	}
	return Result{m.effects, m.deadline}
}

// step hears what concerns every stage, and leaves the rest to the one that it is at.
func (m *Machine) step(now Instant, in Input) {
	switch in := in.(type) {
	case Begin:
		m.rec.Spare = in.Spare
		m.deadline = now.Add(m.patience)
		m.do(Transitioned{To: Preflight}, Inspect{m.rec.Upgrade})
		return

	case Seen:
		if m.acting {
			return
		}
		m.seen = in.Observation
		m.well = m.well || m.seen.Checks.Health == Up
		if m.resuming {
			m.resume(now)
			return
		}

	case Did:
		m.acting = false
		if in.Err != "" {
			m.fail(now, in.Err)
			return
		}

	case Timeout:
		if m.acting || m.resuming || m.deadline == Never || now < m.deadline {
			return
		}

	case Abort:
		if m.resuming {
			m.unwanted = in.Cause
		} else if m.abortable() {
			m.fail(now, in.Cause)
		}
		return
	}
	m.at(now, in)
}

// abortable reports whether an abort leads back: not from the way back, nor from Commit,
// nor from what has no way back.
func (m *Machine) abortable() bool {
	return !m.rec.Stage.back() && !m.rec.Reverse && m.rec.Stage != Commit && (m.rec.Stage <= Drain || !m.rec.OneWay())
}

// at tells the stage.
func (m *Machine) at(now Instant, in Input) {
	m.way.stages[m.rec.Stage](m, now, in)
}

// enter goes on to a stage.
func (m *Machine) enter(now Instant, s Stage, cause string) {
	m.do(Transitioned{From: m.rec.Stage, To: s, Cause: cause})
	again := s == m.rec.Stage
	m.rec.Stage = s
	m.deadline, m.again, m.good, m.waiting = now.Add(m.patience), false, false, ""
	m.do(Save{Record: m.rec, Must: !s.back() && !m.rec.Reverse})
	m.at(now, entered{again})
	m.acting = m.outcome == nil
}

// resume enters the recorded stage again, or goes back from it when that has been asked
// for meanwhile. Where no master is, the host may have been started again, and this
// process before the master: one is waited for, since it will run what is there. The workers that the new master has now
// are those that it began with, as far as can be known; it may be another master
// than the recorded one, of the same build, after the host was started again.
func (m *Machine) resume(now Instant) {
	if m.way.successor != nil && len(m.seen.Masters) == 0 {
		if m.deadline == Never {
			m.deadline = now.Add(m.patience)
		}
		if now < m.deadline {
			m.wait("a master to be started: none runs")
			return
		}
	}
	m.resuming = false
	if m.way.successor != nil {
		m.muster()
		if n := m.way.successor(m); n != nil && m.rec.Successor.PID > 0 {
			m.rec.Successor = n.Process
		}
	}
	if m.unwanted != "" && m.abortable() {
		m.fail(now, m.unwanted)
		return
	}
	m.enter(now, m.rec.Stage, "resumed")
}

// preflight looks, and touches nothing.
func (m *Machine) preflight(now Instant, in Input) {
	switch in := in.(type) {
	case Inspected:
		u, f := m.rec.Upgrade, in.Facts
		if f.Current(u) {
			m.finish(Current, called(u.Release)+" runs already")
			return
		}
		if why := f.refusal(m.way, u); why != "" {
			m.finish(Refused, why)
			return
		}
		if f.Package != "" {
			m.do(Noted{fmt.Sprintf("%s belongs to the package %s, which may replace it at any time", u.File(), f.Package)})
		}
		if len(f.Missing) > 0 {
			m.do(Noted{fmt.Sprintf("%s lacks %s, which the configuration does without", u.Release.Source, strings.Join(f.Missing, " "))})
		}
		m.rec.Old, m.rec.New = f.builds(u)
		m.rec.Master = f.Master
		m.rec.Listens = f.Listens
		m.seen.Masters = []Master{{Process: f.Master, SHA256: f.Running}}
		m.enter(now, firstOf(m.way, u), "")
	}
}

// backup gives the old file a second name: no byte is copied, and what goes back
// is the very file.
func (m *Machine) backup(now Instant, in Input) {
	switch in.(type) {
	case entered:
		m.do(Keep{Path: m.rec.Upgrade.File(), Backup: m.rec.Old.Source, SHA256: m.rec.Old.SHA256})
	case Did:
		m.enter(now, Replace, "")
	}
}

// replace puts the new file in its place. Nobody runs it yet.
func (m *Machine) replace(now Instant, in Input) {
	switch in.(type) {
	case entered:
		path := m.rec.Upgrade.File()
		if m.rec.Reverse {
			m.do(PutBack{Path: path, Backup: m.rec.New.Source, SHA256: m.rec.New.SHA256})
		} else {
			m.do(Install{Source: m.rec.New.Source, Path: path, SHA256: m.rec.New.SHA256})
		}
	case Seen: // the masters, for the first time
		m.rec.Former = m.present()
		m.enter(now, Start, "")
	}
}

// outlast waits until the workers of before have finished their connections, for
// worker_timeout at most.
func (m *Machine) outlast(now Instant, in Input) {
	switch in.(type) {
	case entered:
		m.deadline = now.Add(m.workerTimeout())

	case Seen:
		if why := cmp.Or(m.way.fault(m), m.sickened()); why != "" {
			m.fail(now, why)
			return
		}
		if left := len(m.way.leaving(m)); left > 0 {
			m.wait(fmt.Sprintf("%s, %s", count(left, "old worker"), count(m.seen.Connections, "connection")))
			return
		}
		m.outlasted(now)

	case Timeout:
		left := m.way.leaving(m)
		if !m.again {
			m.do(Noted{fmt.Sprintf("%s, with %s, ended after %v", count(len(left), "old worker"), count(m.seen.Connections, "connection"), m.workerTimeout())})
			m.insist(now, TERM, left...)
			return
		}
		m.do(Noted{count(len(left), "old worker") + " cannot be ended"})
		m.outlasted(now)
	}
}

// outlasted goes on when the workers of before have gone. Workers of the release that
// have come meanwhile count, too. What ran before is good enough: it is not verified when
// it is brought back.
func (m *Machine) outlasted(now Instant) {
	m.muster()
	if m.rec.Reverse {
		m.enter(now, Commit, "")
		return
	}
	m.enter(now, Verify, "")
}

// verify watches for as long as the release has to be good. An old master
// waits without workers meanwhile.
func (m *Machine) verify(now Instant, in Input) {
	soak := time.Duration(m.rec.Upgrade.Verify.Soak) * time.Millisecond
	switch in.(type) {
	case Seen:
		switch why := m.way.fault(m); {
		case why != "":
			m.fail(now, why)
		case !m.good && m.seen.Checks.Health == Up:
			m.good, m.since = true, now
			m.deadline = now.Add(soak)
			if soak == 0 {
				m.enter(now, Commit, "")
			}
		case !m.good && m.sickened() != "":
			m.fail(now, m.sickened())
		case m.good && m.seen.Checks.Health != Up:
			m.fail(now, fmt.Sprintf("after %v: %s", now.Sub(m.since).Round(time.Millisecond), m.seen.Checks.Cause))
		case !m.good:
			m.wait(m.seen.Checks.Cause)
		}

	case Timeout:
		if m.good {
			m.enter(now, Commit, "")
			return
		}
		m.fail(now, fmt.Sprintf("not up %v after the switch: %s", m.patience, m.seen.Checks.Cause))
	}
}
