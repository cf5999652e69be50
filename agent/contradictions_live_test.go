package agent_test

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/agent/packet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// sayings are what a host that means no good, or that has another configuration, says to
// two routers: one of version 3 without a password, and one of version 2 with one.
func sayings(t *testing.T) [][]byte {
	advert := func(version, vrid uint8, interval time.Duration, password, vip string) packet.Advert {
		a := packet.Advert{Version: version, VRID: vrid, Priority: 1, Interval: interval, Addresses: []netip.Addr{netip.MustParseAddr(vip)}}
		if password != "" {
			a.Auth = packet.Password(password)
		}
		return a
	}
	say := func(last byte, ttl uint8, a packet.Advert, change func(payload []byte) []byte) []byte {
		from := netip.AddrFrom4([4]byte{10, 0, 0, last})
		payload, err := a.Append(nil, from, vrrpGroup, packet.PseudoHeader)
		if err != nil {
			t.Fatal(err)
		}
		return inIPv4(from, ttl, change(payload))
	}
	asItIs := func(payload []byte) []byte { return payload }
	good := advert(3, 50, 100*time.Millisecond, "", "10.0.0.100")
	return [][]byte{
		say(6, 255, good, asItIs),  // of lb02, while lb01 is Active
		say(66, 255, good, asItIs), // of nobody
		say(6, 255, advert(3, 50, 100*time.Millisecond, "", "10.0.0.177"), asItIs),
		say(61, 255, advert(2, 50, time.Second, "", "10.0.0.100"), asItIs),
		say(62, 64, good, asItIs),
		say(63, 255, good, func(payload []byte) []byte { payload[7]++; return payload }),
		say(64, 255, good, func(payload []byte) []byte { return payload[:7] }),
		say(6, 255, advert(2, 51, time.Second, "other", "10.0.0.101"), asItIs),
		say(65, 255, advert(2, 51, 2*time.Second, "s3cret", "10.0.0.101"), asItIs),
	}
}

// Whatever contradicts a router on the wire is named at once in its report, in words
// that say what to look at, in the events and in the metrics; and no router moves.
func TestKernelContradictionsAreNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	third := router(254, fast, known)
	second := router(254, known, func(r *plan.Router) {
		r.ID, r.Vip, r.VRID, r.Version = "web/second/ipv4", "web/second", 51, 2
		r.Addresses = []plan.Address{{Prefix: "10.0.0.101/24"}}
		r.Auth = &plan.Auth{Type: plan.AuthPass, Secret: "s3cret"}
	})
	c.publish("lb01", third, second)
	c.start("lb01")
	for _, r := range []plan.Router{third, second} {
		c.routerState("lb01", r.ID, status.Active)
	}
	wanted := map[string][]string{
		third.ID:  {status.TwoActive, status.ForeignSender, status.OtherAddresses, status.OtherVersion, status.WrongTTL, status.WrongChecksum, status.Malformed},
		second.ID: {status.OtherAuth, status.OtherInterval},
	}
	out, said := c.out(c.host("stranger", "10.0.0.66/24")), sayings(t)
	defer out.Close()
	var missing []string
	for end := time.Now().Add(patience); ; <-time.After(100 * time.Millisecond) {
		for _, frame := range said {
			c.must(out.Send(frame))
		}
		if missing = c.unnamed("lb01", wanted); len(missing) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("not named:\n%s", strings.Join(missing, "\n"))
		}
	}
	for _, r := range c.status("lb01").Routers {
		if r.State != status.Active || r.Transitions != 2 {
			t.Errorf("%s is %s after %d transitions", r.ID, r.State, r.Transitions)
		}
	}
}

// unnamed says where the kinds of conflicts that are wanted of routers are not told.
func (c *cluster) unnamed(host string, wanted map[string][]string) (missing []string) {
	c.t.Helper()
	events, page := map[string]bool{}, scrape("unix", c.socket(host))
	for _, e := range c.conflictEvents(host) {
		events[e.Router+" "+e.Conflict.Kind] = e.Cause != ""
	}
	reports := c.status(host)
	for _, id := range slices.Sorted(maps.Keys(wanted)) {
		at := slices.IndexFunc(reports.Routers, func(r status.Router) bool { return r.ID == id })
		for _, kind := range wanted[id] {
			if !slices.ContainsFunc(reports.Routers[at].Conflicts, func(x status.Conflict) bool { return x.Kind == kind && x.Words != "" }) {
				missing = append(missing, fmt.Sprintf("%s: %s is not in the report", id, kind))
			}
			if !events[id+" "+kind] {
				missing = append(missing, fmt.Sprintf("%s: %s is no event", id, kind))
			}
			if !strings.Contains(page, fmt.Sprintf("hactl_router_conflicts{kind=%q,router=%q} ", kind, id)) {
				missing = append(missing, fmt.Sprintf("%s: %s is no metric", id, kind))
			}
		}
	}
	return missing
}

// A host that leaves, and hears nobody take over, says so: its adverts are not heard,
// or nobody is there.
func TestKernelLeavingForNobodyIsNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	r := router(254, fast, known)
	c.publish("lb01", r)
	c.start("lb01")
	c.awaitState("lb01", status.Active)
	c.drain("lb01")
	c.await("unheard to be told everywhere", func() bool {
		return len(c.unnamed("lb01", map[string][]string{r.ID: {status.Unheard}})) == 0
	})
}
