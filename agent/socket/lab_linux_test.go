package socket

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"hactl/agent/netlab"
)

func TestMain(m *testing.M) { os.Exit(netlab.Main(m)) }

// patience is how long a test waits for what must come.
const patience = time.Minute

var (
	group4 = netip.MustParseAddr("224.0.0.18")
	group6 = netip.MustParseAddr("ff02::12")
)

// station is a host of the lab with what the tests need of it.
type station struct {
	*netlab.Host
	t *testing.T
}

// pair returns two stations on one segment (eth0) and on another (eth1): a is
// 10.0.0.1 and 2001:db8::1 on eth0, b .2 and ::2; on eth1 they are in 10.0.1.0/24.
func pair(t *testing.T) (a, b station) {
	t.Helper()
	netlab.Need(t)
	lab, err := netlab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lab.Close() })
	stations := [2]station{}
	segments := [2]*netlab.Bridge{}
	for i := range segments {
		if segments[i], err = lab.Bridge(fmt.Sprintf("segment%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range stations {
		h, err := lab.Host(string(rune('a' + i)))
		if err != nil {
			t.Fatal(err)
		}
		n := i + 1
		if err := h.Connect(segments[0], "eth0", fmt.Sprintf("10.0.0.%d/24", n), fmt.Sprintf("2001:db8::%d/64", n)); err != nil {
			t.Fatal(err)
		}
		if err := h.Connect(segments[1], "eth1", fmt.Sprintf("10.0.1.%d/24", n)); err != nil {
			t.Fatal(err)
		}
		stations[i] = station{h, t}
	}
	return stations[0], stations[1]
}

// do runs f on the station.
func (s station) do(f func() error) {
	s.t.Helper()
	if err := s.Do(f); err != nil {
		s.t.Fatal(err)
	}
}

// device returns one of the station's interfaces.
func (s station) device(name string) (ifi *net.Interface) {
	s.t.Helper()
	s.do(func() (err error) {
		ifi, err = net.InterfaceByName(name)
		return err
	})
	return ifi
}

// ifi returns one of the station's interfaces, as this package knows it.
func (s station) ifi(name string) Interface {
	s.t.Helper()
	return Interface{Name: name, Index: s.device(name).Index}
}

// address returns the station's address of a family on eth0: IPv4, or IPv6
// link-local.
func (s station) address(family int) netip.Addr {
	s.t.Helper()
	prefixes, err := s.Addresses("eth0")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range prefixes {
		if a := p.Addr(); family == 4 && a.Is4() || family == 6 && a.IsLinkLocalUnicast() {
			return a
		}
	}
	s.t.Fatalf("no IPv%d address on %s", family, s.Name)
	return netip.Addr{}
}

// listen opens a Conn that ends with the test.
func (s station) listen(name string, family int, groups ...netip.Addr) (c *Conn) {
	s.t.Helper()
	ifi := s.ifi(name)
	s.do(func() (err error) {
		c, err = Listen(ifi, family, groups)
		return err
	})
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// send sends from c and fails the test when that fails.
func (s station) send(c *Conn, payload string, src, dst netip.Addr) {
	s.t.Helper()
	if err := sendOne(c, payload, src, dst); err != nil {
		s.t.Fatal(err)
	}
}

// sendOne sends one packet.
func sendOne(c *Conn, payload string, src, dst netip.Addr) error {
	return c.Send(Packet{Source: src, Destination: dst, Payload: []byte(payload)})[0]
}

// got is a Received with a payload of its own.
type got struct {
	Source, Destination netip.Addr
	TTL                 uint8
	Payload             string
}

func keep(r Received) got {
	return got{r.Source, r.Destination, r.TTL, string(r.Payload)}
}

// receive starts to receive from c and returns what arrives.
func receive(t *testing.T, c *Conn) <-chan got {
	packets, ended := make(chan got, 1000), make(chan error, 1)
	go func() { ended <- c.Receive(func(r Received) { packets <- keep(r) }) }()
	t.Cleanup(func() {
		_ = c.Close()
		if err := await(t, ended); err != net.ErrClosed {
			t.Errorf("Receive ended with %v, want net.ErrClosed", err)
		}
	})
	return packets
}

// await returns what comes out of a channel next.
func await[T any](t *testing.T, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(patience):
		t.Error("nothing arrived")
	}
	return v
}

// drain returns the payloads that wait in c.
func drain(t *testing.T, c *Conn) (payloads []string) {
	t.Helper()
	if err := c.Drain(func(r Received) { payloads = append(payloads, string(r.Payload)) }); err != nil {
		t.Fatal(err)
	}
	return payloads
}

// eventually waits until condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !condition(); {
		select {
		case <-deadline:
			t.Fatalf("not within %v: %s", patience, what)
		case <-tick.C:
		}
	}
}
