package rollout

import (
	"testing"
	"time"

	"hactl/schemas/status"
)

// A result counts when it is newer than the plan, and speaks for the check.
func TestUntried(t *testing.T) {
	loaded := time.Unix(1_800_000_000, 0)
	report := func(state string, ran time.Duration, streak int) *status.Host {
		return &status.Host{Plan: status.Plan{Loaded: loaded}, Checks: []status.Check{{Name: "nginx", State: state, Ran: loaded.Add(ran), Streak: streak, Cause: "refused"}}}
	}
	up := report(status.Up, 0, 0)
	for _, c := range []struct {
		before, now *status.Host
		want        string
	}{
		{up, report(status.Up, time.Second, 0), ""},
		{up, report(status.Up, -time.Second, 0), "check nginx, which the plan changes, has not run yet"},
		{up, report(status.Up, time.Second, 1), "check nginx, which the plan changes, begins to fail: refused"},
		{up, report(status.Down, time.Second, 0), ""}, // it is worse, and told as that
		{report(status.Down, 0, 0), report(status.Up, -time.Second, 0), ""},
		{nil, report(status.Up, -time.Second, 0), ""},
	} {
		if got := untried([]string{"nginx"}, c.before, c.now); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if got := untried(nil, c.before, c.now); got != "" {
			t.Errorf("a check that is not changed: %q", got)
		}
	}
}
