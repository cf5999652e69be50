package lsp

import (
	"slices"
	"strings"
	"testing"
)

// A file is cut behind each block at the top: what an editor changes in one is
// parsed without the others. ~ stands for a cut.
func TestSplit(t *testing.T) {
	for _, text := range []string{
		"",
		"host \"a\" {}",
		"# first\nhost \"a\" {}\n~\n# second\nhost \"b\" {\n  ssh = \"}\"\n}\n~",
		"host \"a\" {} # }\n~host \"b\" {}\n~",
		"locals {\n  a = [\n    {},\n  ]\n}\n~locals {}",
		"locals {\n  a = \"${\"}\"}\"\n}\n~locals {}",
		"locals {\n  a = \"$${\"\n}\n~locals {}",
		"locals {\n  a = <<EOT\nhost \"b\" {\n  EOT\n}\n~locals {}",
		"locals {\n  a = <<-EOT\n}\n}\n  EOT\n}\n~locals {}",
		"/* host \"a\" {\n}\n*/\nhost \"b\" {}\n~",
		"// {\nhost \"b\" {}\n~",
		// broken
		"cluster \"a\" {\n  hosts = [\n}\n~host \"b\" {}\n~",
		"cluster \"a\" {\n  vip \"x\" {\n}\n~host \"b\" {}\n~",
		"cluster \"a\" {\n  interface = \"eth0\n}\n~host \"b\" {}\n~",
		"cluster \"a\" {\n  interface = \"${eth0\n}\n~host \"b\" {}\n~",
		"cluster \"a\" {\n  vip \"x {\n  }\n  vip \"y\" {\n  }\n}\n~host \"b\" {}\n~",
		"cluster \"a\" {\n  a = <<EOT\n}\n~host \"b\" {}\n~",
		"/* cluster \"a\" {\n}\n~host \"b\" {}\n~",
		"host \"a\" {}\n~}\n~host \"b\" {}\n~",
		"garbage\n# more\n~host \"b\" {\n~host \"c\" {\n",
	} {
		want := strings.Split(text, "~")
		if want[len(want)-1] == "" && len(want) > 1 {
			want = want[:len(want)-1]
		}
		var got []string
		for _, p := range split(strings.ReplaceAll(text, "~", "")) {
			got = append(got, p.text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Pieces that an edit leaves alone keep their names, so that nobody parses them
// again; all names stay in order.
func TestPiecesKeepTheirNames(t *testing.T) {
	texts := []string{"a {}\nb {}\nc {}\n", "a {}\nb { }\nc {}\n", "a {}\nb { }\nx {}\ny {}\nc {}\n", "x {}\n\nc {}\n", "", "c {}\n", "z {}\nc {}\nc {}\n"}
	var old []labelled
	for _, text := range texts {
		next := relabel(old, split(text))
		for i := range next {
			if i > 0 && next[i].label <= next[i-1].label || next[i].label == 0 {
				t.Errorf("%q: labels %v", text, next)
			}
		}
		if len(old) > 0 && len(next) > 0 && old[0].text == next[0].text && old[0].label != next[0].label {
			t.Errorf("%q: the first piece has another name", text)
		}
		if n, m := len(old), len(next); n > 0 && m > 0 && text != "" && old[n-1].text == next[m-1].text && old[n-1].label != next[m-1].label {
			t.Errorf("%q: the last piece has another name", text)
		}
		old = next
	}
}

// However often blocks come in between, names stay in order.
func TestLabelsRunOut(t *testing.T) {
	text := "a {}\nz {}\n"
	old := relabel(nil, split(text))
	for range 100 {
		text = strings.Replace(text, "z {}", "b {}\nz {}", 1)
		old = relabel(old, split(text))
		for i := 1; i < len(old); i++ {
			if old[i].label <= old[i-1].label {
				t.Fatalf("%d pieces: labels %x and %x", len(old), old[i-1].label, old[i].label)
			}
		}
	}
}

// FuzzSplit cuts any text into pieces, which are the text again, and finds its
// way in each of them.
func FuzzSplit(f *testing.F) {
	for _, text := range []string{"host \"a\" {}\ncluster \"b\" {\n", "a = <<E\n", "\"${", "/*", "}\n}", "a \"b\" {\n c = [\n d = \"${x[\"y\"].z}\"\n}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var joined strings.Builder
		for _, p := range split(text) {
			if p.from != joined.Len() {
				t.Fatalf("piece %q stands at %d, not %d", p.text, joined.Len(), p.from)
			}
			joined.WriteString(p.text)
			o := newOutline(p.text, false)
			o.occurrences(func(o occurrence) bool {
				if o.at.from < 0 || o.at.to > len(p.text) || o.at.from > o.at.to || p.text[o.at.from:o.at.to] == "" && o.name != "" {
					t.Fatalf("%q stands at %v of %q", o.name, o.at, p.text)
				}
				return true
			})
		}
		if joined.String() != text {
			t.Fatalf("got %q", joined.String())
		}
	})
}
