package keepalived

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// corpus returns the folder of real configurations, or skips the test.
func corpus(t *testing.T) string {
	dir := os.Getenv("HACTL_KEEPALIVED_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "index.tsv")); err != nil {
		t.Skipf("no corpus of real configurations: set HACTL_KEEPALIVED_CORPUS to its folder")
	}
	return dir
}

func table(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// TestCorpus lints real configurations: what is known to be wrong is found on
// its line, and where nothing is known to be wrong there is neither an error
// nor a warning, except that a template is named as such.
func TestCorpus(t *testing.T) {
	dir, classes := corpus(t), classes(t)
	paths := map[string]string{} // "S005 keepalived/master.conf" to the file's name in the set
	sets := map[string][]Source{}
	var names []string
	for _, row := range table(t, filepath.Join(dir, "index.tsv")) {
		set, file := row[0], row[1]
		paths[set+" "+row[3]] = set + "/" + file
		if sets[set] == nil {
			names = append(names, set)
		}
		sets[set] = append(sets[set], Source{Node: strings.TrimSuffix(file, ".conf"), FS: os.DirFS(filepath.Join(dir, set)), Path: file, Prefix: set})
	}
	known := map[string]bool{}
	findings := map[string]hcl.Diagnostics{}
	files, templates := 0, 0
	for _, set := range names {
		diags, texts := Lint(sets[set], Options{})
		findings[set] = diags
		files += len(texts)
		for _, d := range diags {
			if code, _, _ := rule.Of(d); code == rule.Template.Code {
				templates++
			}
		}
		if len(texts) != len(sets[set]) {
			t.Errorf("%s: read %d of %d files", set, len(texts), len(sets[set]))
		}
	}
	found, total := map[string]int{}, map[string]int{}
	byClass := map[string][2]int{}
	for _, row := range table(t, filepath.Join(dir, "known-mistakes.tsv")) {
		set, class, certainty := row[0], row[1], row[4]
		known[set] = true
		total[certainty]++
		n := byClass[class]
		n[1]++
		if missing := missed(findings[set], classes[class], paths, set, row[2]); missing == "" {
			found[certainty]++
			n[0]++
		} else if certainty == "sure" {
			t.Errorf("%s: %s is not found at %s", set, class, missing)
		} else {
			t.Logf("%s: %s (%s) is not found at %s", set, class, certainty, missing)
		}
		byClass[class] = n
	}
	alarms := 0
	for _, set := range names {
		for _, d := range findings[set] {
			code, _, _ := rule.Of(d)
			if testing.Verbose() && os.Getenv("HACTL_CORPUS_ALL") != "" {
				fmt.Printf("%s %d %s %s\n    %s\n", code, d.Severity, d.Subject, d.Summary, d.Detail)
			}
			if !known[set] && d.Severity != rule.Info && code != rule.Template.Code {
				alarms++
				t.Errorf("%s: false alarm: %s %s: %s", set, code, d.Subject, d.Detail)
			}
		}
	}
	for _, class := range slices.Sorted(maps.Keys(byClass)) {
		t.Logf("%-32s %-12s %2d of %2d", class, strings.Join(classes[class], " "), byClass[class][0], byClass[class][1])
	}
	t.Logf("%d sets, %d files read, %d of them templates; mistakes found: %d of %d that are sure, %d of %d that are likely; %d false alarms",
		len(names), files, templates, found["sure"], total["sure"], found["likely"], total["likely"], alarms)
}

var span = regexp.MustCompile(`^(\d+)(?:-(\d+))?$`)

// missed returns the first place of a known mistake that no finding of its
// codes names, "" when all are named.
func missed(diags hcl.Diagnostics, codes []string, paths map[string]string, set, places string) string {
	for _, place := range strings.Split(places, " ; ") {
		file, lines, _ := strings.Cut(place, ":")
		name := paths[set+" "+file]
		if name == "" {
			return "unknown file " + file
		}
		for _, l := range strings.Split(lines, ",") {
			from, to := 0, 0
			if m := span.FindStringSubmatch(l); m != nil {
				from, _ = strconv.Atoi(m[1])
				if to, _ = strconv.Atoi(m[2]); to == 0 {
					to = from
				}
			}
			if !slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return names(d, codes, name, from, to) }) {
				return fmt.Sprintf("%s:%s", name, l)
			}
		}
	}
	return ""
}

// names tells whether a finding of one of the codes is about one of the lines, or has
// them for a related place.
func names(d *hcl.Diagnostic, codes []string, file string, from, to int) bool {
	code, related, _ := rule.Of(d)
	if !slices.Contains(codes, code) {
		return false
	}
	at := func(r hcl.Range) bool {
		return r.Filename == file && (from == 0 || r.Start.Line <= to && r.End.Line >= from)
	}
	return at(*d.Subject) || slices.ContainsFunc(related, func(r rule.Related) bool { return at(r.Range) })
}
