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

// watchdog proves to systemd that the loop turns, at half the interval that
// WatchdogSec= asks for, until ctx ends.
func (a *Agent) watchdog(ctx context.Context) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil || interval == 0 {
		return
	}
	tick := time.NewTicker(interval / 2)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			turned := make(chan struct{})
			if !a.post(func() { close(turned) }) {
				return
			}
			select {
			case <-turned:
				notifySystemd(daemon.SdNotifyWatchdog)
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
