package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Away is how far the vips of an upgrade have gone from the host. Those of an upgrade
// without any are away.
type Away struct {
	Held   bool          // the host stands aside for them
	Here   []string      // those that it is Active for nevertheless, in order
	Within time.Duration // how long they may take to be Active elsewhere, once the host stands aside
	Left   int           // connections to their addresses; -1: not counted
}

// drain waits until the vips are Active elsewhere, ends the connections to their
// addresses, and waits until those have gone, for drain_timeout at most. Nothing has been
// touched of the program yet: what goes wrong is a refusal. Whoever carries the upgrade out lets the host stand aside
// from this stage on, until it has ended.
func (m *Machine) drain(now Instant, in Input) {
	away := m.seen.Away
	switch in.(type) {
	case entered:
		m.since, m.deadline = now, Never

	case Seen:
		here := strings.Join(away.Here, " ")
		switch {
		case m.deserted():
			m.fail(now, fmt.Sprintf("the master %d has ended meanwhile", m.rec.Master.PID))
		case !away.Held:
			m.since = now
		case here != "" && m.good:
			m.fail(now, here+" has come back: no other host has it any more")
		case here != "":
			m.deadline = m.since.Add(away.Within)
			m.wait("another host to take " + here)
		default:
			m.outflow(now, away.Left)
		}

	case Timeout:
		if !m.good {
			m.fail(now, fmt.Sprintf("%s is still here after %v: no other host takes it", strings.Join(away.Here, " "), away.Within))
			return
		}
		m.do(Noted{fmt.Sprintf("not waited for any longer after %v: %s to %s", m.drainTimeout(), count(away.Left, "connection"), strings.Join(m.rec.Upgrade.Vips, " "))})
		m.enter(now, m.way.first, "")
	}
}

// outflow ends connections when the vips have gone, and waits for that from then on.
func (m *Machine) outflow(now Instant, left int) {
	if !m.good {
		m.good, m.deadline = true, now.Add(m.drainTimeout())
		if left != 0 {
			m.do(Noted{fmt.Sprintf("%s to %s cut, which another host has now", count(left, "connection"), strings.Join(m.rec.Upgrade.Vips, " "))}, Sever{})
			m.acting = true
			return
		}
	}
	if left == 0 {
		m.enter(now, m.way.first, "")
		return
	}
	m.wait(fmt.Sprintf("%s to %s", count(left, "connection"), strings.Join(m.rec.Upgrade.Vips, " ")))
}

// drainTimeout is how long connections may take to end.
func (m *Machine) drainTimeout() time.Duration {
	return time.Duration(m.rec.Upgrade.DrainTimeout) * time.Millisecond
}

// deserted reports whether the master has ended that there was.
func (m *Machine) deserted() bool {
	is := func(s Master) bool { return s.Process == m.rec.Master }
	return m.rec.Master.PID > 0 && !slices.ContainsFunc(m.seen.Masters, is)
}
