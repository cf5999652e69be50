package rehearsal

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// server answers each connection by a function, until the test ends.
func server(t *testing.T, serve func(net.Conn, *bufio.Reader)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			go func() {
				defer conn.Close()
				serve(conn, bufio.NewReader(conn))
			}()
		}
	}()
	return l.Addr().String()
}

// says returns a server that reads one request, answers it with a text, and closes.
func says(text string) func(net.Conn, *bufio.Reader) {
	return func(conn net.Conn, r *bufio.Reader) {
		if _, err := http.ReadRequest(r); err == nil {
			_, _ = io.WriteString(conn, text)
		}
	}
}

const well = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwell\n"

// A client must notice what it is there to notice.
func TestFailuresAreNoticed(t *testing.T) {
	for name, c := range map[string]struct {
		serve func(net.Conn, *bufio.Reader)
		want  string
	}{
		"well":        {says(well), ""},
		"cut short":   {says(well[:len(well)-2]), "unexpected EOF"},
		"nothing":     {says(""), "unexpected EOF"},
		"not found":   {says("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), "404 Not Found"},
		"no length":   {says("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwell\n"), "5 bytes of -1"},
		"at fault":    {says("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), "1 answers 5xx"},
		"reset":       {func(conn net.Conn, _ *bufio.Reader) { _ = conn.(*net.TCPConn).SetLinger(0) }, "1 requests reset"},
		"half a line": {says("HTTP/1.1 200 O"), "unexpected EOF"},
	} {
		g := &group{Clients: Clients{Address: server(t, c.serve)}}
		g.note("new connection", &g.seen.Fresh, Ask(g.Address, "/", nil))
		got := g.seen.Noticed()
		if !strings.HasSuffix(got, c.want) || (got == "") != (c.want == "") || (got == "") != (g.seen.Fresh == 1) {
			t.Errorf("%s: noticed %q, want %q", name, got, c.want)
		}
	}
	g := &group{Clients: Clients{Address: "127.0.0.1:1"}}
	g.note("new connection", &g.seen.Fresh, Ask(g.Address, "/", nil))
	if !strings.Contains(g.seen.Noticed(), "new connection: dial tcp 127.0.0.1:1: connect: connection refused") {
		t.Errorf("refused: noticed %q", g.seen.Noticed())
	}
}

// Between two requests a server may close; the first of a connection it has to answer.
func TestIdleClosesAreAllowed(t *testing.T) {
	for name, c := range map[string]struct {
		answers        int
		kept, idle     int
		failedToAnswer int
	}{
		"after three": {3, 3, 1, 0},
		"at once":     {0, 0, 0, 1},
	} {
		g := &group{Clients: Clients{Address: server(t, func(conn net.Conn, r *bufio.Reader) {
			for range c.answers {
				says(well)(conn, r)
			}
			_, _ = http.ReadRequest(r)
		})}}
		conn, err := net.Dial("tcp", g.Address)
		if err != nil {
			t.Fatal(err)
		}
		g.keep(conn)
		_ = conn.Close()
		if s := g.seen; s.Kept != c.kept || s.Idle != c.idle || len(s.Failed) != c.failedToAnswer {
			t.Errorf("%s: %v", name, s)
		}
	}
}

// A WebSocket connection is echoed on until its client ends it; one that the server ends
// is cut.
func TestSocketsAreCut(t *testing.T) {
	converse := func(serve func(net.Conn, *bufio.Reader), life time.Duration) Tally {
		g := &group{Clients: Clients{Address: server(t, serve), Life: life}}
		conn, r, err := upgraded(g.Address)
		if err != nil {
			t.Fatal(err)
		}
		g.exchange(conn, r)
		_ = conn.Close()
		return g.seen
	}
	if s := converse(echo, 50*time.Millisecond); s.Messages == 0 || s.Sockets != 1 || s.Noticed() != "" {
		t.Errorf("echoed: %v", s)
	}
	cut := func(conn net.Conn, r *bufio.Reader) { echo(conn, bufio.NewReader(io.LimitReader(r, 300))) }
	if s := converse(cut, 0); s.Sockets != 0 || s.Noticed() != "1 WebSocket connections cut" {
		t.Errorf("cut: %v", s)
	}
	if _, _, err := upgraded(server(t, says(well))); err == nil || err.Error() != "no WebSocket: 200 OK" {
		t.Errorf("upgraded: %v", err)
	}
}
