package board

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
)

// noon is when the view of these tests is looked at.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// watched is a report of one router and one check, in these states.
func watched(host, router, check string) Report {
	return Report{Host: host, Status: &status.Host{
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
func TestViewMarksChanges(t *testing.T) {
	v := NewView(false)
	v.See([]Report{watched("lb01", status.Backup, status.Up)}, nil, noon)
	says(t, v.Frame(noon, 200, 50), `
hactl watch  12:00:00, q quits

lb01  hactl 0.1.0, started 60 min ago, plan sha256:00
  ROUTER           STATE   SINCE     PRIORITY  ACTIVE  ADDRESSES  WHY
  web/public/ipv4  backup  60 s ago  244       -       -          no advert heard for 3.023s
  CHECK  STATE  SINCE     LAST RUN  COSTS  WHY
  nginx  up     just now  never     -      exit status 1
`)
	v.See([]Report{watched("lb01", status.Active, status.Down)}, nil, noon)
	changed := v.Frame(noon.Add(4*time.Second), 200, 50)
	says(t, changed, `
hactl watch  12:00:04, q quits

lb01  hactl 0.1.0, started 60 min ago, plan sha256:00
  ! check nginx is down: exit status 1
  ROUTER           STATE     SINCE     PRIORITY  ACTIVE     ADDRESSES  WHY
  web/public/ipv4  active *  64 s ago  244       this host  -          no advert heard for 3.023s
  CHECK  STATE   SINCE    LAST RUN  COSTS  WHY
  nginx  down *  4 s ago  never     -      exit status 1
`)
	if later := strings.Join(v.Frame(noon.Add(5*time.Second), 200, 50), "\n"); strings.Contains(later, freshly) {
		t.Errorf("after five seconds it is still marked:\n%s", later)
	}
}

// A change on one host says nothing of the other's router of the same name.
func TestViewMarksTheRightHost(t *testing.T) {
	v := NewView(false)
	for _, state := range []string{status.Backup, status.Active} {
		v.See([]Report{watched("lb01", state, status.Up), watched("lb02", status.Backup, status.Up)}, nil, noon)
	}
	text := strings.Join(v.Frame(noon, 200, 50), "\n")
	first, second, _ := strings.Cut(text, "lb02  hactl")
	if strings.Count(first, freshly) != 1 || strings.Contains(second, freshly) {
		t.Errorf("marked:\n%s", text)
	}
}

// While nothing can be read the last that was stays, and the reason stands above.
func TestViewKeepsTheLastSight(t *testing.T) {
	v := NewView(false)
	v.See([]Report{watched("lb01", status.Active, status.Up)}, nil, noon)
	v.See(nil, errors.New("ask the agent: connection refused"), noon.Add(2*time.Second))
	text := strings.Join(v.Frame(noon.Add(12*time.Second), 200, 50), "\n")
	for _, want := range []string{"! ask the agent: connection refused; this is from 12 s ago\n", "web/public/ipv4  active"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	v.See([]Report{watched("lb01", status.Active, status.Up)}, nil, noon)
	if text := strings.Join(v.Frame(noon, 200, 50), "\n"); strings.Contains(text, "refused") {
		t.Errorf("it still says\n%s", text)
	}
}

// No line is wider than the screen and there are no more than it has, whatever its
// size, with colours and without.
func TestViewFits(t *testing.T) {
	for _, p := range []terminal.Palette{false, true} {
		v := NewView(p)
		var reports []Report
		for n := range 20 {
			reports = append(reports, watched(fmt.Sprintf("lb%02d", n), status.Active, status.Down))
		}
		v.See(reports, nil, noon)
		for width := 1; width < 120; width += 7 {
			for height := 1; height < 60; height += 9 {
				lines := v.Frame(noon, width, height)
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
func TestViewWrapsProblems(t *testing.T) {
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
