//go:build !linux

package agent

import "time"

// thread cannot be had on this system: agents run on Linux only.
type thread struct{ stale bool }

func newThread(*Agent) *thread { return nil }

func (*thread) enter() func() { return func() {} }

func (*thread) ring() {}

func (*thread) raise() {}

func (*thread) next(<-chan time.Time) func() { return func() {} }
