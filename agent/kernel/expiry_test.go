package kernel

import (
	"strings"
	"testing"
	"time"
)

// TestRoutesOfAnAddressThatExpired: an IPv4 route goes with its source address, an
// IPv6 one loses it, and all others and the rules stay.
func TestRoutesOfAnAddressThatExpired(t *testing.T) {
	b := newBench(t)
	lines := []string{
		"10.0.0.100/32", "2001:db8::100/128",
		"route 10.8.0.0/16 via 10.0.0.254", "route 10.9.0.0/16 via 10.0.0.254 src 10.0.0.100", "route 2001:db8:9::/48 via 2001:db8::254 src 2001:db8::100",
		"rule priority 100 from 10.0.0.100/32 lookup 100",
	}
	w := wishes(lines...)
	for i := range w.Addresses {
		w.Addresses[i].Lifetime = time.Second
	}
	held := b.kernel.whole(w)
	b.fine(strings.Join(append(wrong(held.Addresses), append(wrong(held.Routes), wrong(held.Rules)...)...), "\n"))
	b.soon("nothing of ours", func() (string, bool) {
		got := b.eth0()
		return got, !strings.Contains(got, "*")
	})
	all, err := b.kernel.table.read()
	b.must(err)
	var left []string
	for _, r := range all.routes {
		left = append(left, r.Route.String())
	}
	for _, r := range all.rules {
		left = append(left, r.String())
	}
	want := "10.8.0.0/16 via 10.0.0.254 table 254\n2001:db8:9::/48 via 2001:db8::254 metric 1024 table 254\npriority 100 from 10.0.0.100/32 lookup 100"
	if got := strings.Join(left, "\n"); got != want {
		t.Errorf("left\n%s\nwant\n%s", got, want)
	}
}
