package fleet

import (
	"testing"
	"time"
)

func TestAgo(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for before, want := range map[time.Duration]string{
		-time.Hour:        "just now", // a clock that is ahead
		0:                 "just now",
		time.Second:       "1 s ago",
		119 * time.Second: "119 s ago",
		2 * time.Minute:   "2 min ago",
		2 * time.Hour:     "2 h ago",
		47 * time.Hour:    "47 h ago",
		48 * time.Hour:    "2 days ago",
	} {
		if got := Ago(now.Add(-before), now); got != want {
			t.Errorf("%v before: %q, want %q", before, got, want)
		}
	}
	if got := Ago(time.Time{}, now); got != "never" {
		t.Errorf("zero: %q, want never", got)
	}
}
