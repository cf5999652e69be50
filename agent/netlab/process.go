package netlab

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Process is a program that runs on a host. Its methods may be called at any
// time from any goroutine.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of Wait; set when done is closed
}

// Start starts cmd on the host. The process is killed, if it still runs, when
// the lab closes or when this process dies.
func (h *Host) Start(cmd *exec.Cmd) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = time.Second // a grandchild that holds the output open
	}
	var err error
	h.ns.call(func() { err = cmd.Start() })
	if err != nil {
		return nil, fmt.Errorf("start %s on %s: %w", cmd.Path, h.Name, err)
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	h.lab.running = append(h.lab.running, p)
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Run starts cmd on the host and waits for its end. Its error is that of
// exec.Cmd.Run.
func (h *Host) Run(cmd *exec.Cmd) error {
	p, err := h.Start(cmd)
	if err != nil {
		return err
	}
	return p.Wait()
}

// Pid returns the process's id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the end of the process. The error is that of exec.Cmd.Wait.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Signal sends a signal; os.ErrProcessDone when there is nobody to get it.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Close kills the process, if it still runs, and waits for its end.
func (p *Process) Close() error {
	_ = p.Signal(os.Kill)
	<-p.done
	return nil
}
