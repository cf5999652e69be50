package upgrade

import (
	"fmt"
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
