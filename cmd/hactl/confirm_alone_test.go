package main

import (
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/schemas/intent"
	"hactl/schemas/status"
)

// trying answers on a new Unix socket as an agent with a plan on trial does. It returns
// what it was told.
func trying(t *testing.T, trial *status.Trial, code int, answer string) (socket string, said *intent.Confirmation) {
	t.Helper()
	socket, said = filepath.Join(t.TempDir(), "agent.sock"), new(intent.Confirmation)
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, _ *http.Request) {
		lb01, _ := pair(50)
		s := reporting("lb01", lb01, status.Active)
		s.Trial = trial
		_, _ = w.Write(status.Encode(s))
	})
	mux.HandleFunc("POST /v1/confirm", func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(said); err != nil {
			t.Error(err)
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(answer))
	})
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return socket, said
}

// onTrial is a trial of lb01 and lb02.
func onTrial(state string) *status.Trial {
	s := &status.Trial{State: state, ID: "a", Hosts: []string{"lb01", "lb02"}, Plan: "sha256:0123456789abcdef", Before: "sha256:fedcba9876543210"}
	if state == status.OnTrial {
		s.Until = time.Now().Add(time.Minute)
	} else {
		s.Ended = &intent.Mark{By: "ops@desk", Since: time.Now()}
	}
	return s
}

// One host is told by its socket, and the others of the change are named.
func TestConfirmAlone(t *testing.T) {
	answer, err := json.Marshal(onTrial(status.Confirmed))
	if err != nil {
		t.Fatal(err)
	}
	socket, said := trying(t, onTrial(status.OnTrial), http.StatusOK, string(answer))
	out, errs, code := hactl("confirm", "--socket", socket)
	if want := "lb01  stays with plan 0123456789ab\nOf the same change, and not told from here: lb02.\n"; out != want || errs != "" || code != 0 {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if said.Trial != "a" || said.Since.IsZero() {
		t.Errorf("it was told %+v", said)
	}
	out, _, code = hactl("confirm", "--socket", socket, "--json")
	if code != 0 || !strings.Contains(out, `"elsewhere": [
    "lb02"
  ]`) || !strings.Contains(out, `"state": "confirmed"`) {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// What is too late, refused or not there is said.
func TestConfirmAloneInVain(t *testing.T) {
	refused, _ := trying(t, onTrial(status.OnTrial), http.StatusConflict, "too late: this host went back\n")
	odd, _ := trying(t, onTrial(status.OnTrial), http.StatusOK, "hello")
	gone, _ := trying(t, onTrial(status.Returned), http.StatusOK, "")
	for socket, want := range map[string]string{
		refused: "not confirmed by the agent on " + refused + ": too late: this host went back\n",
		odd:     "confirm by the agent on " + odd + ": invalid character",
		gone:    "too late for lb01. Apply the change again",
	} {
		if out, errs, code := hactl("confirm", "--socket", socket); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("exit %d, %q is missing in:\n%s%s", code, want, out, errs)
		}
	}
	for _, trial := range []*status.Trial{nil, onTrial(status.Confirmed)} {
		socket, _ := trying(t, trial, http.StatusOK, "")
		if out, errs, code := hactl("confirm", "--socket", socket); code != 0 || out != "Nothing is on trial.\n" || errs != "" {
			t.Errorf("exit %d\n%s%s", code, out, errs)
		}
	}
}
