package plan

import "time"

// The timers of RFC 9568 section 6.1, as what plans say of them. They concern a
// router with some effective priority, 1..255.

// Skew returns Skew_Time: how long a Backup waits after an Active router has left
// with priority 0. It is a part of the interval, in version 2 of one second (RFC
// 3768 section 6.1).
func (r *Router) Skew(priority int) time.Duration {
	unit := milliseconds(r.AdvertInterval)
	if r.Version == 2 {
		unit = time.Second
	}
	return time.Duration(256-priority) * unit / 256
}

// ActiveDownInterval returns how long a Backup waits for an Active router that is
// silent.
func (r *Router) ActiveDownInterval(priority int) time.Duration {
	return 3*milliseconds(r.BackupInterval()) + r.Skew(priority)
}
