package upgrade

import (
	"cmp"
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
	Alone      bool    // it has no workers: HAProxy without master-worker mode
	Underway   int     // another master, which somebody's upgrade has started; 0: there is none

	Listens []string // the addresses that its workers listen on, where these have the sockets

	Version, Next string   // of the binary and of the source, as they say it
	Missing       []string // what the binary was built with and the source was not; the configuration may do without
	Test          string   // what the source says against the live configuration; empty: nothing
	Trial         string   // why the source ended when it was started for a trial; empty: it did not, or there was none

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
func (f Facts) Refusal(u plan.Upgrade) string { return f.refusal(wayOf(u), u) }

// refusal is Refusal of a way.
func (f Facts) refusal(w *way, u plan.Upgrade) string {
	for _, judge := range w.judges {
		if why := judge(f, u); why != "" {
			return why
		}
	}
	return f.Trouble
}

// files judges the two files.
func (f Facts) files(u plan.Upgrade) string {
	r := u.Release
	switch {
	case f.Binary.SHA256 == "":
		return f.Trouble
	case u.Exec != nil && r.Source == "": // what was there before, by the command to roll back
		return ""
	case f.Source.SHA256 == "":
		return f.Trouble
	case f.Source.SHA256 != r.SHA256:
		return fmt.Sprintf("%s is not the release: its sha256 is %s", r.Source, f.Source.SHA256)
	case u.Exec == nil && f.Free < f.Source.Size+spare:
		return fmt.Sprintf("the disk of %s has %d bytes left, and %d are needed", u.File(), f.Free, f.Source.Size+spare)
	}
	return ""
}

// programs judges whether the two files can be run.
func (f Facts) programs(u plan.Upgrade) string {
	r := u.Release
	switch {
	case f.Source.SHA256 == "":
		return ""
	case !f.Binary.Executable:
		return u.File() + " is not executable"
	case !f.Source.Executable:
		return r.Source + " is not executable"
	case f.Source.Machine == "":
		return r.Source + " is no program"
	case f.Source.Machine != f.Binary.Machine:
		return fmt.Sprintf("%s is made for %s, and this host runs %s", r.Source, f.Source.Machine, f.Binary.Machine)
	}
	return ""
}

// anew is what a person does after the master has been made fit for an upgrade.
const anew = ", then run the upgrade again"

// masters judges the process that USR2 is for.
func (f Facts) masters(u plan.Upgrade) string {
	switch path := u.File(); {
	case f.Master.PID == 0:
		return f.Trouble
	case f.Underway != 0:
		return fmt.Sprintf("another upgrade is under way: %d and %d are both masters; end the one that is not to stay by QUIT"+anew, f.Master.PID, f.Underway)
	case f.Running != f.Binary.SHA256:
		return fmt.Sprintf("the master %d does not run %s as it is: the file was replaced after it had started; restart it once, at a quiet moment"+anew, f.Master.PID, path)
	case f.Alone:
		return fmt.Sprintf("process %d has no workers: it does not run in master-worker mode (-W or -Ws); restart it in that"+anew, f.Master.PID)
	case !strings.HasPrefix(f.Argv0, "/"):
		return fmt.Sprintf("the master %d was started as %q, no absolute path, which USR2 may not find again; restart it by its absolute path, at a quiet moment"+anew, f.Master.PID, f.Argv0)
	case !f.Resolves:
		return fmt.Sprintf("the master %d was started as %s, which is not %s: USR2 would not start the release; restart it as that, or let binary name what it was started as", f.Master.PID, f.Argv0, path)
	case f.Foreground != "":
		return fmt.Sprintf("the end of the master %d would end more than itself: %s; let it run as a daemon, in a unit of Type=forking with PIDFile"+anew, f.Master.PID, f.Foreground)
	}
	return ""
}

// versions judges whether the release can follow what runs.
func (f Facts) versions(u plan.Upgrade) string {
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
	case f.Trial != "":
		return fmt.Sprintf("%s ends soon after its start: %s", r.Source, f.Trial)
	}
	return ""
}

// reader judges the process that is to read a configuration, and what it says of it.
func (f Facts) reader(u plan.Upgrade) string {
	switch {
	case f.Master.PID == 0:
		return f.Trouble
	case !f.Resolves:
		return fmt.Sprintf("the master %d was started with the configuration %s, which is not %s", f.Master.PID, f.Argv0, u.File())
	case f.Test != "":
		return fmt.Sprintf("nginx refuses %s: %s", u.Release.Source, f.Test)
	}
	return ""
}

// Current reports whether the release runs already. That the program has read its
// configuration since is not known.
func (f Facts) Current(u plan.Upgrade) bool {
	sha256 := u.Release.SHA256
	reads := u.Exec != nil || u.Nginx != nil && u.Nginx.Config != ""
	return f.Binary.SHA256 == sha256 && (reads || f.Running == sha256)
}

// backupEnd is how the name of a backup ends.
const backupEnd = ".hactl"

// builds returns what runs and what is to run. The old file lies beside the new
// one, under a name that carries its version, where that is known, and the time;
// commands of the user keep it as they like.
func (f Facts) builds(u plan.Upgrade) (before, after plan.Build) {
	if u.Exec != nil {
		return plan.Build{SHA256: f.Binary.SHA256}, u.Release
	}
	backup := fmt.Sprintf("%s.%s.%s%s", u.File(), cmp.Or(f.Version, "before"), f.At.UTC().Format("20060102T150405.000Z"), backupEnd)
	return plan.Build{Version: f.Version, Source: backup, SHA256: f.Binary.SHA256}, u.Release
}
