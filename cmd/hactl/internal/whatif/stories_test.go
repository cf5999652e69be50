package whatif

import (
	"slices"
	"testing"
	"testing/fstest"

	"hactl/compiler"
	"hactl/compiler/analysis"
	"hactl/lang"
	"hactl/lang/rule"
)

// What findings say of failures, the analysis of the same configuration shows: in
// the story's wrong example something comes of a failure that does not in the right
// one.
func TestStoriesOfFailures(t *testing.T) {
	for _, c := range []struct {
		rule   rule.Rule
		events []string
		wrong  []string // who answers then
		right  []string
	}{
		{rule.IdleWeight, []string{"check:nginx@lb01"}, []string{"lb01"}, []string{"lb02"}},
		{rule.NoRoomForWeight, []string{"check:nginx@lb01"}, []string{"lb01"}, []string{"lb02"}},
		{rule.AllGiveUp, []string{"check:gateway"}, nil, []string{"lb01"}},
	} {
		story, err := c.rule.Story()
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []struct {
			files []rule.File
			want  []string
		}{{story.Wrong, c.wrong}, {story.Right, c.right}} {
			s := subjectOf(t, side.files)
			var events []analysis.Failure
			for _, text := range c.events {
				found := analysis.Find(text, s.Failures())
				if len(found) != 1 {
					t.Fatalf("%s: %s is %v of %v", c.rule.Code, text, found, s.Failures())
				}
				events = append(events, found[0])
			}
			steps := s.After(events...)
			if got := steps[len(steps)-1].Active; !slices.Equal(got, side.want) && len(got)+len(side.want) > 0 {
				t.Errorf("%s: after %v %v answer, want %v", c.rule.Code, c.events, got, side.want)
			}
		}
	}
}

// subjectOf returns what the first vip of a configuration is about.
func subjectOf(t *testing.T, files []rule.File) *analysis.Subject {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range files {
		fsys[f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	config, _ := lang.Load(fsys, lang.Options{})
	result, found := compiler.Compile(config)
	if result.Plans == nil {
		t.Fatal(found)
	}
	return analysis.Of(result.Plans)[0]
}
