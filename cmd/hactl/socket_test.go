package main

import (
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"hactl/schemas/status"
)

// listen answers on a new Unix socket with what an agent may answer.
func listen(t *testing.T, code int, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agent.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	})
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return path
}

// hactl runs the command line, and returns what it printed.
func hactl(args ...string) (stdout, stderr string, code int) {
	var out, errs strings.Builder
	code = run(args, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), code
}

func TestStatusOfLocalAgent(t *testing.T) {
	lb01, _ := pair(50)
	socket := listen(t, http.StatusOK, string(status.Encode(reporting("lb01", lb01, status.Active))))
	out, errs, code := hactl("status", "--socket", socket)
	if code != 0 || errs != "" || !strings.Contains(out, "web/public/ipv4  active") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	out, _, code = hactl("status", "--socket", socket, "--json")
	if s, err := status.Decode([]byte(out)); err != nil || code != 0 || s.Routers[0].ID != "web/public/ipv4" {
		t.Errorf("exit %d, %v\n%s", code, err, out)
	}
}

func TestStatusOfOddAgents(t *testing.T) {
	for want, socket := range map[string]string{
		"it answers 503 Service Unavailable": listen(t, http.StatusServiceUnavailable, "stopping"),
		"decode status: ":                    listen(t, http.StatusOK, "hello"),
		"status of a newer format":           listen(t, http.StatusOK, `{"format": 9}`),
	} {
		out, errs, code := hactl("status", "--socket", socket)
		if code != 1 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("exit %d, %q is missing in:\n%s%s", code, want, out, errs)
		}
	}
}

// A socket whose agent was killed is still there.
func TestStatusOfDeadAgent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	_, errs, code := hactl("status", "--socket", path)
	if code != 1 || !strings.Contains(errs, "the agent that made the socket is gone; start it again") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
