package upgrade

import (
	"fmt"
	"strings"
	"time"

	"hactl/schemas/plan"
)

// Facts are what Inspect finds. What could not be found out is a Trouble, and what
// comes after it in this list is not looked at.
type Facts struct {
	At time.Time // by the wall clock, for the name of the backup

	Binary, Source File
	Free           int64  // bytes on the binary's file system
	Package        string // that owns the binary; empty: none is known

	Master     Process // of the pid file
	Running    string  // the SHA-256 of the file that it runs
	Argv0      string  // the path that it was started as, which USR2 starts again
	Resolves   bool    // that path leads to the binary
	Foreground string  // why its end would end its unit or container, in words; empty: it would not
	Underway   int     // another master, which somebody's upgrade has started; 0: there is none

	Version, Next string   // of the binary and of the source, as they say it
	Missing       []string // what the binary was built with and the source was not; the configuration may do without
	Test          string   // what the source says against the live configuration; empty: nothing

	Trouble string // why nothing more could be found out, in words
}

// File is a file that holds a program.
type File struct {
	SHA256     string
	Machine    string // the architecture that it is made for, as ELF has it; empty: it is no such program
	Executable bool
	Size       int64 // bytes
}

// spare is what has to be left on the disk beside the copy of the release, in bytes.
const spare = 1 << 20

// Refusal says why the upgrade is not begun, in words; empty: nothing of what is
// known speaks against it. Facts are judged in the order in which they are gathered,
// so half of them may suffice.
func (f Facts) Refusal(u plan.Upgrade) string {
	n, r := u.Nginx, u.Release
	switch {
	case f.Binary.SHA256 == "" || f.Source.SHA256 == "":
		return f.Trouble
	case !f.Binary.Executable:
		return n.Binary + " is not executable"
	case f.Source.SHA256 != r.SHA256:
		return fmt.Sprintf("%s is not the release: its sha256 is %s", r.Source, f.Source.SHA256)
	case !f.Source.Executable:
		return r.Source + " is not executable"
	case f.Source.Machine == "":
		return r.Source + " is no program"
	case f.Source.Machine != f.Binary.Machine:
		return fmt.Sprintf("%s is made for %s, and this host runs %s", r.Source, f.Source.Machine, f.Binary.Machine)
	case f.Free < f.Source.Size+spare:
		return fmt.Sprintf("the disk of %s has %d bytes left, and %d are needed", n.Binary, f.Free, f.Source.Size+spare)
	case f.Master.PID == 0:
		return f.Trouble
	case f.Underway != 0:
		return fmt.Sprintf("another upgrade is under way: %d and %d are both masters", f.Master.PID, f.Underway)
	case f.Running != f.Binary.SHA256:
		return fmt.Sprintf("the master %d does not run %s as it is: the file was replaced after it had started", f.Master.PID, n.Binary)
	case !strings.HasPrefix(f.Argv0, "/"):
		return fmt.Sprintf("the master %d was started as %q, no absolute path, which USR2 may not find again", f.Master.PID, f.Argv0)
	case !f.Resolves:
		return fmt.Sprintf("the master %d was started as %s, which is not %s: USR2 would not start the release", f.Master.PID, f.Argv0, n.Binary)
	case f.Foreground != "":
		return fmt.Sprintf("the end of the master %d would end more than itself: %s", f.Master.PID, f.Foreground)
	}
	return f.unfit(u)
}

// unfit says why the release cannot follow what runs, in words; empty: it can.
func (f Facts) unfit(u plan.Upgrade) string {
	r := u.Release
	switch {
	case f.Version == "" || f.Next == "":
		return f.Trouble
	case f.Next != r.Version:
		return fmt.Sprintf("%s says that it is version %s, not %s", r.Source, f.Next, r.Version)
	case f.Test != "" && len(f.Missing) > 0:
		return fmt.Sprintf("%s refuses the configuration: %s (it lacks %s)", r.Source, f.Test, strings.Join(f.Missing, " "))
	case f.Test != "":
		return fmt.Sprintf("%s refuses the configuration: %s", r.Source, f.Test)
	}
	return f.Trouble
}

// current reports whether the release runs already.
func (f Facts) current(u plan.Upgrade) bool {
	sha256 := u.Release.SHA256
	return f.Running == sha256 && f.Binary.SHA256 == sha256
}

// builds returns what runs and what is to run. The old binary lies beside the new
// one, under a name that carries its version and the time.
func (f Facts) builds(u plan.Upgrade) (before, after plan.Build) {
	backup := fmt.Sprintf("%s.%s.%s.hactl", u.Nginx.Binary, f.Version, f.At.UTC().Format("20060102T150405Z"))
	return plan.Build{Version: f.Version, Source: backup, SHA256: f.Binary.SHA256}, u.Release
}
