package upgrade

import (
	"fmt"
	"strings"
	"time"
)

// The stages of nginx whose binary is replaced: two masters are there for a while.

// atOnce is how long the old master may take to answer USR2. By then it has renamed its
// pid file, and it names itself there again as soon as what it started has ended.
const atOnce = 2 * time.Second

// start lets the old master start the new one, and waits until that serves.
func (m *Machine) start(now Instant, in Input) {
	switch in.(type) {
	case entered:
		m.stirred = false
		m.deadline = now.Add(min(atOnce, m.patience))
		if m.new() == nil {
			m.send(USR2, m.old().itself()...)
		}

	case Seen:
		n := m.new()
		idle := n == nil && m.old() != nil && m.seen.PIDFile == m.old().PID
		switch {
		case m.unready() == "":
			m.rec.Successor = n.Process
			m.muster()
			m.enter(now, Retire, "")
		case n == nil && m.stranger() != 0, n != nil && len(n.Deaf) > 0 && len(n.serving()) > 0 && m.seen.PIDFile == n.PID:
			m.fail(now, m.unready())
		case idle && m.stirred:
			m.fail(now, "what USR2 has started has ended: no new master runs")
		default:
			m.stirred = m.stirred || !idle
		}

	case Timeout:
		if !m.again && m.stirred && m.patience > atOnce {
			m.again, m.deadline = true, now.Add(m.patience-atOnce)
			return
		}
		m.fail(now, fmt.Sprintf("%s after %v", m.unready(), m.startTime()))
	}
}

// startTime is how long start has waited when its time is over.
func (m *Machine) startTime() time.Duration {
	if m.again {
		return m.patience
	}
	return min(atOnce, m.patience)
}

// retire lets the old workers finish their connections, for worker_timeout at most.
func (m *Machine) retire(now Instant, in Input) {
	m.outlast(now, in)
	if _, first := in.(entered); first && m.way.fault(m) == "" { // what serves alone is not taken away
		m.send(WINCH, m.old().itself()...)
		m.send(QUIT, m.orphans(m.rec.Old.SHA256)...)
	}
}

// commit ends the old master: from here on there is no way back that costs nothing.
func (m *Machine) commit(now Instant, in Input) {
	switch in.(type) {
	case entered:
		if m.way.fault(m) == "" {
			m.send(QUIT, m.old().itself()...)
		}

	case Seen:
		switch n := m.new(); {
		case n == nil:
			m.fail(now, m.way.fault(m))
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

// stranger returns the number of a master that runs neither build; 0: there is none.
func (m *Machine) stranger() int {
	for _, s := range m.seen.Masters {
		if s.SHA256 != "" && s.SHA256 != m.rec.Old.SHA256 && s.SHA256 != m.rec.New.SHA256 {
			return s.PID
		}
	}
	return 0
}

// leaving returns the workers of the old build that are there still.
func (m *Machine) leaving() (all []Process) {
	if old := m.old(); old != nil {
		for _, w := range old.Workers {
			all = append(all, w.Process)
		}
	}
	return append(all, m.orphans(m.rec.Old.SHA256)...)
}

// orphans returns the workers without a master that run a build.
func (m *Machine) orphans(sha256 string) (all []Process) {
	for _, w := range m.seen.Orphans {
		if w.SHA256 == sha256 {
			all = append(all, w.Process)
		}
	}
	return all
}

// unready says what the new master lacks, in words; empty: nothing.
func (m *Machine) unready() string {
	n := m.new()
	switch {
	case n == nil && m.stranger() != 0:
		return fmt.Sprintf("the new master %d does not run %s", m.stranger(), m.rec.Upgrade.File())
	case n == nil:
		return "no new master runs"
	case m.seen.PIDFile != n.PID:
		return fmt.Sprintf("the new master %d is not in %s", n.PID, m.rec.Upgrade.PIDFile())
	case len(n.serving()) == 0:
		return fmt.Sprintf("the new master %d has no workers", n.PID)
	case len(n.Deaf) > 0:
		return fmt.Sprintf("the new master %d does not listen on %s, as the old one does", n.PID, strings.Join(n.Deaf, " "))
	}
	return ""
}

// newStaff returns the workers of the new master that take connections.
func (m *Machine) newStaff() []Worker {
	if n := m.new(); n != nil {
		return n.serving()
	}
	return nil
}
