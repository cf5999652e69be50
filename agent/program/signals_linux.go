package program

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// unblocked starts a program with no signal blocked, whatever is on this thread: an
// agent that took over from another build has some, and a program that keeps them
// cannot be ended by SIGTERM.
func unblocked(start func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var none, before unix.Sigset_t
	if unix.PthreadSigmask(unix.SIG_SETMASK, &none, &before) == nil {
		defer func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil) }()
	}
	return start()
}
