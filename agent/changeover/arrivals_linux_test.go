package changeover

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

// Connections to addresses of the host are counted, of IPv4 also where the server
// listens on both families, and until they have ended.
func TestArrivals(t *testing.T) {
	var server []net.Conn
	connect := func(network, address string) net.Conn {
		l, err := net.Listen(network, address)
		if err != nil {
			t.Skip(err)
		}
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		c, err := net.Dial("tcp", "127.0.0.9:"+port)
		if err != nil {
			t.Fatal(err)
		}
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		server = append(server, s)
		return c
	}
	clients := []net.Conn{connect("tcp4", "127.0.0.9:0"), connect("tcp", "[::]:0")}
	vips := []netip.Addr{netip.MustParseAddr("127.0.0.9"), netip.MustParseAddr("2001:db8::9")}
	if n := (&eye{}).arrivals(vips); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
	if n := (&eye{}).arrivals(vips[1:]); n != 0 {
		t.Errorf("%d connections to another address", n)
	}
	for i := range clients {
		_ = clients[i].Close()
		_ = server[i].Close()
	}
	for end := time.Now().Add(time.Minute); (&eye{}).arrivals(vips) > 0; <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("connections that have ended are counted")
		}
	}
}

// The table is not read more often than it has to be.
func TestArrivalsAreCountedNowAndThen(t *testing.T) {
	y := &eye{counted: time.Now(), connections: 7}
	if n := y.arrivals(nil); n != 7 {
		t.Errorf("counted again: %d", n)
	}
}
