//go:build !linux

package program

// unblocked starts a program.
func unblocked(start func() error) error { return start() }
