package rule

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"strings"

	"golang.org/x/tools/txtar"
)

// Story is what there is to tell about a rule. Its paragraphs are Markdown, one
// line each.
type Story struct {
	Why     string // why the rule exists
	Runtime string // what would happen on the hosts; begins "At runtime: "
	Remedy  string // begins "What to do: "

	// How tells how the finding comes about where no file can show it; empty when
	// Wrong does.
	How   string
	Wrong []File // the smallest complete configuration that draws the finding
	Right []File // the same, mended; empty together with Wrong
}

// File is one file of an example.
type File struct {
	Name string // without a folder: "main.ha.hcl", "lb01.conf"
	Text string // ends in a line end
}

// stories holds the story of each rule in a file that is named by its code.
//
//go:embed stories/*.txtar
var stories embed.FS

// Story returns the story of r.
func (r Rule) Story() (Story, error) {
	data, err := stories.ReadFile("stories/" + r.Code + ".txtar")
	if err != nil {
		return Story{}, errors.New("read story: there is none of " + r.Code)
	}
	s, err := parseStory(data)
	if err != nil {
		return Story{}, fmt.Errorf("read story of %s: %w", r.Code, err)
	}
	return s, nil
}

// How the second and the third paragraph of a story begin.
const (
	RuntimeBegins = "At runtime: "
	RemedyBegins  = "What to do: "
)

// parseStory reads a story: three paragraphs, then the files of wrong and right,
// or a file how.
func parseStory(data []byte) (Story, error) {
	a := txtar.Parse(data)
	p := paragraphs(string(a.Comment))
	if len(p) != 3 {
		return Story{}, fmt.Errorf("%d paragraphs, want three", len(p))
	}
	if !strings.HasPrefix(p[1], RuntimeBegins) || !strings.HasPrefix(p[2], RemedyBegins) {
		return Story{}, fmt.Errorf("the second paragraph begins with %q and the third with %q", RuntimeBegins, RemedyBegins)
	}
	s := Story{Why: p[0], Runtime: p[1], Remedy: p[2]}
	for _, f := range a.Files {
		if err := s.add(f); err != nil {
			return Story{}, err
		}
	}
	if (len(s.Wrong) == 0) == (s.How == "") || len(s.Wrong) > 0 && len(s.Right) == 0 {
		return Story{}, errors.New("it has files of wrong and of right, or else a file how")
	}
	return s, nil
}

// add takes one file of a story.
func (s *Story) add(f txtar.File) error {
	file := File{path.Base(f.Name), string(f.Data)}
	switch path.Dir(f.Name) + "/" {
	case "wrong/":
		s.Wrong = append(s.Wrong, file)
	case "right/":
		s.Right = append(s.Right, file)
	default:
		if f.Name != "how" {
			return fmt.Errorf("%s: a file is wrong/NAME, right/NAME or how", f.Name)
		}
		s.How = strings.Join(paragraphs(file.Text), " ")
	}
	return nil
}

// paragraphs returns the paragraphs of a text, each on one line.
func paragraphs(text string) []string {
	var all []string
	for p := range strings.SplitSeq(text, "\n\n") {
		if words := strings.Fields(p); len(words) > 0 {
			all = append(all, strings.Join(words, " "))
		}
	}
	return all
}
