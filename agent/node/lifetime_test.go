package node

import (
	"testing"
	"time"

	"hactl/schemas/plan"
)

// Where there are many addresses they last longer, unless they do so anyway, and for
// ever where there are too many.
func TestLifetimeOfMany(t *testing.T) {
	release := func(r *plan.Router) { r.OnAgentLoss = plan.Release }
	slow := func(r *plan.Router) { r.AdvertInterval = 12_000 }
	for _, c := range []struct {
		router       plan.Router
		count        int
		valid, every time.Duration
		why          string
	}{
		{router4(), 1, 0, 0, "the plan keeps them when the agent is gone"},
		{router4(release), manyIPv4, 3 * time.Second, 750 * time.Millisecond, ""},
		{router4(release), manyIPv4 + 1, longer, longerEvery, "2049 IPv4 addresses are refreshed less often"},
		{router6(release), manyIPv6, 3 * time.Second, 750 * time.Millisecond, ""},
		{router6(release), manyIPv6 + 1, longer, longerEvery, "257 IPv6 addresses are refreshed less often"},
		{router6(release), tooManyIPv6 + 1, 0, 0, "1025 IPv6 addresses are too many to refresh (1024 at most)"},
		{router4(release, slow), manyIPv4 + 1, 40 * time.Second, 10 * time.Second, ""},
		{router6(release, slow), tooManyIPv6 + 1, 0, 0, "1025 IPv6 addresses are too many to refresh (1024 at most)"},
	} {
		if l := lifetimeOf(c.router, c.count); l.valid != c.valid || l.every != c.every || l.why != c.why {
			t.Errorf("%s, %d addresses, every %d ms: %v, refreshed every %v, %q; want %v, %v, %q",
				c.router.ID, c.count, c.router.AdvertInterval, l.valid, l.every, l.why, c.valid, c.every, c.why)
		}
	}
}
