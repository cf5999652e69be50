package rule

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// Every rule has a story, and every story a rule. Whether what it shows is so is
// tested where the rules are carried out, in cmd/hactl.
func TestEveryRuleHasAStory(t *testing.T) {
	for _, r := range All() {
		t.Run(r.Code, func(t *testing.T) {
			s, err := r.Story()
			if err != nil {
				t.Fatal(err)
			}
			paragraphsAreWhole(t, s)
			filesAreWhole(t, s.Wrong)
			filesAreWhole(t, s.Right)
		})
	}
	names, err := fs.Glob(stories, "stories/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := Find(strings.TrimSuffix(path.Base(name), ".txtar")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var (
	code      = regexp.MustCompile("`[^`]+`")
	mentioned = regexp.MustCompile(`HA\d{3}`)
)

// paragraphsAreWhole looks at the form of a story's prose.
func paragraphsAreWhole(t *testing.T, s Story) {
	t.Helper()
	all := []string{s.Why, s.Runtime, s.Remedy}
	if n := len(strings.Fields(strings.Join(all, " "))); n < 60 || n > 160 {
		t.Errorf("%d words, want 60 to 160", n)
	}
	if s.How != "" {
		all = append(all, s.How)
	}
	for _, p := range all {
		if !strings.HasSuffix(p, ".") || strings.Contains(p, "..") || strings.HasPrefix(p, "#") {
			t.Errorf("no whole sentences: %s", p)
		}
		if strings.Count(p, "`")%2 != 0 {
			t.Errorf("a backtick is left open: %s", p)
		}
	}
	for _, c := range mentioned.FindAllString(strings.Join(all, " "), -1) {
		if _, err := Find(c); err != nil {
			t.Error(err)
		}
	}
	if s.How == "" && !code.MatchString(s.Remedy) {
		t.Error("what to do names nothing in backticks that could be written")
	}
}

// filesAreWhole looks at the form of an example's files.
func filesAreWhole(t *testing.T, files []File) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range files {
		if seen[f.Name] || f.Name == "" || !strings.HasSuffix(f.Text, "\n") || strings.HasSuffix(f.Text, "\n\n") {
			t.Errorf("%q: a file has a name of its own, and ends in one line end", f.Name)
		}
		seen[f.Name] = true
	}
}

// Lines of a story are not longer than an editor shows.
func TestStoryLines(t *testing.T) {
	names, err := fs.Glob(stories, "stories/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, name := range names {
		data, err := stories.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			if utf8.RuneCountInString(line) > 160 || strings.TrimRight(line, " \t\r") != line {
				t.Errorf("%s:%d: longer than 160 characters, or with white space at its end", name, i+1)
			}
		}
	}
}

func TestNoStory(t *testing.T) {
	if s, err := (Rule{Code: "HA000"}).Story(); err == nil {
		t.Errorf("a rule that does not exist has the story %v", s)
	}
}

func TestParseStory(t *testing.T) {
	const prose = "Why\nnot.\n\nAt runtime: x.\n\nWhat to do: y.\n\n"
	s, err := parseStory([]byte(prose + "-- wrong/a --\n1\n-- wrong/b --\n2\n-- right/a --\n3\n"))
	if err != nil || s.Why != "Why not." || s.Runtime != "At runtime: x." || s.Remedy != "What to do: y." {
		t.Errorf("prose: %+v %v", s, err)
	}
	if len(s.Wrong) != 2 || s.Wrong[1] != (File{"b", "2\n"}) || len(s.Right) != 1 || s.Right[0] != (File{"a", "3\n"}) {
		t.Errorf("files: %+v", s)
	}
	if s, err := parseStory([]byte(prose + "-- how --\nBy a\nflag.\n")); err != nil || s.How != "By a flag." {
		t.Errorf("how: %+v %v", s, err)
	}
	for name, text := range map[string]string{
		"no files":        prose,
		"no right":        prose + "-- wrong/a --\n",
		"no wrong":        prose + "-- right/a --\n",
		"wrong and how":   prose + "-- wrong/a --\n-- right/a --\n-- how --\nx\n",
		"deep file":       prose + "-- wrong/a/b --\n",
		"other file":      prose + "-- left/a --\n",
		"two paragraphs":  "Why.\n\nAt runtime: x.\n-- how --\nx\n",
		"four paragraphs": "Why.\n\n" + prose + "-- how --\nx\n",
		"wrong order":     "Why.\n\nWhat to do: y.\n\nAt runtime: x.\n\n-- how --\nx\n",
	} {
		if s, err := parseStory([]byte(text)); err == nil {
			t.Errorf("%s: read as %+v", name, s)
		}
	}
}
