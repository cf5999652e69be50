package upgrade

import "fmt"

// The stages of nginx whose binary is replaced: two masters are there for a while.

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
