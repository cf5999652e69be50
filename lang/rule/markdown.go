package rule

import (
	"fmt"
	"path"
	"strings"
)

// Index returns the page that lists all rules, with links to theirs.
func Index() string {
	var b strings.Builder
	b.WriteString("# Rules\n\n" +
		"<!-- Written by go test ./lang/rule -update from the rules in lang/rule. Change them instead. -->\n\n" +
		"Everything that hactl finds wrong in a configuration, or worth a second look. An error makes a configuration\n" +
		"unusable; a warning does not; an info is good to know. `hactl explain CODE` prints the same pages.\n")
	for _, g := range Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n| code | | |\n|---|---|---|\n", g.Title)
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", r.Code, r.Code, SeverityWord(r.Severity), r.Summary)
		}
	}
	return b.String()
}

// Markdown returns the page of r, which tells its story.
func (r Rule) Markdown() (string, error) {
	s, err := r.Story()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n"+
		"<!-- Written by go test ./lang/rule -update from lang/rule/stories/%s.txtar. Change that instead. -->\n\n"+
		"%s One of [all rules](README.md).\n", r.Code, r.Summary, r.Code, severityMeans[r.Severity])
	for _, text := range []string{s.Why, stress(s.Runtime, RuntimeBegins), stress(s.Remedy, RemedyBegins), s.How} {
		if text != "" {
			b.WriteString("\n" + text + "\n")
		}
	}
	examplePart(&b, "Wrong", s.Wrong)
	examplePart(&b, "Right", s.Right)
	return b.String(), nil
}

// severityMeans says what follows from a finding, by its usual severity.
var severityMeans = map[Severity]string{
	Error:   "An error: the configuration cannot be used.",
	Warning: "A warning: the configuration can be used, but deserves a second look.",
	Info:    "Good to know: nothing has to be done.",
}

// stress makes the words with which a paragraph begins stand out.
func stress(paragraph, begins string) string {
	return "**" + strings.TrimSpace(begins) + "** " + strings.TrimPrefix(paragraph, begins)
}

// examplePart writes one side of an example.
func examplePart(b *strings.Builder, title string, files []File) {
	if len(files) > 0 {
		fmt.Fprintf(b, "\n## %s\n", title)
	}
	for _, f := range files {
		language := map[string]string{".hcl": "hcl", ".json": "json"}[path.Ext(f.Name)]
		fmt.Fprintf(b, "\n`%s`:\n\n```%s\n%s```\n", f.Name, language, f.Text)
	}
}
