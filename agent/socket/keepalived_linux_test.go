package socket

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hactl/agent/packet"
)

// TestKeepalivedNeighbour puts this package and agent/packet on a wire with
// keepalived, in each version, family and mode: we understand its adverts, and it
// believes ours and gives its address up.
func TestKeepalivedNeighbour(t *testing.T) {
	if _, err := exec.LookPath("keepalived"); err != nil {
		t.Skip("needs keepalived")
	}
	pass := packet.Password("s3cret")
	tests := []struct {
		name     string
		family   int
		unicast  bool
		expect   packet.Expect // the rest follows from the family
		interval string        // keepalived's words
		extra    string
	}{
		{"version 2", 4, false, packet.Expect{Version: 2, Interval: time.Second}, "1", ""},
		{"version 2, PASS", 4, false, packet.Expect{Version: 2, Interval: time.Second, Auth: pass}, "1",
			"authentication {\n auth_type PASS\n auth_pass s3cret\n}\n"},
		{"version 2, unicast", 4, true, packet.Expect{Version: 2, Interval: time.Second}, "1", ""},
		{"version 3", 4, false, packet.Expect{Version: 3}, "0.1", ""},
		{"version 3, unicast", 4, true, packet.Expect{Version: 3}, "0.1", ""},
		{"version 3, IPv6", 6, false, packet.Expect{Version: 3}, "0.1", ""},
		{"version 3, IPv6, unicast", 6, true, packet.Expect{Version: 3}, "0.1", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a, b := pair(t)
			us, them, vip := a.address(test.family), b.address(test.family), netip.MustParseAddr("10.0.0.254")
			expect, group := test.expect, group4
			if test.family == 6 {
				vip, group = netip.MustParseAddr("fe80::200:5eff:fe00:233"), group6
			}
			expect.VRID, expect.Source = 51, us
			dst, mode := group, ""
			if test.unicast {
				dst, expect.Peers = them, []netip.Addr{them}
				mode = fmt.Sprintf("unicast_src_ip %v\nunicast_peer {\n%v\n}\n", them, us)
			} else {
				expect.Group = group
			}
			c := a.listen("eth0", test.family)
			if !test.unicast {
				if err := c.Join(group); err != nil {
					t.Fatal(err)
				}
			}
			b.keepalived(fmt.Sprintf("global_defs {\nvrrp_version %d\n}\nvrrp_instance x {\ninterface eth0\nvirtual_router_id 51\n"+
				"priority 100\nadvert_int %s\n%s%svirtual_ipaddress {\n%v\n}\n}\n", test.expect.Version, test.interval, mode, test.extra, vip))

			// It speaks.
			adverts := make(chan packet.Advert, 100)
			go func() {
				_ = c.Receive(func(r Received) {
					h := packet.Header{Source: r.Source, Destination: r.Destination, TTL: r.TTL}
					advert, err := packet.Parse(r.Payload, h)
					if err == nil {
						err = expect.Check(&advert, h)
					}
					if err != nil {
						t.Errorf("from %v to %v: %v", r.Source, r.Destination, err)
						return
					}
					adverts <- advert
				})
			}()
			advert := await(t, adverts)
			if advert.Priority != 100 || advert.AddressesDiffer([]netip.Addr{vip}) {
				t.Errorf("keepalived sent %+v", advert)
			}
			eventually(t, "keepalived has the address", func() bool { return b.has(vip) })

			// It listens, for as long as it takes to see that: in version 3 it learns
			// our interval and waits three of them, in version 2 we go on sending.
			advert.Priority = 200
			if advert.Version == 3 {
				advert.Interval = 40 * time.Second
			}
			payload, err := advert.Append(nil, us, dst, packet.PseudoHeader)
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "keepalived gives the address up", func() bool {
				a.send(c, string(payload), us, dst)
				return !b.has(vip)
			})
		})
	}
}

// has tells whether the station has an address on eth0.
func (s station) has(addr netip.Addr) bool {
	s.t.Helper()
	prefixes, err := s.Addresses("eth0")
	if err != nil {
		s.t.Fatal(err)
	}
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Addr() == addr })
}

// keepalived starts keepalived with a configuration; it ends with the test.
func (s station) keepalived(config string) {
	s.t.Helper()
	dir := s.t.TempDir()
	file := filepath.Join(dir, "keepalived.conf")
	log, err := os.Create(filepath.Join(dir, "log"))
	if err == nil {
		err = os.WriteFile(file, []byte(config), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command("keepalived", "--dont-fork", "--log-console", "--vrrp", "--use-file", file,
		"--pid", filepath.Join(dir, "pid"), "--vrrp_pid", filepath.Join(dir, "vrrp_pid"))
	cmd.Stdout, cmd.Stderr = log, log
	process, err := s.Start(cmd)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if s.t.Failed() {
			text, err := os.ReadFile(log.Name())
			s.t.Logf("%s\nkeepalived: %s", config, errors.Join(err, errors.New(string(text))))
		}
		_ = process.Close()
		_ = log.Close()
	})
}
