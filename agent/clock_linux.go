package agent

import (
	"time"

	"golang.org/x/sys/unix"

	"hactl/agent/vrrp"
)

// clock counts from the agent's start on CLOCK_BOOTTIME, which goes on during a
// suspend and is never set.
type clock struct{ start time.Duration }

// startClock returns a clock that is a little past zero, since vrrp.Never is
// zero.
func startClock() clock {
	return clock{boottime() - time.Nanosecond}
}

// clockFrom returns the clock whose origin is this.
func clockFrom(origin time.Duration) clock { return clock{origin} }

// origin is what CLOCK_BOOTTIME said at instant 0.
func (c clock) origin() time.Duration { return c.start }

// now returns the time since the start.
func (c clock) now() vrrp.Instant { return vrrp.Instant(boottime() - c.start) }

// boottime reads the kernel's clock.
func boottime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		panic("agent: read CLOCK_BOOTTIME: " + err.Error())
	}
	return time.Duration(ts.Nano())
}
