package main

import (
	"errors"

	"hactl/cmd/hactl/internal/rollout"
)

// The exit codes of the contract. A plan with --detailed-exitcode ends with
// exitChanges when there is something to change; an apply with exitUnconfirmed
// when plans were published that some host did not confirm in time.
const (
	exitFailure     = 1
	exitChanges     = 2
	exitUnconfirmed = 3
)

// exit is an error that chooses the exit code. Its message may be empty: then
// all has been said already.
type exit struct {
	code    int
	message string
}

// Error returns the message.
func (e exit) Error() string { return e.message }

// said is the failure of a command that has printed why.
var said = exit{code: exitFailure}

// codeOf returns the exit code that err stands for, 0 for nil.
func codeOf(err error) int {
	var e exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.code
	case errors.As(err, new(rollout.Unconfirmed)):
		return exitUnconfirmed
	}
	return exitFailure
}

// messageOf returns what is still to be said about err, or "".
func messageOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
