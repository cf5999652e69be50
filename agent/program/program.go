package program

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Program is what is to be run.
type Program struct {
	Argv []string // absolute path of the program, then its arguments
	User string   // name or number of the user whose rights it has; empty: those of this process

	// Environment is added to PATH, HOME, USER and LOGNAME, which it may replace.
	// Nothing of this process's environment is passed on.
	Environment map[string]string

	Dir         string // where it runs; empty: "/"
	OutputLimit int    // bytes of standard output and error, taken together, that are kept; 0: none
}

// Result is what became of a run.
type Result struct {
	Exit   int           // exit status; -1 when it has none: it did not start, or a signal ended it
	Killed bool          // it ran when its time was over, and was killed with its whole process group, if that was possible
	Took   time.Duration // from the start to the end
	Output string        // the last OutputLimit bytes of what it printed
	Cut    int64         // bytes that it printed before those
	Err    error         // why this is no success; nil after exit status 0

	// Left is closed when a program that could not be killed has ended after all;
	// nil when it has ended, or did not start.
	Left <-chan struct{}
}

// linger is how long the output of a program that has ended is still read, since
// something that it left in the background may hold it open.
const linger = 100 * time.Millisecond

// stubborn is how long a program that was killed may take to end. The kernel lets
// one that waits for a disk, or that this process lacks the right to kill, live.
const stubborn = time.Second

// errStubborn says that a program goes on after it was killed.
var errStubborn = errors.New("it cannot be killed")

// searched is the PATH of programs, as systemd has it.
const searched = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Run runs p and waits for its end. When ctx ends first, the process group is
// killed by SIGKILL; Run returns soon after that, also when the program does not
// end. What p leaves in the background after its own end goes on; nobody reads what
// that prints. So does p itself when this process is killed: half of what it does is
// worse than all of it, and a service manager ends what is left of a service.
func Run(ctx context.Context, p Program) Result {
	who, err := identify(p.User)
	if err == nil {
		err = p.inspect(who)
	}
	if err != nil {
		return Result{Exit: -1, Err: err}
	}
	printed := &tail{limit: p.OutputLimit}
	cmd := p.command(ctx, who)
	cmd.Stdout, cmd.Stderr = printed, printed
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return Result{Exit: -1, Err: p.explain(err)}
	}
	left, err := wait(ctx, cmd)
	r := Result{Exit: -1, Took: time.Since(begun), Left: left}
	r.Output, r.Cut = printed.end()
	took := r.Took.Round(time.Millisecond)
	if errors.Is(err, errStubborn) {
		r.Killed, r.Err = true, fmt.Errorf("still running after %v: %w", took, err)
		return r
	}
	r.Exit = cmd.ProcessState.ExitCode()
	switch r.Killed = ctx.Err() != nil && r.Exit == -1; {
	case r.Killed:
		r.Err = fmt.Errorf("still running after %v: killed, with all that it had started", took)
	case !errors.Is(err, exec.ErrWaitDelay): // the output's end is not awaited
		r.Err = err
	}
	return r
}

// wait waits for the end of cmd, a little longer than ctx at most. The channel is
// closed when one that was given up has ended.
func wait(ctx context.Context, cmd *exec.Cmd) (left <-chan struct{}, err error) {
	var result error
	ended := make(chan struct{})
	go func() { result = cmd.Wait(); close(ended) }()
	select {
	case <-ended:
		return nil, result
	case <-ctx.Done():
	}
	select {
	case <-ended:
		return nil, result
	case <-time.After(stubborn):
		return ended, errStubborn
	}
}

// command prepares p to be started as who.
func (p Program) command(ctx context.Context, who identity) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.Argv[0], p.Argv[1:]...)
	cmd.Dir = p.Dir
	if cmd.Dir == "" {
		cmd.Dir = "/"
	}
	cmd.Env = p.environment(who)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: who.credential()}
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
			return err
		}
		return os.ErrProcessDone
	}
	cmd.WaitDelay = linger
	return cmd
}

// environment is what p finds, sorted. A NUL, which no environment can hold, is
// left out: values may be what another program has printed.
func (p Program) environment(who identity) []string {
	vars := map[string]string{"PATH": searched, "HOME": who.home, "USER": who.name, "LOGNAME": who.name}
	maps.Copy(vars, p.Environment)
	var env []string
	for name, value := range vars {
		env = append(env, name+"="+strings.ReplaceAll(value, "\x00", ""))
	}
	slices.Sort(env)
	return env
}
