package kernel

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// An alarm rings once when it is set, again when it is set again, at once for an instant
// that is over, and not when it is off, or for what it was set for before.
func TestAlarm(t *testing.T) {
	rung := make(chan time.Duration, 1)
	set, stop, err := new(Kernel).Alarm(func() { rung <- sinceBoot(t) })
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{20 * time.Millisecond, -time.Second, time.Microsecond} {
		at := sinceBoot(t) + after
		set(at + time.Hour)
		set(at)
		if got := <-rung; got < at {
			t.Errorf("rang %v before its time", at-got)
		}
	}
	off := sinceBoot(t) + 20*time.Millisecond
	set(off)
	set(0)
	inTime := sinceBoot(t) < off // else the test was held up
	select {
	case <-rung:
		if inTime {
			t.Error("rang though it was off")
		}
	case <-time.After(50 * time.Millisecond):
	}
	stop()
}

// sinceBoot reads CLOCK_BOOTTIME.
func sinceBoot(t *testing.T) time.Duration {
	t.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}
