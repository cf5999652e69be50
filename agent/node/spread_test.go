package node

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hactl/agent/vrrp"
)

// Adverts of many routers leave in a few crowds an interval, none of them too large, in
// the same order, and every interval: not more often, and later only by as much as whoever
// steps the node wakes up too late.
func TestAdvertsOfManyAreSpread(t *testing.T) {
	for _, c := range []struct{ routers, interval, together int }{{31, 1000, 31}, {255, 10, 32}, {255, 1000, 32}, {1020, 1000, 128}} {
		for _, late := range []time.Duration{0, time.Millisecond} {
			t.Run(fmt.Sprintf("%d every %d ms, late by %v", c.routers, c.interval, late), func(t *testing.T) {
				interval := millis(c.interval)
				n, now := crowdedOf(t, c.routers, c.interval)
				luck := rand.New(rand.NewPCG(1, 2))
				last, most, steps, sent := map[string]vrrp.Instant{}, 0, 0, 0
				begin := now
				for ; now < begin.Add(100*interval); steps++ {
					if late > 0 {
						now = now.Add(time.Duration(luck.Int64N(int64(late))))
					}
					if steps == 50 {
						now = now.Add(interval / 4) // once it is held up
					}
					res := n.Step(now, Timeout{})
					adverts := 0
					for _, e := range res.Effects {
						s, ok := e.(*Send)
						if !ok {
							continue
						}
						adverts++
						if over := now.Sub(last[s.Router]) - interval; last[s.Router] != 0 && over > late && steps != 50 {
							t.Fatalf("at %v: an advert of %s %v too late", now, s.Router, over)
						}
						last[s.Router] = now
					}
					sent += adverts
					if steps > 60 {
						most = max(most, adverts)
					}
					now = max(now, res.Deadline)
				}
				if late == 0 && most > c.together {
					t.Errorf("%d adverts leave together, want at most %d", most, c.together)
				}
				if want := 100 * c.routers; sent < want-c.routers || sent > want+10*c.routers {
					t.Errorf("%d adverts in 100 intervals of %d routers", sent, c.routers)
				}
				t.Logf("%d adverts in %d steps, at most %d in one", sent, steps, most)
			})
		}
	}
}
