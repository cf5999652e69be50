package metrics

import (
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"hactl/schemas/intent"
	"hactl/schemas/status"
)

var update = flag.Bool("update", false, "rewrite testdata/metrics/page.txt and docs/metrics.md")

// at is so many seconds after the start of the agent of report.
func at(s int) time.Time { return time.Date(2026, 1, 2, 3, 4, s, 0, time.UTC) }

// report is that of an agent to which everything has happened.
func report() *status.Host {
	return &status.Host{
		Format: status.Format, Host: "lb01", Version: "0.1.0", Started: at(0), Written: at(50), State: status.Running,
		Plan:    status.Plan{Hash: "sha256:00", Commit: "abcdef0", AppliedBy: "ops@desk", AppliedAt: "2026-01-02T03:04:05Z", Loaded: at(6)},
		Problem: "plan not taken: secret words",
		Trial:   &status.Trial{State: status.Returned, ID: "secret words", Until: at(30), Ended: &intent.Mark{Since: at(30)}, Why: "secret words"},
		Intents: &status.Intents{Drained: &intent.Mark{}},
		Routers: []status.Router{
			{ID: "web/public/ipv4", Vip: "web/public", VRID: 50, Interface: "eth0", State: status.Active, Yielding: true,
				Since: at(40), Reason: "leaves", Cause: "secret words", Priority: 254, Effective: 1, Aside: "drained by ops@desk",
				Addresses: []status.Address{{Prefix: "10.0.0.100/24", Present: true}, {Prefix: "10.0.0.101/24", Problem: "foreign address"}},
				Routes:    []status.Companion{{Words: "default", Problem: "network is unreachable"}},
				Rules:     []status.Companion{{Words: "priority 100", Problem: "file exists"}},
				Tracks:    []status.Track{{Check: "nginx", Effect: "demote", Weight: -20, State: status.Down}, {Interface: "eth2", Effect: "fault", State: status.Up}},
				Conflicts: []status.Conflict{
					{Kind: status.TwoActive, Peer: "10.0.0.6", Words: "secret words"}, {Kind: status.TwoActive, Peer: "10.0.0.7"}, {Kind: status.OtherAuth, Peer: "10.0.0.9"}},
				Contradicted: map[string]uint64{status.TwoActive: 4, status.OtherAuth: 3, status.OtherVersion: 1},
				Transitions:  3, Sent: 46, Received: 12, Heard: []status.Heard{{Peer: "10.0.0.6", Adverts: 2}, {Peer: "10.0.0.7", Adverts: 7}}},
			{ID: "web/static/ipv6", Vip: "web/static", VRID: 51, Interface: "eth1", State: status.Initialize, Priority: 244, Effective: 244},
		},
		Checks: []status.Check{
			{Name: "db", State: status.Unknown, Since: at(1)},
			{Name: "nginx", State: status.Down, Since: at(9), Cause: "exit status 1", Output: "secret words", Ran: at(49), Took: 1.5, Runs: 10, Failures: 4},
		},
		Upgrades: []status.Upgrade{
			{Name: "app", Outdated: "secret words"},
			{Name: "haproxy", Current: true, Begun: at(20), Ended: at(40), Verdict: "committed", Text: "secret words", Outcomes: map[string]uint64{"committed": 1, "rolled back": 2}},
			{Name: "nginx", Order: &intent.Order{Name: "nginx", ID: "secret words"}, Begun: at(45), Stage: "drain", Connections: 12, Held: []string{"web/public"}},
		},
		Dropped:     map[string]uint64{"checksum": 3, "of a later version": 1},
		Transitions: map[string]uint64{"started": 2, "leaves": 1},
		Lateness:    &status.Lateness{Bounds: []float64{0.001, 0.002}, Counts: []uint64{10, 2, 1}, Sum: 0.25, Worst: 0.2},
		LogDropped:  5,
		Notify:      []status.Target{{Name: "pager", Kind: "webhook", Delivered: 5, Failed: 1, Dropped: 2, Waiting: 3, Problem: "secret words"}},
		Hooks: []status.Hook{
			{Vip: "web/public", When: "after_acquire", Command: []string{"/bin/a", "secret words"}, Ended: at(20), Took: 250},
			{Vip: "web/public", When: "after_acquire", Command: []string{"/bin/b"}, Ended: at(21), Took: 750, Problem: "exit status 1"},
			{Vip: "web/public", When: "before_release", Command: []string{"/bin/c"}, Problem: "no such file"},
		},
	}
}

// page returns what a scrape of a report brings of hactl's own metrics.
func page(t *testing.T, h *status.Host) string {
	t.Helper()
	answer := httptest.NewRecorder()
	Page(NewCollector(func() *status.Host { return h })).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("the page answers %d:\n%s", answer.Code, answer.Body)
	}
	var own strings.Builder
	for line := range strings.Lines(answer.Body.String()) {
		if strings.Contains(line, "hactl_") {
			own.WriteString(line)
		}
	}
	return own.String()
}

func TestPage(t *testing.T) {
	golden(t, "../../testdata/metrics/page.txt", page(t, report()))
}

// Whoever may scrape need not be allowed to read a report.
func TestNoTexts(t *testing.T) {
	for _, word := range []string{"secret", "ops@desk", "foreign"} {
		if text := page(t, report()); strings.Contains(text, word) {
			t.Errorf("%q is on the page:\n%s", word, text)
		}
	}
}

// Before the first report the process alone is told of.
func TestNoReport(t *testing.T) {
	if text := page(t, nil); text != "" {
		t.Errorf("got\n%s", text)
	}
}

// A report that says little makes no series that says too much.
func TestBareReport(t *testing.T) {
	text := page(t, &status.Host{Host: "lb01", Routers: []status.Router{{ID: "web/public/ipv4", State: status.Backup}}})
	for _, absent := range []string{"hactl_plan_info", "timestamp_seconds{", "hactl_plan_loaded"} {
		if strings.Contains(text, absent) {
			t.Errorf("%s is on the page:\n%s", absent, text)
		}
	}
}

func TestLint(t *testing.T) {
	problems, err := promlint.New(strings.NewReader(page(t, report()))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// Two scrapes at a time are enough; more are told to come later.
func TestScrapesAreLimited(t *testing.T) {
	hold, begun := make(chan struct{}), make(chan struct{}, scrapes)
	server := httptest.NewServer(Page(NewCollector(func() *status.Host {
		begun <- struct{}{}
		<-hold
		return nil
	})))
	defer server.Close()
	get := func() int {
		answer, err := http.Get(server.URL)
		if err != nil {
			t.Error(err)
			return 0
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode
	}
	codes := make(chan int, scrapes)
	for range scrapes {
		go func() { codes <- get() }()
		<-begun
	}
	if code := get(); code != http.StatusServiceUnavailable {
		t.Errorf("one more scrape is answered with %d", code)
	}
	close(hold)
	for range scrapes {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("a scrape that was let in is answered with %d", code)
		}
	}
}

// docs/metrics.md lists every metric, with its labels and its meaning.
func TestDocumentation(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Metrics\n\nWhat an agent tells Prometheus, made from `agent/metrics` by `make docs`; [monitoring](monitoring.md) says how to use it.\n" +
		"Beside these come the usual ones of the process and its Go runtime, `process_` and `go_`.\n\n" +
		"| metric | type | labels | meaning |\n|---|---|---|---|\n")
	for _, f := range families {
		b.WriteString("| `" + f.name + "` | " + string(f.kind) + " | " + strings.Join(f.labels, ", ") + " | " + f.help + " |\n")
	}
	b.WriteString("\nThe label `reason` of transitions is one of " + strings.Join(transitionReasons, ", ") +
		".\nThat of dropped packets is one of " + strings.Join(dropReasons, ", ") + ".\n" +
		"The label `stage` of upgrades is one of " + strings.Join(upgradeStages, ", ") + "; `verdict` one of " + strings.Join(upgradeVerdicts, ", ") + ".\n" +
		"A conflict is of the kind " + strings.Join(status.Conflicts(), ", ") + ".\n")
	golden(t, "../../docs/metrics.md", b.String())
}

// Every family is written by somebody, and nothing that is not one.
func TestEveryFamilyIsUsed(t *testing.T) {
	text := page(t, report())
	for _, f := range families {
		if !strings.Contains(text, "# HELP "+f.name+" ") {
			t.Errorf("%s is not on the page of a report to which everything has happened", f.name)
		}
	}
}

// golden compares got with a file, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := udiff.Unified(name, "now", string(want), got); diff != "" {
		t.Errorf("not up to date; \"go test ./agent/metrics -update\" writes it anew:\n%s", diff)
	}
}

// BenchmarkPage is a scrape of as many routers as one host can have.
func BenchmarkPage(b *testing.B) {
	h := report()
	one := h.Routers[0]
	h.Routers = nil
	for n := range 4080 {
		r := one
		r.ID = one.ID + strings.Repeat("x", n/255) + string(rune('a'+n%255))
		h.Routers = append(h.Routers, r)
	}
	server := Page(NewCollector(func() *status.Host { return h }))
	b.ReportAllocs()
	for b.Loop() {
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		b.SetBytes(int64(answer.Body.Len()))
	}
}
