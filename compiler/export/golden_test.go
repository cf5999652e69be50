package export

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"
	"github.com/rogpeppe/go-internal/txtar"

	"hactl/compiler"
	"hactl/lang"
)

var update = flag.Bool("update", false, "rewrite what is made in testdata")

// TestExported compares the file of lb01, and what it loses, with what stands in
// testdata/*.txtar below the configuration.
func TestExported(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			config, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: archive.Files[0].Data}}, lang.Options{})
			result, more := compiler.Compile(config)
			if all := append(found, more...); all.HasErrors() {
				t.Fatal(all)
			}
			made := Keepalived(result.Plans["lb01"])
			var lost strings.Builder
			for _, l := range made.Losses {
				fmt.Fprintf(&lost, "%s: %s\n", l.Object, l.Detail)
			}
			want := string(txtar.Format(archive))
			archive.Files = append(archive.Files[:1], txtar.File{Name: "lb01.conf", Data: []byte(made.Text)}, txtar.File{Name: "lost", Data: []byte(lost.String())})
			got := string(txtar.Format(archive))
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := udiff.Unified(name, "made", want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
