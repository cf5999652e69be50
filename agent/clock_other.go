//go:build !linux

package agent

import (
	"time"

	"hactl/agent/vrrp"
)

// clock counts from the agent's start. Agents run on Linux only; elsewhere this
// serves whoever uses the rest of the package.
type clock struct{ start time.Time }

// startClock returns a clock that is a little past zero, since vrrp.Never is
// zero.
func startClock() clock { return clock{time.Now().Add(-time.Nanosecond)} }

// clockFrom returns a clock that has just begun: nothing is handed over here.
func clockFrom(time.Duration) clock { return startClock() }

// origin is 0.
func (c clock) origin() time.Duration { return 0 }

// now returns the time since the start.
func (c clock) now() vrrp.Instant { return vrrp.Instant(time.Since(c.start)) }
