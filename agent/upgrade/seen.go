package upgrade

import (
	"fmt"
	"slices"
)

// Observation is what is there at one moment.
type Observation struct {
	// Masters are the masters that run: those of the pid file and its .oldbin, those
	// that the record names, and what they have started that runs another file than
	// they. The one that has run longest comes first.
	Masters []Master

	PIDFile int // the process number in the pid file; 0: there is none

	// Orphans are workers that run one of the record's two builds, whose master has
	// gone, and that take connections from a socket of one of the Masters.
	Orphans []Worker

	// Connections are those of workers that finish; -1: not counted.
	Connections int

	Checks Checks
	Away   Away // looked at where the stage is Drain

	File string // the SHA-256 of what is at the path of Exec's binary; empty: there is nothing, or it is of no Exec
}

// Master is a process that has workers, or is about to.
type Master struct {
	Process
	SHA256  string   // of the file that it runs; empty: it has just ended
	Workers []Worker // its own, by number

	// Deaf are the addresses that its predecessor listens on, and it does not; of a
	// single master, those of the record that no new worker listens on.
	Deaf []string

	Complaint string // nginx's: why it refuses a configuration, in its words; empty: it has said nothing since it was signalled
	Waits     bool   // HAProxy's: it has started the workers that it could, and waits
}

// Worker is a process that serves.
type Worker struct {
	Process
	SHA256    string // of the file that it runs
	Finishing bool   // it takes no new connections
}

// Checks is what the named checks say together.
type Checks struct {
	Health Health
	Cause  string // which check says so, and why, in words; empty when all are up
}

// Health is the state of all checks together.
type Health uint8

// The states. No checks at all are Up.
const (
	Unknown Health = iota // none is down, and not all are up
	Up
	Unwell // at least one is down
)

// old returns the master that runs what ran before; nil: there is none.
func (m *Machine) old() *Master { return m.running(m.rec.Old.SHA256) }

// new returns the master that runs the release; nil: there is none.
func (m *Machine) new() *Master { return m.running(m.rec.New.SHA256) }

// running returns the first master that runs a file of that hash.
func (m *Machine) running(sha256 string) *Master {
	i := slices.IndexFunc(m.seen.Masters, func(s Master) bool { return s.SHA256 == sha256 })
	if i < 0 {
		return nil
	}
	return &m.seen.Masters[i]
}

// itself returns the process of a master, of which there may be none.
func (s *Master) itself() []Process {
	if s == nil {
		return nil
	}
	return []Process{s.Process}
}

// serving returns the workers of a master that take connections.
func (s *Master) serving() (all []Worker) {
	for _, w := range s.Workers {
		if !w.Finishing {
			all = append(all, w)
		}
	}
	return all
}

// masterFault says why the master of the release is not what it was when it had
// become ready, in words; empty: it is.
func (m *Machine) masterFault() string {
	n := m.way.successor(m)
	if n == nil || n.Process != m.rec.Successor {
		return fmt.Sprintf("the %s %d has ended", m.way.title, m.rec.Successor.PID)
	}
	for _, w := range m.crew {
		if !slices.ContainsFunc(n.Workers, func(is Worker) bool { return is.Process == w }) {
			return fmt.Sprintf("worker %d of the %s has ended", w.PID, m.way.title)
		}
	}
	if m.seen.PIDFile != n.PID {
		return fmt.Sprintf("%s names %d, not the %s %d", m.rec.Upgrade.PIDFile(), m.seen.PIDFile, m.way.title, n.PID)
	}
	return ""
}

// sickened says which check has gone down since the upgrade began, in words; empty:
// none. The user's own commands may stop a server for a moment; what hands its sockets
// over has no reason to fail a check.
func (m *Machine) sickened() string {
	if m.way.successor == nil || m.rec.Reverse || !m.well || m.seen.Checks.Health != Unwell {
		return ""
	}
	return m.seen.Checks.Cause
}

// muster notes the workers of the release, whose end would be a fault.
func (m *Machine) muster() {
	m.crew = nil
	for _, w := range m.way.staff(m) {
		m.crew = append(m.crew, w.Process)
	}
}

// present returns all workers.
func (m *Machine) present() (all []Process) {
	for _, s := range m.seen.Masters {
		for _, w := range s.Workers {
			all = append(all, w.Process)
		}
	}
	return all
}
