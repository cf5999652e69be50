package changeover

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"hactl/agent/upgrade"
)

// signals are those of the machine, by name.
var signals = map[upgrade.Signal]unix.Signal{
	upgrade.USR2: unix.SIGUSR2, upgrade.WINCH: unix.SIGWINCH, upgrade.HUP: unix.SIGHUP,
	upgrade.QUIT: unix.SIGQUIT, upgrade.TERM: unix.SIGTERM,
}

// send carries out upgrade.Send. A number that another process has by now is not
// signalled: the pidfd is opened first, and then the process looked at.
func send(e upgrade.Send) error {
	var errs []error
	for _, to := range e.To {
		if err := deliver(to, signals[e.Signal]); err != nil {
			errs = append(errs, fmt.Errorf("send %s to %d: %w", e.Signal, to.PID, err))
		}
	}
	return errors.Join(errs...)
}

// deliver signals one process, if it is there still.
func deliver(to upgrade.Process, s unix.Signal) error {
	fd, err := unix.PidfdOpen(to.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if is, ok := find(to.PID); !ok || is.Process != to {
		return nil
	}
	err = unix.PidfdSendSignal(fd, s, nil, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	return err
}
