package notify

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hactl/schemas/event"
	"hactl/schemas/plan"
)

// authority returns what a TLS server on 127.0.0.1 shows, and a file with the
// only certificate that vouches for it.
func authority(t *testing.T) (config *tls.Config, caFile string) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	return &tls.Config{Certificates: s.TLS.Certificates}, file(t, "ca.pem", string(data), 0o644)
}

// file writes a file and returns its path.
func file(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// takeover is what lb01 tells when it becomes Active.
func takeover() event.Event {
	return event.Event{
		Format: event.Format, Sequence: 17, Time: time.Date(2026, 11, 22, 15, 40, 0, 250e6, time.UTC),
		Host: "lb01", Vip: "web/public", Event: plan.OnActive, Old: "backup", New: "active",
		Cause: "Active_Down_Timer fired, nothing heard of 10.0.0.6", Priority: 254,
		Addresses: []string{"10.0.0.100/24", "2001:db8::100/64"}, Plan: "sha256:0123", Origin: "main.ha.hcl:12",
	}
}

// release is what it tells when it has given way.
func release() event.Event {
	e := takeover()
	e.Sequence, e.Time = 18, e.Time.Add(3*time.Second)
	e.Event, e.Old, e.New = plan.OnBackup, "active", "backup"
	e.Cause, e.Peer = "10.0.0.6 has priority 254", "10.0.0.6"
	return e
}

// quiet and discard are logs that nobody reads.
var (
	quiet   = log.New(io.Discard, "", 0)
	discard = slog.New(slog.DiscardHandler)
)
