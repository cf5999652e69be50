package rehearsal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// patience is how long a client waits for a connection or a short answer.
const patience = 5 * time.Second

// pause is between the beginnings of two connections of a client, at least.
const pause = time.Millisecond

// going reports whether to go on.
func (g *group) going() bool {
	select {
	case <-g.stop:
		return false
	default:
		return true
	}
}

// unwell is an answer of a status 5xx.
type unwell string

// Error implements error.
func (u unwell) Error() string { return string(u) }

// silent reports whether a connection stood, and no answer came.
func silent(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed) && failed.Op == "read" && failed.Timeout()
}

// note counts one request.
func (g *group) note(way string, n *int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == nil:
		*n++
	case errors.As(err, new(unwell)):
		g.seen.Unwell++
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		g.seen.Reset++
	case silent(err):
		g.seen.Silent++
	case len(g.seen.Failed) < 20:
		g.seen.Failed = append(g.seen.Failed, way+": "+err.Error())
	}
}

// fresh makes one request on each connection.
func (g *group) fresh() {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for ; g.going(); <-tick.C {
		g.note("new connection", &g.seen.Fresh, Ask(g.Address, "/", nil))
	}
}

// paced begins requests by the clock. One that is late counts from when it should have
// begun.
func (g *group) paced() {
	var all sync.WaitGroup
	defer all.Wait()
	every := time.Second / time.Duration(g.Clients.Paced)
	for at := time.Now(); g.going(); at = at.Add(every) {
		select {
		case <-time.After(time.Until(at)):
		case <-g.stop:
		}
		all.Go(func() {
			err := Ask(g.Address, "/", nil)
			took := time.Since(at)
			g.note("paced connection", &g.seen.Paced, err)
			g.mu.Lock()
			defer g.mu.Unlock()
			g.seen.Samples = append(g.seen.Samples, Sample{at, took})
		})
	}
}

// slow reads a long answer, a little at a time.
func (g *group) slow() {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for ; g.going(); <-tick.C {
		g.note("slow download", &g.seen.Slow, Ask(g.Address, "/big", tick.C))
	}
}

// Ask makes one request on a connection of its own, and reads as much of the answer at
// each tick as fits a small buffer; nil: at once.
func Ask(address, path string, tick <-chan time.Time) error {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	limit := patience
	if tick != nil {
		limit *= 2
	}
	_ = conn.SetDeadline(time.Now().Add(limit))
	_ = conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	if _, err := io.WriteString(conn, request(path, "close")); err != nil {
		return err
	}
	return answer(bufio.NewReaderSize(conn, 64<<10), tick)
}

// kept makes many requests on one connection.
func (g *group) kept() {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for ; g.going(); <-tick.C {
		conn, err := net.DialTimeout("tcp", g.Address, patience)
		if err != nil {
			g.note("kept connection", nil, err)
			continue
		}
		g.keep(conn)
		_ = conn.Close()
	}
}

// keep makes requests on a connection until the server closes it. A close without a
// byte of an answer, on a connection that had one, is allowed.
func (g *group) keep(conn net.Conn) {
	r := bufio.NewReader(conn)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for n := 0; g.going(); n++ {
		_ = conn.SetDeadline(time.Now().Add(patience))
		_, err := io.WriteString(conn, request("/", "keep-alive"))
		if err == nil {
			_, err = r.Peek(1)
		}
		if err != nil && n > 0 {
			g.note("", &g.seen.Idle, nil)
			return
		}
		if err == nil {
			err = answer(r, nil)
		}
		g.note("kept connection", &g.seen.Kept, err)
		if err != nil {
			return
		}
		<-tick.C
	}
}

// request is a GET.
func request(path, connection string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: " + connection + "\r\n\r\n"
}

// answer reads a whole answer, which is to be 200.
func answer(r *bufio.Reader, tick <-chan time.Time) error {
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, paced{resp.Body, tick}, make([]byte, 64<<10))
	switch {
	case err != nil:
		return err
	case resp.StatusCode >= 500:
		return unwell(resp.Status)
	case resp.StatusCode != http.StatusOK:
		return errors.New(resp.Status)
	case n != resp.ContentLength:
		return fmt.Errorf("%d bytes of %d", n, resp.ContentLength)
	}
	return nil
}

// paced reads a little at each tick.
type paced struct {
	io.Reader
	tick <-chan time.Time // nil: at once
}

// Read implements io.Reader.
func (p paced) Read(b []byte) (int, error) {
	if p.tick != nil {
		<-p.tick
	}
	return p.Reader.Read(b[:min(len(b), 64<<10)])
}
