package agent_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/agent/packet"
	"hactl/agent/socket"
	"hactl/schemas/plan"
)

// hmacKey is the key of an ID.
func hmacKey(id int) packet.Key { return packet.Key{ID: uint8(id), Secret: fmt.Sprintf("%032d", id)} }

// signs gives a router keys of these IDs, of which the first signs.
func signs(accept plan.Enforcing, ids ...int) func(*plan.Router) {
	return func(r *plan.Router) {
		r.Auth = &plan.Auth{Type: plan.AuthHMAC, Active: ids[0], Accept: accept}
		for _, id := range slices.Sorted(slices.Values(ids)) {
			r.Auth.Keys = append(r.Auth.Keys, plan.Key{ID: id, Secret: hmacKey(id).Secret})
		}
	}
}

// steps gives each host of a pair one plan after the other, lb02 first, and
// checks that adverts go on being heard and that no client notices. An Active host
// that is not heard is succeeded within 0.3 s, which is waited for.
func (c *cluster) steps(changes ...[2]func(*plan.Router)) {
	c.t.Helper()
	p := c.probe("10.0.0.100", "lb01")
	before := [2]uint64{c.status("lb01").Routers[0].Transitions, c.status("lb02").Routers[0].Transitions}
	for _, change := range changes {
		c.awaitPlan("lb02", c.publish("lb02", router(244, fast, change[1])))
		c.awaitPlan("lb01", c.publish("lb01", router(254, fast, change[0])))
		heard := c.received("lb02")
		c.await("lb02 to hear ten adverts", func() bool { return c.received("lb02") >= heard+10 })
	}
	r := p.Stop()
	unnoticed(c.t, r)
	for i, host := range []string{"lb01", "lb02"} {
		if n := c.status(host).Routers[0].Transitions - before[i]; n > 0 && !stood(c.t, r) {
			c.t.Errorf("%s made %d transitions", host, n)
		}
	}
}

// both is one change for both hosts.
func both(f func(*plan.Router)) [2]func(*plan.Router) { return [2]func(*plan.Router){f, f} }

// However the two routers speak, signed adverts are heard, and the Backup takes
// over when the signing host dies.
func TestKernelHMAC(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][]func(*plan.Router){
		"version 2":      {func(r *plan.Router) { r.Version = 2 }},
		"multicast IPv4": {fast},
		"unicast IPv4":   {fast, unicast},
		"multicast IPv6": {fast, ipv6},
		"unicast IPv6":   {fast, ipv6, unicast},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change = append(change, signs(plan.Enforce, 1))
			best, second := router(254, change...), router(244, change...)
			c := newCluster(t, 2)
			c.publish("lb01", best)
			c.publish("lb02", second)
			c.start("lb01")
			c.routerState("lb01", best.ID, "active")
			c.start("lb02")
			c.routerState("lb02", best.ID, "backup")
			c.await("lb02 to have heard three adverts", func() bool { return c.received("lb02") >= 3 })
			vip := netip.MustParsePrefix(best.Addresses[len(best.Addresses)-1].Prefix).Addr().String()
			c.holders("eth0", vip, "lb01")
			c.must(c.hosts["lb01"].Unplug("eth0"))
			c.kill("lb01")
			c.routerState("lb02", best.ID, "active")
			if d := c.status("lb02").Dropped; len(d) > 0 {
				t.Errorf("dropped %v", d)
			}
		})
	}
}

// A cluster takes HMAC up step by step, also while a neighbour has not begun.
func TestKernelHMACIsTakenUp(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	none, listens, gives, demands := func(*plan.Router) {}, signs(plan.ReceiveOnly, 1), signs(plan.Permissive, 1), signs(plan.Enforce, 1)
	c.steps(
		[2]func(*plan.Router){none, listens},
		both(listens),
		both(gives),
		both(demands),
	)
}

// A key is changed by three applies, and nobody notices.
func TestKernelKeyRotation(t *testing.T) {
	t.Parallel()
	c := pair(t, fast, signs(plan.Enforce, 1))
	c.steps(both(signs(plan.Enforce, 1, 2)), both(signs(plan.Enforce, 2, 1)), both(signs(plan.Enforce, 2)))
	for _, file := range []string{c.logFile("lb01"), filepath.Join(c.dir, "status", "lb01.json")} {
		text, err := os.ReadFile(file)
		c.must(err)
		for _, id := range []int{1, 2} {
			if len(text) == 0 || strings.Contains(string(text), hmacKey(id).Secret) {
				t.Errorf("key %d is in %s", id, filepath.Base(file))
			}
		}
	}
}

// sends lets 10.0.0.66 send packets to the group.
func (c *cluster) sends(attacker *netlab.Host, payloads ...[]byte) {
	c.t.Helper()
	c.must(attacker.Do(func() error {
		link, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		conn, err := socket.Listen(socket.Interface{Name: link.Name, Index: link.Index}, 4, nil)
		if err != nil {
			return err
		}
		for _, p := range payloads {
			err = errors.Join(err, conn.Send(socket.Packet{Source: attackers, Destination: vrrpGroup, Payload: p})[0])
		}
		return errors.Join(err, conn.Close())
	}))
}

// The attacker's address, and where adverts go.
var attackers, vrrpGroup = netip.MustParseAddr("10.0.0.66"), netip.MustParseAddr("224.0.0.18")

// An attacker on the segment who sends what he has recorded, what he makes up, and
// what he signs with a key of his own, moves nothing: each is counted.
func TestKernelForgedAdverts(t *testing.T) {
	t.Parallel()
	c := pair(t, fast, signs(plan.Enforce, 1))
	p := c.probe("10.0.0.100", "lb01")
	attacker := c.host("attacker", "10.0.0.66/24")
	claim := packet.Advert{Version: 3, VRID: 50, Priority: 255, Interval: 100 * time.Millisecond, Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.100")}}
	signed := func(key packet.Key, at time.Time) []byte {
		b, err := claim.AppendSigned(nil, attackers, vrrpGroup, packet.PseudoHeader, key, packet.SequenceAt(at))
		c.must(err)
		return b
	}
	plain, err := claim.Append(nil, attackers, vrrpGroup, packet.PseudoHeader)
	c.must(err)
	stranger := packet.Key{ID: 1, Secret: hmacKey(2).Secret}
	c.sends(attacker, plain, signed(stranger, time.Now()), signed(hmacKey(2), time.Now()), signed(hmacKey(1), time.Now().Add(-time.Minute)))
	claim.Priority = 1 // an advert of a sender that is right, and the same again
	mine := signed(hmacKey(1), time.Now())
	c.sends(attacker, mine, mine)
	for _, host := range []string{"lb01", "lb02"} {
		for _, reason := range []string{"unsigned", "signature", "key", "stale", "replay"} {
			c.await(host+" to have dropped one for "+reason, func() bool { return c.status(host).Dropped[reason] == 1 })
		}
		if n := c.status(host).Routers[0].Transitions; n > 2 {
			t.Errorf("%s made %d transitions", host, n)
		}
	}
	unnoticed(t, p.Stop())
}
