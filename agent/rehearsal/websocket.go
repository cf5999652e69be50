package rehearsal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// Whatever a server in between passes on, the two ends say what RFC 6455 has as its
// example: the handshake of 1.3, and "Hello" of 5.7.
const (
	handshakeKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	handshakeAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
	maskedHello     = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
	hello           = "\x81\x05\x48\x65\x6c\x6c\x6f"
)

// Echo returns a program that is a WebSocket server: it listens on HOST:PORT, and sends
// back each Hello that it gets. It ends at SIGTERM.
func Echo(address string) *exec.Cmd { return role("echo", address) }

func playEcho(text string) int {
	var address string
	err := json.Unmarshal([]byte(text), &address)
	var l net.Listener
	if err == nil {
		l, err = net.Listen("tcp", address)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			go func() {
				defer conn.Close()
				echo(conn, bufio.NewReader(conn))
			}()
		}
	}()
	await(ending...)
	return 0
}

// echo serves one connection until its other end goes.
func echo(conn net.Conn, r *bufio.Reader) {
	asked, err := http.ReadRequest(r)
	if err != nil || asked.Header.Get("Sec-WebSocket-Key") != handshakeKey {
		return
	}
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: "+handshakeAccept+"\r\n\r\n")
	for err == nil {
		if err = expect(r, maskedHello); err == nil {
			_, err = io.WriteString(conn, hello)
		}
	}
}

// expect reads one frame, which is to be this one.
func expect(r io.Reader, frame string) error {
	got := make([]byte, len(frame))
	if _, err := io.ReadFull(r, got); err != nil {
		return err
	}
	if !bytes.Equal(got, []byte(frame)) {
		return fmt.Errorf("%x instead of %x", got, frame)
	}
	return nil
}

// sockets opens one WebSocket connection after the other.
func (g *group) sockets() {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for ; g.going(); <-tick.C {
		conn, r, err := upgraded(g.Address)
		if err != nil {
			g.note("WebSocket", nil, err)
			continue
		}
		g.exchange(conn, r)
		_ = conn.Close()
	}
}

// upgraded returns a WebSocket connection.
func upgraded(address string) (net.Conn, *bufio.Reader, error) {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return nil, nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	r := bufio.NewReader(conn)
	_, err = io.WriteString(conn, "GET /echo HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "+handshakeKey+"\r\n\r\n")
	if err == nil {
		var answered *http.Response
		answered, err = http.ReadResponse(r, nil)
		switch {
		case err != nil:
		case answered.StatusCode >= 500:
			err = unwell(answered.Status)
		case answered.StatusCode != http.StatusSwitchingProtocols || answered.Header.Get("Sec-WebSocket-Accept") != handshakeAccept:
			err = fmt.Errorf("no WebSocket: %s", answered.Status)
		}
	}
	if err != nil {
		_ = conn.Close()
	}
	return conn, r, err
}

// exchange says Hello for as long as the connection is to live, and counts what comes
// back. One that ends before is cut.
func (g *group) exchange(conn net.Conn, r io.Reader) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for begun := time.Now(); g.going() && (g.Life == 0 || time.Since(begun) < g.Life); <-tick.C {
		_ = conn.SetDeadline(time.Now().Add(patience))
		_, err := io.WriteString(conn, maskedHello)
		if err == nil {
			err = expect(r, hello)
		}
		if err != nil {
			g.note("", &g.seen.Cut, nil)
			return
		}
		g.note("", &g.seen.Messages, nil)
	}
	g.note("", &g.seen.Sockets, nil)
}
