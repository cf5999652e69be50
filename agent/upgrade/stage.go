package upgrade

import (
	"fmt"
	"slices"
)

// Stage is a step of an upgrade.
type Stage uint8

// The stages, forward and then back.
const (
	Preflight Stage = iota + 1 // look, and touch nothing
	Drain                      // the vips go to other hosts, and their connections end
	Backup                     // the old file gets a second name
	Replace                    // the new file takes its place; the user's command applies the release
	Start                      // a master is signalled, and workers of the release start
	Retire                     // the old workers finish
	Verify                     // the release has to be good for a while
	Commit                     // an old master ends

	Revive  // HUP: the old master has workers again
	Dismiss // QUIT: the new master ends
	Restore // the old file takes its place back; the user's command rolls back
)

// stages are their names, by number.
var stages = []string{"", "preflight", "drain", "backup", "replace", "start", "retire", "verify", "commit", "revive", "dismiss", "restore"}

// Stages returns all of them, in their order.
func Stages() (all []Stage) {
	for s := Preflight; s <= Restore; s++ {
		all = append(all, s)
	}
	return all
}

// String returns the stage's name.
func (s Stage) String() string { return stages[s] }

// back reports whether a stage is one of the way back.
func (s Stage) back() bool { return s >= Revive }

// MarshalText implements encoding.TextMarshaler.
func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Stage) UnmarshalText(text []byte) error {
	i := slices.Index(stages, string(text))
	if i < 1 {
		return fmt.Errorf("no stage is called %q", text)
	}
	*s = Stage(i)
	return nil
}
