package agent

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"hactl/agent/node"
	"hactl/agent/vrrp"
)

// thread is a thread of the loop's own, in the kernel's real-time class above the others of
// the process. It waits in the kernel itself: whatever wakes a goroutine is done by those.
type thread struct {
	agent *Agent
	bell  *os.File      // an eventfd that is rung when there is an event
	fd    int           // of the bell
	fds   []unix.PollFd // the bell, and the sockets in the order of heard
	heard []node.Socket
	stale bool   // other sockets are open than fds says
	hears func() // hears what waits in the sockets; made once

	raised bool // the loop's thread is in the real-time class
}

// newThread returns the thread for an agent; nil when none is wanted, or to be had.
func newThread(a *Agent) *thread {
	if a.cfg.Realtime == 0 {
		return nil
	}
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		a.cfg.Log.Warn("no thread of its own for the loop", "error", err)
		return nil
	}
	t := &thread{agent: a, bell: os.NewFile(uintptr(bell), "bell"), fd: bell, stale: true}
	t.hears = t.hear
	return t
}

// enter makes the present goroutine's thread the loop's, and tries to lock the
// process's memory and to raise the thread's priority. Programs that it starts are as
// before.
func (t *thread) enter() (leave func()) {
	runtime.LockOSThread()
	log := t.agent.cfg.Log
	// What is touched stays: Go reserves far more than it uses.
	if err := unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT); err != nil {
		log.Warn("memory can be swapped out; give the agent CAP_IPC_LOCK", "error", err)
	}
	before, err := unix.SchedGetAttr(0, 0)
	if err == nil {
		err = unix.SchedSetAttr(0, inClass(t.agent.cfg.Realtime), 0)
	}
	if err != nil {
		log.Warn("the loop is not in the real-time class; give the agent CAP_SYS_NICE", "error", err)
		return runtime.UnlockOSThread
	}
	t.raised = true
	t.raise()
	log.Info("the loop is in the real-time class", "priority", t.agent.cfg.Realtime)
	return func() {
		t.setOthers(before)
		if err := unix.SchedSetAttr(0, before, 0); err == nil {
			runtime.UnlockOSThread() // else the thread ends with the goroutine
		}
	}
}

// inClass is a priority in the real-time class, which programs that are started do not
// inherit; nor do new threads.
func inClass(priority int) *unix.SchedAttr {
	return &unix.SchedAttr{
		Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: uint32(priority), Flags: unix.SCHED_FLAG_RESET_ON_FORK,
	}
}

// raise puts the process's other threads into the class, below the loop's. Each of them may
// have what the loop has to wait for: a lock of Go's runtime, or one of Go's processors when
// a collection begins or ends.
func (t *thread) raise() {
	if t != nil && t.raised {
		t.setOthers(inClass(max(1, t.agent.cfg.Realtime-1)))
	}
}

// setOthers sets the class of all threads but the present one, as far as that can be had.
func (t *thread) setOthers(class *unix.SchedAttr) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	self := unix.Gettid()
	for _, task := range tasks {
		if tid, err := strconv.Atoi(task.Name()); err == nil && tid != self {
			_ = unix.SchedSetAttr(tid, class, 0) // it may have ended
		}
	}
}

// ring wakes the loop.
func (t *thread) ring() {
	if t != nil {
		_, _ = t.bell.Write([]byte{1, 0, 0, 0, 0, 0, 0, 0}) // after the end nobody listens
	}
}

// longestWait is for how long the thread looks at nothing but sockets and bell.
const longestWait = time.Second

// next waits for the next event, a packet, or the node's deadline.
func (t *thread) next(beat <-chan time.Time) func() {
	for {
		select {
		case event := <-t.agent.events:
			return event
		case <-beat:
			return t.agent.beat
		default:
		}
		t.refresh()
		wait := longestWait
		if due := t.agent.due; due != vrrp.Never {
			wait = min(wait, max(0, due.Sub(t.agent.clock.now())))
		}
		timeout := unix.NsecToTimespec(int64(wait))
		n, err := unix.Ppoll(t.fds, &timeout, nil)
		switch {
		case err != nil && !errors.Is(err, unix.EINTR):
			panic("agent: wait for sockets: " + err.Error())
		case n <= 0:
			return func() {} // what is due is done before
		case t.fds[0].Revents != 0:
			_, _ = unix.Read(t.fd, make([]byte, 8))
		}
		if n > 1 || n == 1 && t.fds[0].Revents == 0 {
			return t.hears
		}
	}
}

// hear hears what waits in the sockets.
func (t *thread) hear() {
	for i, s := range t.heard {
		if l := t.agent.wires.conns[s]; l != nil && t.fds[i+1].Revents != 0 {
			t.agent.wires.hear(s, l)
		}
	}
}

// refresh takes note of the sockets that are open.
func (t *thread) refresh() {
	if !t.stale {
		return
	}
	t.stale = false
	t.heard, t.fds = t.heard[:0], append(t.fds[:0], unix.PollFd{Fd: int32(t.fd), Events: unix.POLLIN})
	for s, l := range t.agent.wires.conns {
		fd, err := l.Descriptor()
		if err != nil {
			continue // it is being closed
		}
		t.heard, t.fds = append(t.heard, s), append(t.fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
}
