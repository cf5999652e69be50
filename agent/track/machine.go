package track

import (
	"time"

	"hactl/agent/node"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// Machine is the arithmetic of one check: (state, instant, result) -> (state,
// instant of the next run). It never has two runs under way.
type Machine struct {
	interval   time.Duration
	fall, rise int

	health node.Health
	first  bool // nothing is known: the next result decides, whatever fall and rise say
	streak int  // results in a row that speak against health

	begun vrrp.Instant // of the last run
	next  vrrp.Instant // when the next one is due; vrrp.Never while one is under way
}

// NewMachine returns a machine whose first run is due at first, not
// vrrp.Never. Known is what is known of the check before it.
func NewMachine(c plan.Check, known node.Health, first vrrp.Instant) *Machine {
	return &Machine{
		interval: time.Duration(c.Interval) * time.Millisecond,
		fall:     c.Fall, rise: c.Rise,
		health: known, first: known == node.Unknown,
		next: first,
	}
}

// Deadline returns when the next run is due; vrrp.Never while one is under way.
func (m *Machine) Deadline() vrrp.Instant { return m.next }

// Health returns what the results so far say.
func (m *Machine) Health() node.Health { return m.health }

// Streak returns how many results in a row speak against Health.
func (m *Machine) Streak() int { return m.streak }

// Begin says that a run begins. It panics when one is under way.
func (m *Machine) Begin(now vrrp.Instant) {
	if m.next == vrrp.Never {
		panic("track: two runs of one check at once")
	}
	m.begun, m.next = now, vrrp.Never
}

// End says how the run went that is under way, and reports whether Health has
// changed. The next run is due an interval after the beginning of this one, at
// once when that has passed.
func (m *Machine) End(now vrrp.Instant, ok bool) (changed bool) {
	m.next = max(now, m.begun.Add(m.interval))
	result, needed := node.Up, m.rise
	if !ok {
		result, needed = node.Down, m.fall
	}
	if result == m.health {
		m.streak, m.first = 0, false
		return false
	}
	if m.streak++; m.streak < needed && !m.first {
		return false
	}
	m.health, m.streak, m.first = result, 0, false
	return true
}

// breath is how soon after the last run one may be hurried: what changes all the
// time does not make it run all the time.
const breath = 100 * time.Millisecond

// Hurry makes the next run due as soon as may be, unless one is under way: the
// kernel has said that something changed.
func (m *Machine) Hurry(now vrrp.Instant) {
	if m.next != vrrp.Never {
		m.next = min(m.next, max(now, m.begun.Add(breath)))
	}
}
