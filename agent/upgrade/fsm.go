package upgrade

import (
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
		m.deadline = now.Add(m.patience)
		m.do(Transitioned{To: Preflight}, Inspect{m.rec.Upgrade})
		return

	case Seen:
		if m.acting {
			return
		}
		m.seen = in.Observation
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
		if m.acting || m.deadline == Never || now < m.deadline {
			return
		}

	case Abort:
		if !m.rec.Stage.back() && !m.rec.Reverse && m.rec.Stage != Commit {
			m.fail(now, in.Cause)
		}
		return
	}
	m.at(now, in)
}

// at tells the stage.
func (m *Machine) at(now Instant, in Input) {
	stages := [...]func(*Machine, Instant, Input){
		Preflight: (*Machine).preflight, Backup: (*Machine).backup, Replace: (*Machine).replace, Start: (*Machine).start,
		Retire: (*Machine).retire, Verify: (*Machine).verify, Commit: (*Machine).commit,
		Revive: (*Machine).revive, Dismiss: (*Machine).dismiss, Restore: (*Machine).restore,
	}
	stages[m.rec.Stage](m, now, in)
}

// enter goes on to a stage.
func (m *Machine) enter(now Instant, s Stage, cause string) {
	m.do(Transitioned{From: m.rec.Stage, To: s, Cause: cause})
	m.rec.Stage = s
	m.deadline, m.again, m.good, m.waiting = now.Add(m.patience), false, false, ""
	m.do(Save{Record: m.rec, Must: !s.back() && !m.rec.Reverse})
	m.at(now, entered{})
	m.acting = m.outcome == nil
}

// resume enters the recorded stage again. The workers that the new master has now
// are those that it began with, as far as can be known; it may be another master
// than the recorded one, of the same build, after the host was started again.
func (m *Machine) resume(now Instant) {
	m.resuming = false
	m.muster()
	if n := m.new(); n != nil && m.rec.Successor.PID > 0 {
		m.rec.Successor = n.Process
	}
	m.enter(now, m.rec.Stage, "resumed")
}

// preflight looks, and touches nothing.
func (m *Machine) preflight(now Instant, in Input) {
	switch in := in.(type) {
	case Inspected:
		u, f := m.rec.Upgrade, in.Facts
		if f.current(u) {
			m.finish(Current, "version "+u.Release.Version+" runs already")
			return
		}
		if why := f.Refusal(u); why != "" {
			m.finish(Refused, why)
			return
		}
		if f.Package != "" {
			m.do(Noted{fmt.Sprintf("%s belongs to the package %s, which may replace it at any time", u.Nginx.Binary, f.Package)})
		}
		if len(f.Missing) > 0 {
			m.do(Noted{fmt.Sprintf("%s lacks %s, which the configuration does without", u.Release.Source, strings.Join(f.Missing, " "))})
		}
		m.rec.Old, m.rec.New = f.builds(u)
		m.rec.Master = f.Master
		m.seen.Masters = []Master{{Process: f.Master, SHA256: f.Running}}
		m.enter(now, Backup, "")
	}
}

// backup gives the old binary a second name: no byte is copied, and what goes back
// is the very file.
func (m *Machine) backup(now Instant, in Input) {
	switch in.(type) {
	case entered:
		m.do(Keep{Path: m.rec.Upgrade.Nginx.Binary, Backup: m.rec.Old.Source, SHA256: m.rec.Old.SHA256})
	case Did:
		m.enter(now, Replace, "")
	}
}

// replace puts the new binary in its place. Nobody runs it yet.
func (m *Machine) replace(now Instant, in Input) {
	switch in.(type) {
	case entered:
		path := m.rec.Upgrade.Nginx.Binary
		if m.rec.Reverse {
			m.do(PutBack{Path: path, Backup: m.rec.New.Source, SHA256: m.rec.New.SHA256})
		} else {
			m.do(Install{Source: m.rec.New.Source, Path: path, SHA256: m.rec.New.SHA256})
		}
	case Seen: // the masters, for the first time
		m.enter(now, Start, "")
	}
}

// start lets the old master start the new one, and waits until that serves.
func (m *Machine) start(now Instant, in Input) {
	switch in.(type) {
	case entered:
		if m.new() == nil {
			m.send(USR2, m.old().itself()...)
		}

	case Seen:
		switch n := m.new(); {
		case m.unready() == "":
			m.rec.Successor = n.Process
			m.muster()
			m.enter(now, Retire, "")
		case n == nil && m.stranger() != 0, n != nil && len(n.Deaf) > 0 && len(n.serving()) > 0 && m.seen.PIDFile == n.PID:
			m.fail(now, m.unready())
		}

	case Timeout:
		m.fail(now, fmt.Sprintf("%s after %v", m.unready(), m.patience))
	}
}

// retire lets the old workers finish their connections, for worker_timeout at most.
func (m *Machine) retire(now Instant, in Input) {
	switch in.(type) {
	case entered:
		m.deadline = now.Add(m.workerTimeout())
		if m.fault() == "" { // what serves alone is not taken away
			m.send(WINCH, m.old().itself()...)
			m.send(QUIT, m.orphans(m.rec.Old.SHA256)...)
		}

	case Seen:
		if why := m.fault(); why != "" {
			m.fail(now, why)
			return
		}
		if left := len(m.leaving()); left > 0 {
			m.wait(fmt.Sprintf("%s of the old master, %s", count(left, "worker"), count(m.seen.Connections, "connection")))
			return
		}
		m.enter(now, m.afterRetire(), "")

	case Timeout:
		if !m.again {
			m.do(Noted{fmt.Sprintf("%s of the old master, with %s, ended after %v", count(len(m.leaving()), "worker"), count(m.seen.Connections, "connection"), m.workerTimeout())})
			m.insist(now, TERM, m.leaving()...)
			return
		}
		m.do(Noted{fmt.Sprintf("%s of the old master cannot be ended", count(len(m.leaving()), "worker"))})
		m.enter(now, m.afterRetire(), "")
	}
}

// afterRetire is the stage when the old workers have gone. What ran before is good
// enough: it is not verified when it is brought back.
func (m *Machine) afterRetire() Stage {
	if m.rec.Reverse {
		return Commit
	}
	return Verify
}

// verify watches for as long as the release has to be good. The old master waits
// without workers meanwhile.
func (m *Machine) verify(now Instant, in Input) {
	soak := time.Duration(m.rec.Upgrade.Verify.Soak) * time.Millisecond
	switch in.(type) {
	case Seen:
		switch why := m.fault(); {
		case why != "":
			m.fail(now, why)
		case !m.good && m.seen.Checks.Health == Up:
			m.good, m.since = true, now
			m.deadline = now.Add(soak)
			if soak == 0 {
				m.enter(now, Commit, "")
			}
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

// commit ends the old master: from here on there is no way back that costs nothing.
func (m *Machine) commit(now Instant, in Input) {
	switch in.(type) {
	case entered:
		if m.fault() == "" {
			m.send(QUIT, m.old().itself()...)
		}

	case Seen:
		switch n := m.new(); {
		case n == nil:
			m.fail(now, m.fault())
		case m.old() == nil && m.rec.Reverse:
			m.finish(Reverted, fmt.Sprintf("%s; version %s serves again, by a master of its own", m.rec.Cause, m.rec.New.Version))
		case m.old() == nil:
			m.finish(Committed, fmt.Sprintf("version %s serves", m.rec.New.Version))
		}

	case Timeout:
		if !m.again {
			m.insist(now, TERM, m.old().itself()...)
			return
		}
		m.stuck("the old master does not end")
	}
}
