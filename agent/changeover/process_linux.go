package changeover

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"hactl/agent/upgrade"
)

// process is a process as /proc shows it.
type process struct {
	upgrade.Process
	parent int
	title  string // its command line, blanks between the words
}

// dir is where /proc has a process.
func dir(pid int) string { return fmt.Sprintf("/proc/%d/", pid) }

// find returns a process that runs; false when there is none of that number, or it
// has ended.
func find(pid int) (p process, ok bool) {
	data, err := os.ReadFile(dir(pid) + "stat")
	if err != nil {
		return p, false
	}
	// 3: state, 4: parent, 22: start time; the second field may hold anything.
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return p, false
	}
	p.PID = pid
	p.parent, _ = strconv.Atoi(fields[1])
	p.Start, err = strconv.ParseUint(fields[19], 10, 64)
	line, _ := os.ReadFile(dir(pid) + "cmdline")
	p.title = strings.TrimSpace(strings.Join(cStrings(line), " "))
	return p, err == nil
}

// processes returns all that run.
func processes() (all []process, err error) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			if p, ok := find(pid); ok {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// numbered returns the process number in a file; 0: there is none.
func numbered(path string) int {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil || pid < 1 {
		return 0
	}
	return pid
}

// executables knows the hashes of files that processes run.
type executables map[unix.Stat_t]string

// of returns the hash of the file that a process runs, whatever name it has by now;
// empty when the process has ended.
func (x executables) of(pid int) string { return x.file(dir(pid) + "exe") }

// file returns the hash of the file that a path leads to; empty when it cannot be read.
func (x executables) file(path string) string {
	var key unix.Stat_t
	if unix.Stat(path, &key) != nil {
		return ""
	}
	key.Atim, key.Nlink, key.Ctim = unix.Timespec{}, 0, unix.Timespec{} // change without the content
	if _, known := x[key]; !known {
		sha256, err := hash(path)
		if err != nil {
			return ""
		}
		x[key] = sha256
	}
	return x[key]
}

// unseen says that a process cannot be looked at, and what that takes.
func unseen(pid int, err error) error {
	hint := ""
	if errors.Is(err, fs.ErrPermission) {
		hint = ": that takes CAP_SYS_PTRACE (CapabilityBoundingSet of a service)"
	}
	return fmt.Errorf("look at process %d: %w%s", pid, err, hint)
}

// cStrings returns the strings of a list that each end in a NUL.
func cStrings(list []byte) (all []string) {
	for _, s := range strings.Split(string(list), "\x00") {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}
