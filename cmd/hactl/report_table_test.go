package main

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
	"github.com/rogpeppe/go-internal/txtar"
)

// What status prints of a set of reports, problems first.
func TestReportTable(t *testing.T) {
	const path = "testdata/reports.txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reports := []report{{Host: "lb04"}, {Host: "lb06", Err: errors.New("ssh lb06: no route to host")}}
	want := &archive.Files[len(archive.Files)-1]
	for _, f := range archive.Files[:len(archive.Files)-1] {
		s, err := status.Decode(f.Data)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		reports = append(reports, report{Host: s.Host, Status: s})
	}
	var out strings.Builder
	writeReports(&out, false, reports, time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))
	if *update {
		want.Data = []byte(out.String())
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := udiff.Unified("want", "got", string(want.Data), out.String()); d != "" {
		t.Error(d)
	}
}

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
		if got := fleet.Ago(now.Add(-before), now); got != want {
			t.Errorf("%v before: %q, want %q", before, got, want)
		}
	}
	if got := fleet.Ago(time.Time{}, now); got != "never" {
		t.Errorf("zero: %q, want never", got)
	}
}
