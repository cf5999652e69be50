package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// handedVariable names, in the environment of a program that goes on in this
// process, the descriptor of the file in memory with what it is handed.
const handedVariable = "HACTL_HANDED"

// rehearsal is how long the successor may take to say whether it is fit.
const rehearsal = 10 * time.Second

// programFile is the Successor that lies where this program was started from.
type programFile struct {
	path  string
	args  []string // with which this program was started, its name first
	check []string // beside which another build says whether it is fit: what it does not know of args counts, too
}

// newProgramFile returns it. Whatever lies there later is meant: not the file that
// this process has open, which may have another name by then, or none.
func newProgramFile(check []string) (*programFile, error) {
	path := os.Args[0]
	if !strings.Contains(path, "/") {
		found, err := exec.LookPath(path)
		if err != nil {
			return nil, fmt.Errorf("find this program's file: %w", err)
		}
		path = found
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find this program's file: %w", err)
	}
	return &programFile{path: path, args: slices.Concat([]string{path}, os.Args[1:]), check: check}, nil
}

// Check implements Successor.
func (p *programFile) Check(ctx context.Context, handed []byte) (version string, err error) {
	ctx, stop := context.WithTimeout(ctx, rehearsal)
	defer stop()
	cmd := exec.CommandContext(ctx, p.path, slices.Concat(p.args[1:], p.check)...)
	cmd.Stdin = bytes.NewReader(handed)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "NOTIFY_SOCKET=") })
	var said, complained bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complained
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(complained.String()); text != "" {
			err = fmt.Errorf("%w: %s", err, text)
		}
		return "", fmt.Errorf("try %s: %w", p.path, err)
	}
	return strings.TrimSpace(said.String()), nil
}

// Become implements Successor. The thread that calls execve decides by which class
// the new program is scheduled: it is not the loop's.
func (p *programFile) Become(handed []byte) error {
	fd, err := inMemory(handed)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	environment := append(os.Environ(), handedVariable+"="+strconv.Itoa(fd))
	failed := make(chan error)
	go func() { failed <- syscall.Exec(p.path, p.args, environment) }()
	return fmt.Errorf("start %s: %w", p.path, <-failed)
}

// inMemory returns the descriptor of a file in memory with this content, which
// execve leaves open. It is read from its beginning.
func inMemory(content []byte) (fd int, err error) {
	fd, err = unix.MemfdCreate("hactl-handed", 0)
	if err != nil {
		return 0, fmt.Errorf("make a file in memory: %w", err)
	}
	for done := 0; done < len(content); {
		n, err := unix.Pwrite(fd, content[done:], int64(done))
		if err != nil {
			_ = unix.Close(fd)
			return 0, fmt.Errorf("write a file in memory: %w", err)
		}
		done += n
	}
	return fd, nil
}

// receive returns what the build before has left for this one; nil when there was
// none. After an error nothing of it is open any more.
func receive() (*Handed, error) {
	number, ok := os.LookupEnv(handedVariable)
	if !ok {
		return nil, nil
	}
	_ = os.Unsetenv(handedVariable)
	h, err := readHanded(number)
	if err != nil {
		closeSockets()
		return nil, err
	}
	return h, nil
}

// readHanded reads what is handed over from a descriptor.
func readHanded(number string) (*Handed, error) {
	fd, err := strconv.ParseUint(number, 10, 31)
	if err != nil {
		return nil, errors.New("read the hand-over: no descriptor")
	}
	f := os.NewFile(uintptr(fd), "handed")
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read the hand-over: %w", err)
	}
	return DecodeHanded(data)
}

// closeSockets closes every socket but those of the standard streams: whoever
// connects to one that nobody serves would wait for ever.
func closeSockets() {
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		var info unix.Stat_t
		if err == nil && fd > 2 && unix.Fstat(fd, &info) == nil && info.Mode&unix.S_IFMT == unix.S_IFSOCK {
			_ = unix.Close(fd)
		}
	}
}

// succession finds out who was here before this program, and who may come after it.
func (c *Config) succession() (err error) {
	if c.Handed, err = receive(); err != nil {
		c.Log.Warn("cannot go on where the program before stopped; starting as after a crash", "error", err)
	}
	if len(c.Fit) == 0 {
		return nil
	}
	p, err := newProgramFile(c.Fit)
	if err != nil {
		return err
	}
	c.Successor = p
	return nil
}
