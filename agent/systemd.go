package agent

import (
	"context"
	"fmt"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// notifySystemd tells systemd something, when it asked to be told (sd_notify).
func notifySystemd(state string) {
	_, _ = daemon.SdNotify(false, state) // a service manager that has gone away is not our failure
}

// farewell is how long leaving takes at most when no hook is waited for.
const farewell = 15 * time.Second

// extendStop asks systemd not to end an agent that is leaving before its hooks
// have had their time, which is more than TimeoutStopSec= may say.
func extendStop(hooks time.Duration) {
	notifySystemd(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", (hooks + farewell).Microseconds()))
}

// watchdog proves to systemd that the loop turns, and that its hands are not at one
// task all the time, at half the interval that WatchdogSec= asks for, until ctx ends.
// An agent that cannot change addresses had better not say that it has them.
func (a *Agent) watchdog(ctx context.Context) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil || interval == 0 {
		return
	}
	tick := time.NewTicker(interval / 2)
	defer tick.Stop()
	for before := uint64(0); ; {
		select {
		case <-tick.C:
			turned := make(chan uint64, 1)
			if !a.post(func() { turned <- a.hands.underWay() }) {
				return
			}
			select {
			case task := <-turned:
				if task == 0 || task != before {
					notifySystemd(daemon.SdNotifyWatchdog)
				}
				before = task
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
