package agent_test

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/agent/packet"
	"hactl/agent/socket"
	"hactl/schemas/plan"
)

// Keys are in files of each host, as text or as keepalived has them, in
// hexadecimal. A file that is damaged, or one that is still missing, stops nobody;
// it is told.
func TestKernelKeyFiles(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	file := func(host string, id int) string { return filepath.Join(c.dir, fmt.Sprintf("%s.key%d", host, id)) }
	write := func(host string, id int, text string) { c.must(os.WriteFile(file(host, id), []byte(text+"\n"), 0o600)) }
	keys := func(host string, active int, ids ...int) func(*plan.Router) {
		return func(r *plan.Router) {
			r.Auth = &plan.Auth{Type: plan.AuthHMAC, Active: active, Accept: plan.Enforce}
			for _, id := range ids {
				r.Auth.Keys = append(r.Auth.Keys, plan.Key{ID: id, SecretFile: file(host, id)})
			}
		}
	}
	problem := func(host, text string) {
		t.Helper()
		c.await(fmt.Sprintf("the problem %q on %s", text, host), func() bool { s := c.status(host); return s != nil && strings.Contains(s.Problem, text) })
	}
	publish := func(active int, ids ...int) (ours *plan.Document) {
		c.publish("lb02", router(244, fast, keys("lb02", active, ids...)))
		return c.publish("lb01", router(254, fast, keys("lb01", active, ids...)))
	}
	write("lb01", 1, hmacKey(1).Secret)
	write("lb02", 1, "hex:"+hex.EncodeToString([]byte(hmacKey(1).Secret)))
	publish(1, 1)
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	p := c.probe("10.0.0.100", "lb01")

	write("lb01", 2, hmacKey(2).Secret)
	publish(1, 1, 2)
	problem("lb02", "key 2 of vip web/public is not accepted: secret file "+file("lb02", 2)+" cannot be read")
	write("lb02", 2, "hex:"+hex.EncodeToString([]byte(hmacKey(2).Secret)))
	c.await("lb02 to have key 2", func() bool { return c.status("lb02").Problem == "" })
	c.awaitPlan("lb01", publish(2, 1, 2))
	write("lb02", 2, "damaged")
	problem("lb02", "secret file "+file("lb02", 2)+" does not hold 32 to 64 bytes; its last content is used")
	heard := c.received("lb02")
	c.await("lb02 to hear ten adverts", func() bool { return c.received("lb02") >= heard+10 })
	if d := c.status("lb02").Dropped; len(d) > 0 {
		t.Errorf("dropped %v", d)
	}
	unnoticed(t, p.Stop())
}

// eavesdrop calls heard with each sequence number on the segment, until it returns
// false.
func (c *cluster) eavesdrop(host *netlab.Host, heard func(packet.Sequence) bool) {
	c.t.Helper()
	c.must(host.Do(func() error {
		link, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		conn, err := socket.Listen(socket.Interface{Name: link.Name, Index: link.Index}, 4, []netip.Addr{vrrpGroup})
		if err != nil {
			return err
		}
		defer conn.Close()
		for more := true; more; {
			if err := conn.Wait(); err != nil {
				return err
			}
			err := conn.Drain(func(r socket.Received) {
				a, err := packet.Parse(r.Payload, packet.Header{Source: r.Source, Destination: r.Destination, TTL: r.TTL})
				if err == nil && a.Signature != nil {
					more = heard(a.Signature.Sequence) && more
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// Every number that is spent was written down before, and an agent that was killed
// goes on behind what is written, though the clock was set back meanwhile: here the
// mark is set ahead instead.
func TestKernelSequenceOutlivesTheAgent(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	listener := c.host("listener", "10.0.0.66/24")
	c.publish("lb01", router(254, fast, signs(plan.Enforce, 1)))
	file := filepath.Join(c.dir, "state", "lb01.sequence")
	c.start("lb01")
	c.awaitState("lb01", "active")
	var last packet.Sequence
	count := 0
	c.eavesdrop(listener, func(seq packet.Sequence) bool {
		data, err := os.ReadFile(file)
		c.must(err)
		mark, err := strconv.ParseUint(strings.TrimSpace(string(data)), 10, 64)
		c.must(err)
		if seq.After(packet.Sequence(mark)) || last != 0 && !seq.After(last) {
			t.Errorf("%x was spent after %x, and %x is written down", seq, last, mark)
		}
		last = seq
		count++
		return count < 30 // 3 s, in which the mark is written anew
	})
	c.kill("lb01")
	ahead := packet.SequenceAt(time.Now().Add(4 * time.Second))
	c.must(os.WriteFile(file, fmt.Appendf(nil, "%020d\n", uint64(ahead)), 0o600))
	c.start("lb01")
	c.eavesdrop(listener, func(seq packet.Sequence) bool {
		if !seq.After(ahead) {
			t.Errorf("after the restart %x was spent, not beyond %x", seq, ahead)
		}
		return false
	})
}
