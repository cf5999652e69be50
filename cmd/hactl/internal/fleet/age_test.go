package fleet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/schemas/status"
)

// What the age of a report says of its agent, and of the clocks.
func TestAgeOfReport(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		age   time.Duration
		state string
		alive bool
		says  string // empty: nothing
	}{
		{0, status.Running, true, ""},
		{9 * time.Second, status.Running, true, ""},
		{59 * time.Second, status.Running, true, ""},
		{time.Minute, status.Running, false, "the agent is gone, or the clocks differ"},
		{-5 * time.Second, status.Running, true, ""},
		{-6 * time.Second, status.Running, true, "its clock is 6 s ahead of this machine's, or more"},
		{-time.Hour, status.Running, true, "its clock is 60 min ahead"},
		{-time.Hour, status.Stopped, false, "its clock is 60 min ahead"},
	} {
		s := &status.Host{State: test.state, Written: now.Add(-test.age)}
		if Alive(s, now) != test.alive {
			t.Errorf("%v old, %s: alive is %v", test.age, test.state, !test.alive)
		}
		words := strings.Join(slices.Concat(Silence(s, now), Ahead(s, now)), "; ")
		if !strings.Contains(words, test.says) || test.says == "" && words != "" {
			t.Errorf("%v old, %s: %q, want %q", test.age, test.state, words, test.says)
		}
	}
}
