package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/agent/notify"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/google/go-cmp/cmp"
)

// eventsSocket answers like an agent whose events are s.
func eventsSocket(t *testing.T, s http.Handler) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agent.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /v1/events", s)
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return path
}

// happened is a stream of four events.
func happened(t *testing.T) *notify.Stream {
	zone := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = zone })
	s := notify.NewStream()
	e := event.Event{
		Format: event.Format, Time: time.Date(2026, 11, 22, 15, 40, 0, 250e6, time.UTC), Host: "lb01", Vip: "web/public", Router: "web/public/ipv4",
		Event: plan.OnActive, Old: "backup", New: "active", Cause: "nothing heard of 10.0.0.6", Priority: 254,
		Addresses: []string{"10.0.0.100/24"}, Plan: "sha256:0123", Origin: "main.ha.hcl:12",
	}
	s.Add(e)
	e.Event, e.Old, e.Yielding, e.Cause, e.Priority = "", "active", true, "check nginx is down", 234
	s.Add(e)
	e.Event, e.New, e.Yielding, e.Cause, e.Peer = plan.OnBackup, "backup", false, "10.0.0.6 took over", "10.0.0.6"
	s.Add(e)
	e.Event, e.Old, e.New, e.Cause, e.Peer = plan.OnFault, "backup", "initialize", "interface eth0 is down", ""
	s.Add(e)
	return s
}

// A conflict is a line when it begins and one when it ends.
func TestEventsOfConflicts(t *testing.T) {
	zone := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = zone })
	s := notify.NewStream()
	e := event.Event{
		Format: event.Format, Time: time.Date(2026, 11, 22, 15, 40, 0, 250e6, time.UTC), Router: "web/public/ipv4", Old: "active", New: "active",
		Cause:    "10.0.0.6 (lb02) is Active too",
		Conflict: &event.Conflict{Kind: status.TwoActive, Peer: "10.0.0.6", Host: "lb02", Count: 1},
	}
	s.Add(e)
	e.Time, e.Conflict = e.Time.Add(time.Minute), &event.Conflict{Kind: status.TwoActive, Peer: "10.0.0.6", Host: "lb02", Count: 30, Ended: true}
	s.Add(e)
	out, errs, code := hactl("events", "--socket", eventsSocket(t, s))
	want := `2026-11-22 15:40:00.250  web/public/ipv4  two-active with 10.0.0.6:  10.0.0.6 (lb02) is Active too
2026-11-22 15:41:00.250  web/public/ipv4  two-active with 10.0.0.6 is over after 30 packets:  10.0.0.6 (lb02) is Active too
`
	if d := cmp.Diff(want, out); d != "" || code != 0 {
		t.Errorf("exit %d, %s(-want +got):\n%s", code, errs, d)
	}
}

func TestEvents(t *testing.T) {
	socket := eventsSocket(t, happened(t))
	out, errs, code := hactl("events", "--socket", socket)
	want := `2026-11-22 15:40:00.250  web/public/ipv4  backup -> active  nothing heard of 10.0.0.6 (priority 254)
2026-11-22 15:40:00.250  web/public/ipv4  active -> active, yielding  check nginx is down (priority 234)
2026-11-22 15:40:00.250  web/public/ipv4  active -> backup  10.0.0.6 took over (priority 234, active is 10.0.0.6)
2026-11-22 15:40:00.250  web/public/ipv4  backup -> fault  interface eth0 is down (priority 234)
`
	if diff := cmp.Diff(want, out); diff != "" || errs != "" || code != 0 {
		t.Errorf("exit %d, %s (-want +got):\n%s", code, errs, diff)
	}
	out, errs, code = hactl("events", "--socket", socket, "--color", "always")
	if !strings.Contains(out, "\x1b[1;31mfault\x1b[0m") || !strings.Contains(out, "\x1b[32mactive\x1b[0m") || code != 0 {
		t.Errorf("exit %d, %s\n%q", code, errs, out)
	}
}

func TestEventsAsJSON(t *testing.T) {
	out, errs, code := hactl("events", "--json", "--socket", eventsSocket(t, happened(t)))
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	const first = `{"format":1,"sequence":1,"time":"2026-11-22T15:40:00.25Z","host":"lb01","vip":"web/public","router":"web/public/ipv4",` +
		`"event":"active","old":"backup","new":"active","cause":"nothing heard of 10.0.0.6","priority":254,"addresses":["10.0.0.100/24"],` +
		`"plan":"sha256:0123","origin":"main.ha.hcl:12"}`
	if len(lines) != 4 || lines[0] != first || !strings.Contains(lines[1], `"yielding":true`) || strings.Contains(lines[1], `"event"`) || errs != "" || code != 0 {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
	}
}

// Who follows hears what comes, and that the agent has stopped.
func TestEventsFollow(t *testing.T) {
	s := happened(t)
	socket := eventsSocket(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("follow") != "1" {
			t.Errorf("asks for %s", r.URL)
		}
		go func() {
			<-time.After(20 * time.Millisecond) // the reader is there or soon will be: both get all
			s.Add(event.Event{Format: event.Format, Router: "web/late/ipv4"})
			s.Close(context.WithoutCancel(r.Context()))
		}()
		s.ServeHTTP(w, r)
	}))
	out, errs, code := hactl("events", "--follow", "--socket", socket)
	if strings.Count(out, "\n") != 5 || !strings.Contains(out, "web/late/ipv4") || code != 1 || !strings.Contains(errs, "the agent has stopped") {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
	}
}

func TestEventsOfOddAgents(t *testing.T) {
	for want, body := range map[string]string{
		"they were read too slowly: 7 have not been told":                   `{"missed":7}`,
		"an event of a newer format, 9: this hactl is older than the agent": `{"format":9}`,
		"invalid character 'h' looking for beginning of value":              `hello`,
		"unexpected EOF":           `{"format":`,
		"it answers 404 Not Found": "",
	} {
		socket := eventsSocket(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if body == "" {
				w.WriteHeader(http.StatusNotFound)
			}
			fmt.Fprintln(w, body)
		}))
		out, errs, code := hactl("events", "--socket", socket)
		if out != "" || code != 1 || !strings.Contains(errs, want) {
			t.Errorf("exit %d, %q is missing in:\n%s%s", code, want, out, errs)
		}
	}
}
