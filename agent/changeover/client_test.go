package changeover

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// tally is what a client has seen.
type tally struct {
	Fresh, Kept, Slow int // requests that were answered: on new connections, on kept ones, slowly read
	Idle              int // kept connections that were closed between two requests, as HTTP allows
	Failed            []string
}

// client asks 127.0.0.1:8080 without a pause.
type client struct {
	mu   sync.Mutex
	seen tally
	stop chan struct{}
}

// playClient asks in three ways until SIGTERM, and then prints the tally.
func playClient(string) int {
	c := &client{stop: make(chan struct{})}
	var all sync.WaitGroup
	for _, way := range []func(){c.fresh, c.fresh, c.kept, c.kept, c.slow, c.slow} {
		all.Go(way)
	}
	await(syscall.SIGTERM)
	close(c.stop)
	all.Wait()
	if json.NewEncoder(os.Stdout).Encode(c.seen) != nil {
		return 1
	}
	return 0
}

// going reports whether to go on.
func (c *client) going() bool {
	select {
	case <-c.stop:
		return false
	default:
		return true
	}
}

// note counts one request.
func (c *client) note(way string, n *int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		*n++
	} else if len(c.seen.Failed) < 20 {
		c.seen.Failed = append(c.seen.Failed, way+": "+err.Error())
	}
}

// fresh makes one request on each connection.
func (c *client) fresh() {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ; c.going(); <-tick.C {
		c.note("new connection", &c.seen.Fresh, once("/healthz", nil))
	}
}

// slow reads an answer for some seconds.
func (c *client) slow() {
	for c.going() {
		tick := time.NewTicker(10 * time.Millisecond)
		c.note("slow download", &c.seen.Slow, once("/big", tick.C))
		tick.Stop()
	}
}

// once makes one request on a connection of its own, and reads as much of the answer
// at each tick as fits a small buffer; nil: at once.
func once(path string, tick <-chan time.Time) error {
	conn, err := net.DialTimeout("tcp", "127.0.0.1:8080", 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	if _, err := io.WriteString(conn, request(path, "close")); err != nil {
		return err
	}
	return answer(bufio.NewReaderSize(conn, 64<<10), tick)
}

// kept makes many requests on one connection.
func (c *client) kept() {
	for c.going() {
		conn, err := net.DialTimeout("tcp", "127.0.0.1:8080", 5*time.Second)
		if err != nil {
			c.note("kept connection", nil, err)
			continue
		}
		c.keep(conn)
		_ = conn.Close()
	}
}

// keep makes requests on a connection until the server closes it. A close without a
// byte of an answer, on a connection that had one, is allowed.
func (c *client) keep(conn net.Conn) {
	r := bufio.NewReader(conn)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for n := 0; c.going(); n++ {
		_, err := io.WriteString(conn, request("/healthz", "keep-alive"))
		if err == nil {
			_, err = r.Peek(1)
		}
		if err != nil && n > 0 {
			c.note("", &c.seen.Idle, nil)
			return
		}
		if err == nil {
			err = answer(r, nil)
		}
		c.note("kept connection", &c.seen.Kept, err)
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
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, paced{resp.Body, tick}, make([]byte, 64<<10))
	if err == nil && n != resp.ContentLength {
		err = fmt.Errorf("%d bytes of %d", n, resp.ContentLength)
	}
	return err
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

// String returns the tally in words.
func (t tally) String() string {
	return fmt.Sprintf("%d requests on new connections, %d on kept ones, %d slow downloads; %d idle connections closed; failed: %d %s",
		t.Fresh, t.Kept, t.Slow, t.Idle, len(t.Failed), strings.Join(t.Failed, ", "))
}
