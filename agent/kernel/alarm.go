package kernel

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Alarm returns an alarm of the kernel's own, which is off. Set lets it ring at an instant
// on CLOCK_BOOTTIME, instead of when it was set for before; 0: not at all. Ring is called
// from a goroutine of the alarm's own, which has ended when stop has. Set and stop are
// for one goroutine.
//
// Go's own timers are up to a millisecond late when nothing else happens: that is the
// precision of what the runtime waits with.
func (k *Kernel) Alarm(ring func()) (set func(at time.Duration), stop func(), err error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_BOOTTIME, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, nil, fmt.Errorf("create a timer: %w", err)
	}
	file, done := os.NewFile(uintptr(fd), "timer"), make(chan struct{})
	go func() {
		defer close(done)
		rung := make([]byte, 8)
		for {
			if _, err := file.Read(rung); err != nil {
				return // stopped
			}
			ring()
		}
	}()
	set = func(at time.Duration) {
		spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(max(0, at)))}
		if err := unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME, &spec, nil); err != nil {
			panic("kernel: set a timer: " + err.Error())
		}
	}
	stop = func() {
		_ = file.Close()
		<-done
	}
	return set, stop, nil
}
