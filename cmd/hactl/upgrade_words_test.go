package main

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/schemas/intent"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
)

// A host that keeps a vip away while it is upgraded is not fit to have it, so another
// one is not drained for its sake.
func TestHostUnderWayIsNotFit(t *testing.T) {
	s := newUpgradeStore()
	s.told("lb02", func(u *status.Upgrade) { u.Held = []string{"web/public"} })
	f := fleet.Read(t.Context(), s, []string{"lb01", "lb02", "lb03"})
	for _, c := range f.Standings("web/public") {
		want := ""
		if c.Host == "lb02" {
			want = "web/public is kept away from it while nginx is upgraded"
		}
		if c.String() != want {
			t.Errorf("%s: %q, want %q", c.Host, c.String(), want)
		}
	}
}

// What is to be done is said in one line.
func TestUpgradeStepWords(t *testing.T) {
	for want, s := range map[string]upgradeStep{
		"nginx 1.26.3 -> 1.27.2; no vip is on it":                                      {From: "1.26.3", To: "1.27.2", Known: true},
		"nginx (unknown) -> 1.27.2; no vip is on it; what runs there is not known yet": {To: "1.27.2"},
		"nginx 1.26.3 -> 1.27.2; web/a, web/b move away first":                         {From: "1.26.3", To: "1.27.2", Known: true, Moves: true, Active: []string{"web/a", "web/b"}},
		"nginx 1 -> 2; web/a moves away first; db/b stays":                             upgradeStep{From: "1", To: "2", Known: true, Active: []string{"db/b", "web/a"}}.movesFrom([]string{"web/a"}),
		"nginx 2 -> 2 (version 2 is there, and the master runs another file); web/a stays": {From: "2", To: "2", Known: true,
			Why: "version 2 is there, and the master runs another file", Active: []string{"web/a"}},
	} {
		if got := s.words("nginx"); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// While hosts go back with one that failed, it is their way back that is shown.
func TestUpgradeShowsGoingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newUpgradeStore()
		s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
			if host == "lb01" {
				end(s, host, o, "rolled back", "check nginx is down")
				return
			}
			obey(s, host, o)
		}
		var shown []string
		carriedOut(t.Context(), s, func(r *rollout.Upgrade) {
			r.Seen = func() {
				cells := cellsOf(r.Host("lb03"), time.Now())
				if r.Host("lb01").State == rollout.Failed && !slices.Contains(shown, cells[1]+": "+cells[4]) {
					shown = append(shown, cells[1]+": "+cells[4])
				}
			}
		})
		want := "committed: 1.27.2 runs\ntold: \nretire: 12 connections are left\nrolled back: 1.26.3 runs"
		if got := strings.Join(shown, "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestUpgradeStatusTable(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	order := &intent.Order{Name: "nginx", ID: "X"}
	all := []upgradeJSON{{Name: "app", Version: "2"}, {Name: "nginx", Version: "1.27.2", Hosts: []upgradeOnHost{
		{Host: "lb01", Status: &status.Upgrade{Version: "1.27.2", Current: true, Previous: &status.Build{Version: "1.26.3"}, Order: order,
			Verdict: "committed", Text: "version 1.27.2 serves", Ended: now.Add(-5 * time.Minute)}},
		{Host: "lb02", Status: &status.Upgrade{Version: "1.26.3", Order: order, Stage: "retire", Text: "wait for 1 old worker", Connections: 12, Since: now.Add(-9 * time.Second),
			Notes: []string{"/usr/sbin/nginx belongs to the package nginx, which may replace it at any time"}}},
		{Host: "lb03", Status: &status.Upgrade{SHA256: strings.Repeat("0", 64), Order: order}},
		{Host: "lb04", Status: &status.Upgrade{Version: "1.26.3"}},
		{Host: "lb05", Unknown: "no agent has reported from lb05 yet"},
	}}}
	var got strings.Builder
	writeUpgrades(&got, false, all, now)
	const want = `app  the plans ask for 2
  HOST  RUNS  STATE  BEFORE  LAST ORDER

nginx  the plans ask for 1.27.2
  HOST  RUNS          STATE              BEFORE  LAST ORDER
  lb01  1.27.2        current            1.26.3  committed 5 min ago: version 1.27.2 serves
  lb02  1.26.3        under way: retire  -       wait for 1 old worker, 12 connections left, begun 9 s ago
  lb03  000000000000  under way: waits   -       -
  lb04  1.26.3        out of date        -       -
  lb05  -             unknown            -       -
  ! lb02: /usr/sbin/nginx belongs to the package nginx, which may replace it at any time
  ! no agent has reported from lb05 yet
`
	if d := udiff.Unified("want", "got", want, got.String()); d != "" {
		t.Error(d)
	}
}
