package socket

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// RFC 9568 section 5.1: adverts go from the given source to the group, with TTL
// or hop limit 255, to everybody else on the link, and not back to the sender.
func TestMulticast(t *testing.T) {
	for family, group := range map[int]netip.Addr{4: group4, 6: group6} {
		t.Run(fmt.Sprintf("IPv%d", family), func(t *testing.T) {
			a, b := pair(t)
			from, to := a.listen("eth0", family, group), b.listen("eth0", family, group)
			packets, src := receive(t, to), a.address(family)
			for _, payload := range []string{"first advert", "second advert"} {
				a.send(from, payload, src, group)
				want := got{src, group, 255, payload}
				if p := await(t, packets); p != want {
					t.Errorf("received %v, want %v", p, want)
				}
			}
			if own := drain(t, from); own != nil {
				t.Errorf("the sender received its own %q", own)
			}
		})
	}
}

// A unicast socket needs no group; link-local destinations need no zone.
func TestUnicast(t *testing.T) {
	a, b := pair(t)
	global := [2]netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")}
	for name, ends := range map[string][2]netip.Addr{
		"IPv4":            {a.address(4), b.address(4)},
		"IPv6 link-local": {a.address(6), b.address(6)},
		"IPv6 global":     global,
	} {
		t.Run(name, func(t *testing.T) {
			family := 4
			if ends[0].Is6() {
				family = 6
			}
			from, to := a.listen("eth0", family), b.listen("eth0", family)
			packets := receive(t, to)
			a.send(from, "unicast", ends[0], ends[1])
			want := got{ends[0], ends[1], 255, "unicast"}
			if p := await(t, packets); p != want {
				t.Errorf("received %v, want %v", p, want)
			}
		})
	}
}

// What arrives on another interface is never received, whatever its destination.
func TestOtherInterface(t *testing.T) {
	a, b := pair(t)
	there, here := b.listen("eth1", 4, group4), b.listen("eth0", 4, group4)
	packets := receive(t, there)
	src := netip.MustParseAddr("10.0.1.1")
	from := a.listen("eth1", 4)
	for _, dst := range []netip.Addr{group4, netip.MustParseAddr("10.0.1.2")} {
		a.send(from, "to eth1", src, dst)
		if p := await(t, packets); p.Destination != dst {
			t.Fatalf("received %v on eth1", p)
		}
	}
	if wrong := drain(t, here); wrong != nil {
		t.Errorf("the socket on eth0 received %q", wrong)
	}
}

// What was queued before the socket was configured, when it may not have been
// bound to its interface, is forgotten.
func TestForgetsWhatCameEarly(t *testing.T) {
	a, b := pair(t)
	from, to := a.listen("eth0", 4), b.listen("eth0", 4)
	a.send(from, "early", a.address(4), b.address(4))
	if err := to.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := to.configure(4); err != nil {
		t.Fatal(err)
	}
	if early := drain(t, to); early != nil {
		t.Errorf("received %q", early)
	}
}

// A socket hears a group from Join to Leave.
func TestJoinLeave(t *testing.T) {
	for family, group := range map[int]netip.Addr{4: group4, 6: group6} {
		t.Run(fmt.Sprintf("IPv%d", family), func(t *testing.T) {
			a, b := pair(t)
			from, to := a.listen("eth0", family), b.listen("eth0", family)
			src, dst := a.address(family), b.address(family)
			packets := receive(t, to)
			// The unicast packet behind the other tells that it has been on the way.
			hears := func(payload string) bool {
				a.send(from, payload, src, group)
				a.send(from, "behind "+payload, src, dst)
				p := await(t, packets)
				if p.Payload == payload {
					p = await(t, packets)
					return p.Payload == "behind "+payload
				}
				return false
			}
			if hears("before") {
				t.Error("hears the group without a Join")
			}
			if err := to.Join(group); err != nil {
				t.Fatal(err)
			}
			if !hears("member") {
				t.Error("does not hear the group after Join")
			}
			if err := to.Leave(group); err != nil {
				t.Fatal(err)
			}
			if hears("after") {
				t.Error("hears the group after Leave")
			}
		})
	}
}

// Drain reads what waits, in order, and does not wait for more.
func TestDrain(t *testing.T) {
	a, b := pair(t)
	from, to := a.listen("eth0", 4), b.listen("eth0", 4, group4)
	if p := drain(t, to); p != nil {
		t.Errorf("drained %q from an empty socket", p)
	}
	want := []string{"one", "two", "three"}
	for _, payload := range want {
		a.send(from, payload, a.address(4), group4)
	}
	var payloads []string
	for len(payloads) < len(want) {
		if err := to.Wait(); err != nil {
			t.Fatal(err)
		}
		payloads = append(payloads, drain(t, to)...)
	}
	if !slices.Equal(payloads, want) {
		t.Errorf("drained %q, want %q", payloads, want)
	}
}

// Beside a Receive that waits, Drain neither blocks nor loses, doubles or
// reorders an advert.
func TestDrainBesideReceive(t *testing.T) {
	const adverts = 500
	a, b := pair(t)
	from, to := a.listen("eth0", 4), b.listen("eth0", 4, group4)
	seen := make(chan string, adverts)
	handle := func(r Received) { seen <- string(r.Payload) }
	ended := make(chan error, 1)
	go func() { ended <- to.Receive(handle) }()
	src := a.address(4)
	for i := range adverts {
		a.send(from, fmt.Sprint(i), src, group4)
		if err := to.Drain(handle); err != nil {
			t.Fatal(err)
		}
	}
	for i := range adverts {
		if p := await(t, seen); p != fmt.Sprint(i) {
			t.Fatalf("advert %d is %q", i, p)
		}
	}
	_ = to.Close()
	if err := await(t, ended); err != net.ErrClosed {
		t.Errorf("Receive ended with %v", err)
	}
}

// Close ends Wait, and what comes after it fails with net.ErrClosed.
func TestClose(t *testing.T) {
	a, b := pair(t)
	c := a.listen("eth0", 6, group6)
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := await(t, ended); err != net.ErrClosed {
		t.Errorf("Wait: %v", err)
	}
	if err := c.Drain(func(Received) {}); err != net.ErrClosed {
		t.Errorf("Drain: %v", err)
	}
	if err := sendOne(c, "late", a.address(6), b.address(6)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send: %v", err)
	}
}

// An advert never carries a source that the host does not have.
func TestForeignSource(t *testing.T) {
	a, b := pair(t)
	for family, group := range map[int]netip.Addr{4: group4, 6: group6} {
		c := a.listen("eth0", family)
		err := sendOne(c, "forged", b.address(family), group)
		if err == nil || !strings.Contains(err.Error(), "send advert from "+b.address(family).String()) {
			t.Errorf("IPv%d: Send with another host's address: %v", family, err)
		}
	}
}

// The errors of opening name the operation, the interface, and what to do.
func TestListenErrors(t *testing.T) {
	a, _ := pair(t)
	ifi := a.ifi("eth0")
	tests := []struct {
		name string
		open func() error
		want []string
	}{
		{"no such interface", func() error { return open(Interface{"eth9", 99}, 4) },
			[]string{"open VRRP socket for IPv4 on eth9", "no such device"}},
		{"without CAP_NET_RAW, IPv4", unprivileged(func() error { return open(ifi, 4) }),
			[]string{"open VRRP socket for IPv4 on eth0", "CAP_NET_RAW is missing"}},
		{"without CAP_NET_RAW, IPv6", unprivileged(func() error { return open(ifi, 6) }),
			[]string{"open VRRP socket for IPv6 on eth0", "CAP_NET_RAW is missing"}},
		{"without CAP_NET_RAW, frames", unprivileged(func() error { _, err := OpenFrames(ifi); return err }),
			[]string{"open socket for Ethernet frames on eth0", "CAP_NET_RAW is missing"}},
		{"without CAP_NET_RAW, announcements", unprivileged(func() error { _, err := ListenAnnouncements(ifi); return err }),
			[]string{"open socket for announcements on eth0", "CAP_NET_RAW is missing"}},
		{"group of another family", func() error { _, err := Listen(ifi, 4, []netip.Addr{group6}); return err },
			[]string{"join group ff02::12 on eth0"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := a.Do(test.open)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func open(ifi Interface, family int) error {
	c, err := Listen(ifi, family, nil)
	if err == nil {
		_ = c.Close()
	}
	return err
}

// unprivileged takes all capabilities from the calling thread before it calls f.
// The lab's thread ends with it.
func unprivileged(f func() error) func() error {
	return func() error {
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		none := [2]unix.CapUserData{}
		if err := unix.Capset(&header, &none[0]); err != nil {
			return fmt.Errorf("drop capabilities: %w", err)
		}
		return f()
	}
}

// Only CAP_NET_RAW is needed: without CAP_NET_ADMIN the buffers are what the
// sysctls allow.
func TestNetRawIsEnough(t *testing.T) {
	a, _ := pair(t)
	ifi := a.ifi("eth0")
	a.do(func() error {
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		raw := [2]unix.CapUserData{{Effective: 1 << unix.CAP_NET_RAW, Permitted: 1 << unix.CAP_NET_RAW}}
		if err := unix.Capset(&header, &raw[0]); err != nil {
			return err
		}
		return errors.Join(open(ifi, 4), open(ifi, 6))
	})
}
