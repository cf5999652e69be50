package changeover

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hactl/agent/netlab"
)

// Connections to an address are ended at both ends, and those to others are left.
func TestKernelSever(t *testing.T) {
	t.Parallel()
	netlab.Need(t)
	lab, err := netlab.New()
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	host, err := lab.Host("lb01")
	if err != nil {
		t.Fatal(err)
	}
	for listen, addresses := range map[string][2]string{
		"0.0.0.0:80": {"127.0.0.2", "127.0.0.3"},
		"[::]:81":    {"127.0.0.2", "::1"},
		"[::]:82":    {"::1", "127.0.0.3"},
	} {
		err := host.Do(func() error {
			l, err := net.Listen("tcp", listen)
			if err != nil {
				return err
			}
			defer l.Close()
			_, port, _ := net.SplitHostPort(listen)
			near, far := map[bool]net.Conn{}, map[bool]net.Conn{}
			for i, address := range addresses {
				if near[i == 0], err = net.Dial("tcp", net.JoinHostPort(address, port)); err != nil {
					return err
				}
				if far[i == 0], err = l.Accept(); err != nil {
					return err
				}
			}
			if err := sever([]netip.Addr{netip.MustParseAddr(addresses[0])}); err != nil {
				return err
			}
			for severed := range near {
				_ = far[severed].SetReadDeadline(time.Now().Add(time.Second))
				_, err := io.WriteString(near[severed], "x")
				n, wrong := far[severed].Read(make([]byte, 1))
				if severed != (err != nil || wrong != nil) {
					t.Errorf("%s, severed=%v: written %v, read %d, %v", listen, severed, err, n, wrong)
				}
			}
			return nil
		})
		if errors.Is(err, unix.EOPNOTSUPP) {
			t.Skipf("needs a kernel that ends connections: %v", err)
		}
		if err != nil {
			t.Fatalf("%s: %v", listen, err)
		}
	}
}
