//go:build !linux

package agent

import "time"

var began = time.Now()

// uptime counts from the start of the program: agents run on Linux only.
func uptime() (boot string, up time.Duration) { return "", time.Since(began) }
