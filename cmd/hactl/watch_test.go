package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// It looks every interval, and at once when something happens, but not more often
// than the shortest.
func TestWatchLooksAfterEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var looked []time.Duration
		happen := make(chan struct{})
		s := &lookout{
			look: func(context.Context) sight { looked = append(looked, time.Since(began)); return sight{} },
			tell: func(ctx context.Context, happened func()) {
				for {
					select {
					case <-happen:
						happened()
					case <-ctx.Done():
						return
					}
				}
			},
		}
		ctx, stop := context.WithCancel(t.Context())
		sights := make(chan sight)
		go s.run(ctx, time.Minute, sights)
		go func() {
			for range sights {
			}
		}()
		<-time.After(61 * time.Second)
		for range 10 {
			happen <- struct{}{}
		}
		<-time.After(30 * time.Second)
		stop()
		synctest.Wait()
		close(sights)
		want := []time.Duration{0, time.Minute, 61 * time.Second, 61*time.Second + shortestWatch}
		if fmt.Sprint(looked) != fmt.Sprint(want) && fmt.Sprint(looked) != fmt.Sprint(want[:3]) {
			t.Errorf("looked at %v, want %v", looked, want)
		}
	})
}

func TestWatchRefuses(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"watch", `hactl: watch needs a terminal; "hactl status" shows the same once, and "hactl events --follow" goes on line by line`},
		{"watch --interval 10ms", "hactl: --interval 10ms: write 100ms or more"},
	} {
		out, errs, code := hactl(strings.Fields(c.args)...)
		if code != exitFailure || out != "" || strings.TrimSpace(errs) != c.want {
			t.Errorf("%s: exit %d\n%s%s", c.args, code, out, errs)
		}
	}
}
