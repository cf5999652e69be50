package agent

import (
	"os"
	"strings"
	"time"
)

// uptime tells one boot of the machine from another, and how long ago this one was,
// by a clock that goes on during a suspend and is never set. Without /proc boots have
// no names.
func uptime() (boot string, up time.Duration) {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id)), boottime()
}
