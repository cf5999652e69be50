package board

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite testdata/reports.txtar")

// What status prints of a set of reports, problems first.
func TestWrite(t *testing.T) {
	const path = "testdata/reports.txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reports := []Report{{Host: "lb04"}, {Host: "lb06", Err: errors.New("ssh lb06: no route to host")}}
	want := &archive.Files[len(archive.Files)-1]
	for _, f := range archive.Files[:len(archive.Files)-1] {
		s, err := status.Decode(f.Data)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		reports = append(reports, Report{Host: s.Host, Status: s})
	}
	var out strings.Builder
	Write(&out, false, reports, time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))
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
