package store

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	helloTime  = 30 * time.Second // for the hello of a host that asks nothing
	answerTime = time.Minute      // for an answer
	farewell   = 2 * time.Second  // for an ssh whose input has ended
	maxNoise   = 1 << 20          // bytes before the hello
)

// conn is one ssh process and the store that answers at its other end.
type conn struct {
	cmd    *exec.Cmd
	in     *os.File // to it
	out    *os.File // from it
	lines  *bufio.Reader
	stderr tail
	done   chan struct{} // the process has ended
}

// lostError says that the other end cannot be spoken to, or no longer.
type lostError struct {
	what   string // was not achieved
	cause  error
	stderr string // what ssh said
	noise  string // what came instead of the hello
}

// Error joins all that is known.
func (e *lostError) Error() string {
	text := fmt.Sprintf("%s: %v", e.what, e.cause)
	if e.stderr != "" {
		text += ": " + e.stderr
	}
	if e.noise != "" {
		text += fmt.Sprintf(" (it wrote %q)", e.noise)
	}
	return text
}

// Unwrap returns the cause: that of a context, if it ended.
func (e *lostError) Unwrap() error { return e.cause }

// couldAsk reports whether ssh might have succeeded if it could have asked.
func (e *lostError) couldAsk() bool {
	return strings.Contains(e.stderr, "Permission denied") || strings.Contains(e.stderr, "Host key verification failed")
}

// dial starts the command args and waits for the hello. In a batch the time is
// bounded, and an interrupt from the keyboard does not reach the process, so
// that a rollout can end in order.
func dial(ctx context.Context, args []string, batch bool) (*conn, error) {
	c, err := start(args, batch)
	if err != nil {
		return nil, err
	}
	if batch {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, helloTime, fmt.Errorf("no hello within %s", helloTime))
		defer cancel()
	}
	var noise string
	err = c.until(ctx, func() (err error) {
		noise, err = c.hello()
		return err
	})
	if err != nil {
		return nil, &lostError{what: "no store answered", cause: err, stderr: c.stderr.String(), noise: noise}
	}
	return c, nil
}

// start starts the process.
func start(args []string, ownGroup bool) (*conn, error) {
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, childIn.Close(), in.Close())
	}
	c := &conn{cmd: exec.Command(args[0], args[1:]...), in: in, out: out, lines: bufio.NewReader(out), done: make(chan struct{})}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = childIn, childOut, &c.stderr
	c.cmd.WaitDelay = time.Second // a master of shared connections may hold stderr open
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: ownGroup}
	err = c.cmd.Start()
	_, _ = childIn.Close(), childOut.Close()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", args[0], err), in.Close(), out.Close())
	}
	go func() {
		_ = c.cmd.Wait() // what it returns, ProcessState says better
		close(c.done)
	}()
	return c, nil
}

// hello reads up to the hello of a store that speaks this protocol, and returns
// what was written before it: shells that greet do so here.
func (c *conn) hello() (noise string, err error) {
	var heard strings.Builder
	for heard.Len() < maxNoise {
		text, err := readLine(c.lines, maxNoise)
		heard.Write(text)
		heard.WriteByte('\n')
		if err != nil {
			return shorten(heard.String()), err
		}
		if _, said, ok := strings.Cut(string(text), greeted); ok {
			return "", compatible([]byte(greeted + said))
		}
	}
	return shorten(heard.String()), errors.New("too much noise")
}

// greeted is how a hello begins, perhaps in the middle of a line.
const greeted = `{"hello":"` + greeting + `"`

// compatible refuses the hello of a store that speaks another protocol.
func compatible(text []byte) error {
	var h hello
	if err := json.Unmarshal(text, &h); err != nil {
		return fmt.Errorf("hello: %w", err)
	}
	if h.Protocol != protocol {
		return fmt.Errorf("its hactl %s speaks version %d of the store protocol, and this one, %s, version %d: install one version on both",
			h.Version, h.Protocol, version(), protocol)
	}
	return nil
}

// exchange sends a request and reads the answer. After an error the connection
// has ended.
func (c *conn) exchange(ctx context.Context, r request) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, fmt.Errorf("no answer within %s", answerTime))
	defer cancel()
	var a answer
	err := c.until(ctx, func() error {
		if err := say(c.in, r); err != nil {
			return err
		}
		text, err := readLine(c.lines, maxLine)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &a)
	})
	if err != nil {
		return answer{}, &lostError{what: "connection lost before the answer to " + r.Op, cause: err, stderr: c.stderr.String()}
	}
	return a, nil
}

// until calls talk, which ends early when ctx does. After an error the process
// has ended too, and if it tells more than talk, its exit is the error.
func (c *conn) until(ctx context.Context, talk func() error) error {
	stop := context.AfterFunc(ctx, c.kill)
	err := talk()
	if !stop() {
		<-c.done // killed, perhaps too late to matter for talk
	}
	if err == nil {
		return nil
	}
	itself := c.end()
	switch state := c.cmd.ProcessState; {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case itself && !state.Success():
		return errors.New(state.String())
	}
	return err
}

// kill ends the process at once, and whoever waits for it.
func (c *conn) kill() {
	_ = c.cmd.Process.Kill()
	_, _ = c.in.Close(), c.out.Close()
}

// end ends the process and waits for that. It reports whether the end of its
// input was enough for the process to end by itself.
func (c *conn) end() (itself bool) {
	defer c.out.Close()
	_ = c.in.Close()
	patience := time.NewTimer(farewell)
	defer patience.Stop()
	select {
	case <-c.done:
		return true
	case <-patience.C:
		_ = c.cmd.Process.Kill()
		<-c.done
		return false
	}
}

// ended reports whether the process has ended.
func (c *conn) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// maxTail is how much of it, in bytes.
const maxTail = 4096

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-maxTail):]
	return len(p), nil
}

// String returns the lines in one line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(strings.FieldsFunc(string(t.text), func(c rune) bool { return c == '\r' || c == '\n' }), "; ")
}

// shorten returns the beginning of s, for a message.
func shorten(s string) string {
	if s = strings.TrimSpace(s); len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
