package track

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"hactl/schemas/plan"
)

// processProbe looks for processes in /proc. Between two looks the kernel says
// when one of those that were found has ended, by a pidfd, which needs no rights.
type processProbe struct {
	plan.ProcessProbe
	gone chan struct{} // gets one when a process that was counted has ended
	held []*os.File    // the pidfds of the last look
}

// maxHeld is how many processes the kernel is asked to watch at a time.
const maxHeld = 64

func newProcessProbe(p plan.ProcessProbe) *processProbe {
	return &processProbe{ProcessProbe: p, gone: make(chan struct{}, 1)}
}

func (p *processProbe) look(context.Context) outcome {
	p.release()
	found, err := p.find()
	if err != nil {
		return outcome{err: err}
	}
	for _, pid := range found[:min(len(found), maxHeld)] {
		p.hold(pid)
	}
	if len(found) < p.Minimum {
		return failed("%d processes called %s run, and %d are needed", len(found), p.Name, p.Minimum)
	}
	return outcome{}
}

// find returns as many processes as are needed, if there are so many.
func (p *processProbe) find() ([]int, error) {
	if p.PIDFile != "" {
		pid, err := p.fromFile()
		return []int{pid}, err
	}
	return p.named()
}

// fromFile returns the process whose number the file holds, if it runs.
func (p *processProbe) fromFile() (int, error) {
	data, err := os.ReadFile(p.PIDFile)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%s does not exist", p.PIDFile)
	}
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid < 1 {
		return 0, fmt.Errorf("%s holds no process number but %q", p.PIDFile, line)
	}
	if !runs(pid) {
		return 0, fmt.Errorf("process %d of %s does not run", pid, p.PIDFile)
	}
	return pid, nil
}

// named returns the first processes of the name in the order of /proc.
func (p *processProbe) named() ([]int, error) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var found []int
	for _, name := range names {
		if len(found) == p.Minimum {
			break
		}
		if pid, err := strconv.Atoi(name); err == nil && called(pid, p.Name) {
			found = append(found, pid)
		}
	}
	return found, nil
}

// called reports whether a process runs a program of that name: by the file that
// it executes, or by the path that it was started as, for programs that are
// several in one file. Who lacks the rights of the process may not know its file;
// then the name that the kernel shows counts, which processes may change.
func called(pid int, name string) bool {
	dir := fmt.Sprintf("/proc/%d/", pid)
	exe, hidden := os.Readlink(dir + "exe")
	if hidden == nil && filepath.Base(strings.TrimSuffix(exe, " (deleted)")) == name {
		return true
	}
	line, err := os.ReadFile(dir + "cmdline") // of one that has ended it is empty
	path, _, _ := strings.Cut(string(line), "\x00")
	if err == nil && filepath.Base(path) == name {
		return true
	}
	return errors.Is(hidden, fs.ErrPermission) && len(line) > 0 && shown(dir) == name[:min(len(name), maxShown)]
}

// maxShown is how much of a program's name the kernel shows: TASK_COMM_LEN without
// the NUL.
const maxShown = 15

// shown returns the name that the kernel shows for a process; empty when it has
// gone.
func shown(dir string) string {
	name, _ := os.ReadFile(dir + "comm")
	return strings.TrimSuffix(string(name), "\n")
}

// runs reports whether a process is there and has not ended.
func runs(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), " ")
	return state != "" && state[0] != 'Z' && state[0] != 'X'
}

// hold lets the kernel say when a process has ended. Where that is impossible,
// the next look finds out.
func (p *processProbe) hold(pid int) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		return
	}
	f := os.NewFile(uintptr(fd), "pidfd")
	p.held = append(p.held, f)
	go p.await(f)
}

// await tells when the process of a pidfd has ended, unless that is closed first.
func (p *processProbe) await(f *os.File) {
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	err = conn.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return err == nil && n > 0
	})
	if err == nil {
		select {
		case p.gone <- struct{}{}:
		default: // said already
		}
	}
}

// release forgets the processes of the last look.
func (p *processProbe) release() {
	for _, f := range p.held {
		f.Close()
	}
	p.held = p.held[:0]
	select {
	case <-p.gone: // of before this look
	default:
	}
}
