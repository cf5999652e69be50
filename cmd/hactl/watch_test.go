package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
)

// noon is when the view of these tests is looked at.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// watched is a report of one router and one check, in these states.
func watched(host, router, check string) report {
	return report{Host: host, Status: &status.Host{
		Format: status.Format, Host: host, Version: "0.1.0", Started: noon.Add(-time.Hour), Written: noon, State: status.Running,
		Plan: status.Plan{Hash: "sha256:00"},
		Routers: []status.Router{{ID: "web/public/ipv4", Vip: "web/public", State: router, Since: noon.Add(-time.Minute),
			Cause: "no advert heard for 3.023s", Priority: 244, Effective: 244}},
		Checks: []status.Check{{Name: "nginx", State: check, Since: noon, Cause: "exit status 1"}},
	}}
}

// says compares a frame with what is wanted.
func says(t *testing.T, lines []string, want string) {
	t.Helper()
	if diff := udiff.Unified("want", "got", strings.TrimPrefix(want, "\n"), strings.Join(lines, "\n")+"\n"); diff != "" {
		t.Error(diff)
	}
}

// What changes is marked, for five seconds; what was there at the beginning is no
// change.
func TestWatchMarksChanges(t *testing.T) {
	v := newView(false)
	v.see(sight{reports: []report{watched("lb01", status.Backup, status.Up)}}, noon)
	says(t, v.frame(noon, 200, 50), `
hactl watch  12:00:00, q quits

lb01  hactl 0.1.0, started 60 min ago, plan sha256:00
  ROUTER           STATE   SINCE     PRIORITY  ACTIVE  ADDRESSES  WHY
  web/public/ipv4  backup  60 s ago  244       -       -          no advert heard for 3.023s
  CHECK  STATE  SINCE     LAST RUN  COSTS  WHY
  nginx  up     just now  never     -      exit status 1
`)
	v.see(sight{reports: []report{watched("lb01", status.Active, status.Down)}}, noon)
	changed := v.frame(noon.Add(4*time.Second), 200, 50)
	says(t, changed, `
hactl watch  12:00:04, q quits

lb01  hactl 0.1.0, started 60 min ago, plan sha256:00
  ! check nginx is down: exit status 1
  ROUTER           STATE     SINCE     PRIORITY  ACTIVE     ADDRESSES  WHY
  web/public/ipv4  active *  64 s ago  244       this host  -          no advert heard for 3.023s
  CHECK  STATE   SINCE    LAST RUN  COSTS  WHY
  nginx  down *  4 s ago  never     -      exit status 1
`)
	if later := strings.Join(v.frame(noon.Add(5*time.Second), 200, 50), "\n"); strings.Contains(later, freshly) {
		t.Errorf("after five seconds it is still marked:\n%s", later)
	}
}

// A change on one host says nothing of the other's router of the same name.
func TestWatchMarksTheRightHost(t *testing.T) {
	v := newView(false)
	for _, state := range []string{status.Backup, status.Active} {
		v.see(sight{reports: []report{watched("lb01", state, status.Up), watched("lb02", status.Backup, status.Up)}}, noon)
	}
	text := strings.Join(v.frame(noon, 200, 50), "\n")
	first, second, _ := strings.Cut(text, "lb02  hactl")
	if strings.Count(first, freshly) != 1 || strings.Contains(second, freshly) {
		t.Errorf("marked:\n%s", text)
	}
}

// While nothing can be read the last that was stays, and the reason stands above.
func TestWatchKeepsTheLastSight(t *testing.T) {
	v := newView(false)
	v.see(sight{reports: []report{watched("lb01", status.Active, status.Up)}}, noon)
	v.see(sight{err: errors.New("ask the agent: connection refused")}, noon.Add(2*time.Second))
	text := strings.Join(v.frame(noon.Add(12*time.Second), 200, 50), "\n")
	for _, want := range []string{"! ask the agent: connection refused; this is from 12 s ago\n", "web/public/ipv4  active"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	v.see(sight{reports: []report{watched("lb01", status.Active, status.Up)}}, noon)
	if text := strings.Join(v.frame(noon, 200, 50), "\n"); strings.Contains(text, "refused") {
		t.Errorf("it still says\n%s", text)
	}
}

// No line is wider than the screen and there are no more than it has, whatever its
// size, with colours and without.
func TestWatchFits(t *testing.T) {
	for _, p := range []terminal.Palette{false, true} {
		v := newView(p)
		var reports []report
		for n := range 20 {
			reports = append(reports, watched(fmt.Sprintf("lb%02d", n), status.Active, status.Down))
		}
		v.see(sight{reports: reports}, noon)
		for width := 1; width < 120; width += 7 {
			for height := 1; height < 60; height += 9 {
				lines := v.frame(noon, width, height)
				if len(lines) > height {
					t.Fatalf("%d lines on a screen of %d", len(lines), height)
				}
				for _, l := range lines {
					if n := utf8.RuneCountInString(terminal.Colours.ReplaceAllString(l, "")); n > width {
						t.Fatalf("a line of %d on a screen of %d: %q", n, width, l)
					}
				}
			}
		}
	}
}

// What is wrong is said whole, however narrow the screen.
func TestWatchWrapsProblems(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"  ! check nginx is down: exit status 1", []string{"  ! check nginx is", "    down: exit", "    status 1"}},
		{"  \x1b[1;31m!\x1b[0m nginx answers with something", []string{"  \x1b[1;31m!\x1b[0m nginx answers", "    with something"}},
		{"! anextraordinarilylongword and more", []string{"! anextraordinarilylongword", "  and more"}},
		{"  ! short", []string{"  ! short"}},
		{"  web/public/ipv4  active  3 s ago", []string{"  web/public/ipv4  active  3 s ago"}},
	} {
		if got := unfold(c.line, 18); !slices.Equal(got, c.want) {
			t.Errorf("%q becomes\n%q, want\n%q", c.line, got, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"active", 6, "active"},
		{"active", 5, "acti…\x1b[0m"},
		{"grün", 4, "grün"},
		{"\x1b[32mactive\x1b[0m", 6, "\x1b[32mactive\x1b[0m"},
		{"\x1b[32mactive\x1b[0m", 3, "\x1b[32mac…\x1b[0m"},
		{"a\x1b]0;title\x07b", 20, "a\uFFFD]0;title\uFFFDb"}, // orders to the terminal are none
		{"a\tb\r\xffc", 20, "a\uFFFDb\uFFFD\uFFFDc"},
		{"", 0, ""},
	} {
		if got := terminal.Cut(c.line, c.width); got != c.want {
			t.Errorf("cut(%q, %d): %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("\x1b[32mactive\x1b[0m \x1b[2J", 5)
	f.Fuzz(func(t *testing.T, line string, width int) {
		got := terminal.Colours.ReplaceAllString(terminal.Cut(line, width), "")
		if n := utf8.RuneCountInString(got); width >= 1 && n > width {
			t.Errorf("%d characters, want %d: %q", n, width, got)
		}
		if strings.ContainsAny(got, "\x1b\x07\r\n\t") {
			t.Errorf("an order to the terminal is left in %q", got)
		}
	})
}

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
