package keepalived

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hactl/lang/schema"
)

var (
	comingRow = regexp.MustCompile("(?m)^\\| (`[^|]+`) \\| ([^|]+) \\|(?: ([^|]+))? \\|$")
	codeSpan  = regexp.MustCompile("`([^`]+)`")
)

// section is what docs/coming-from-keepalived.md says of the keywords of one
// block.
type section struct {
	keywords []string
	paths    []string // "cluster.vip.vrid"
}

// sections returns the tables of the page by the name of their block.
func sections(t *testing.T) map[string]section {
	t.Helper()
	text, err := os.ReadFile("../../docs/coming-from-keepalived.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]section{}
	for _, part := range strings.Split(string(text), "\n### ")[1:] {
		title, body, _ := strings.Cut(part, "\n")
		s := all[strings.ToLower(title)]
		for _, m := range comingRow.FindAllStringSubmatch(body, -1) {
			s.keywords = append(s.keywords, spans(m[1])...)
			s.paths = append(s.paths, spans(m[2])...)
			if m[2] == "–" && m[3] == "" {
				t.Errorf("%s: nothing takes its place, and nothing says why", m[1])
			}
		}
		all[strings.ToLower(title)] = s
	}
	return all
}

func spans(text string) (all []string) {
	for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

// Each keyword that many configurations have is on the page, in the table of its
// block, and no word is that keepalived does not know.
func TestComingWords(t *testing.T) {
	all := sections(t)
	for name, k := range grammar {
		for word, w := range k.words {
			if w.common && !slices.Contains(all[strings.ToLower(article(name))].keywords, word) {
				t.Errorf("%s is not in the table of %s", word, article(name))
			}
		}
	}
	for title, s := range all {
		for _, word := range s.keywords {
			if !known(word) {
				t.Errorf("%s: keepalived knows no %s", title, word)
			}
		}
	}
}

// Whatever the page says to take the place of a keyword is in the language.
func TestComingPlaces(t *testing.T) {
	found := 0
	for title, s := range sections(t) {
		for _, path := range s.paths {
			found++
			if !leads(schema.Root, strings.Split(path, ".")) {
				t.Errorf("%s: the language has no %s", title, path)
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d places found", found)
	}
}

// Each keyword of VRRP that many configurations have gets a hint where it is
// written into a configuration, unless the language has the word itself. "group" is
// too common a word to be keepalived's.
func TestComingHints(t *testing.T) {
	for _, name := range []string{"global", "instance", "auth", "group", "script", "process", "file"} {
		for word, w := range grammar[name].words {
			if w.common && word != "group" && schema.Keepalived[word] == "" && !has(schema.Root, word) {
				t.Errorf("%s of %s has no hint", word, article(name))
			}
		}
	}
}

// has tells whether a block of that name, or an attribute, is somewhere in b.
func has(b *schema.Block, word string) bool {
	return b.Attribute(word) >= 0 || slices.ContainsFunc(b.Blocks, func(inner *schema.Block) bool { return inner.Type == word || has(inner, word) })
}

// leads tells whether the names lead from b through blocks to a block or an
// attribute.
func leads(b *schema.Block, names []string) bool {
	for i, name := range names {
		next := b.Block(name)
		if next == nil {
			return i == len(names)-1 && b.Attribute(name) >= 0
		}
		b = next
	}
	return true
}
