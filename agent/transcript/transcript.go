// Package transcript runs the tests that are texts: directives, a line "----",
// and what a machine does then, up to an empty line. What follows "----" can be
// written anew; the reader checks it against the RFC.
//
// It knows the form of such a text only, not what the directives mean.
// Neighbours: the tests of agent/vrrp and agent/node, over testdata/.
package transcript

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

// Player carries out one transcript.
type Player interface {
	// Directive carries out one line, which is neither empty nor a remark.
	Directive(line string)

	// Output returns what the machine did since the last call, as whole lines.
	Output() string
}

// Run replays every file that matches pattern, each with a player of its own, and
// compares, or writes the files anew.
func Run(t *testing.T, pattern string, update bool, player func(t *testing.T) Player) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts in %s: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(player(t), string(want))
			if update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := udiff.Unified("want", "got", string(want), got); diff != "" {
				t.Errorf("%s (rewrite with -update):\n%s", file, diff)
			}
		})
	}
}

// replay returns text with what follows each "----" made anew.
func replay(p Player, text string) string {
	var out strings.Builder
	skip := false
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "----":
			out.WriteString("----\n" + p.Output())
			skip = true
		case line == "":
			out.WriteString("\n")
			skip = false
		case skip:
		default:
			out.WriteString(line + "\n")
			if !strings.HasPrefix(line, "#") {
				p.Directive(line)
			}
		}
	}
	return out.String()
}
