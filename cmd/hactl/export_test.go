package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"

	"hactl/compiler"
	"hactl/compiler/export"
	"hactl/lang"
	"hactl/lang/keepalived"
	"hactl/schemas/plan"
)

// everyPlan compiles a folder and returns the plans of all its hosts, those of
// neighbours included.
func everyPlan(t *testing.T, dir string) map[string]*plan.Plan {
	t.Helper()
	c, err := loadConfiguration(dir, &variableFlags{})
	check(t, err)
	plans, err := (&exporting{all: true}).plans(c)
	check(t, err)
	return plans
}

// exampleFolders are those of all examples.
func exampleFolders(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../examples/*/main.ha.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var all []string
	for _, f := range files {
		all = append(all, filepath.Dir(f))
	}
	return all
}

// What is exported and imported again means the same, router by router, as far as
// the export has not named a loss.
func TestExportedIsImportedAlike(t *testing.T) {
	for _, dir := range exampleFolders(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			plans := everyPlan(t, dir)
			var sources []keepalived.Source
			for _, host := range slices.Sorted(maps.Keys(plans)) {
				text := export.Keepalived(plans[host]).Text
				sources = append(sources, keepalived.Source{Node: host, Path: host + ".conf", FS: fstest.MapFS{host + ".conf": {Data: []byte(text)}}})
			}
			imported, found, _ := keepalived.Import(sources)
			if found.HasErrors() || imported == nil {
				t.Fatal(found)
			}
			config, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(imported.Text())}}, lang.Options{})
			result, more := compiler.Compile(config)
			if all := append(found, more...); all.HasErrors() {
				t.Fatalf("%v\n%s", all, imported.Text())
			}
			if diff := udiff.Unified("exported", "imported", meaning(plans), meaning(result.Plans)); diff != "" {
				t.Errorf("%s\n%s", diff, imported.Text())
			}
		})
	}
}

// meaning says what plans do that keepalived can do, too, without names.
func meaning(plans map[string]*plan.Plan) string {
	var lines []string
	for host, p := range plans {
		for _, r := range p.Routers {
			s := fmt.Sprintf("%s %s %v vrid=%d version=%d rank=%s %dms from=%s to=%s%v %v %s repeat=%d/%d unit=%v",
				host, r.Interface, r.Family, r.VRID, r.Version, rankMeaning(plans, r), r.AdvertInterval, r.Source, r.Group, r.Peers, r.Preemption, r.Checksum,
				r.Announce.Burst, r.Announce.Repeat, r.Unit != "")
			for _, a := range r.Addresses {
				s += fmt.Sprintf("\n  address %+v", a)
			}
			for _, t := range r.Tracks {
				s += "\n  track " + trackMeaning(p, t)
			}
			lines = append(lines, s)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// rankMeaning is the place of a router among the hosts, and its priority where
// weights count: an import puts hosts in order where that says the same.
func rankMeaning(plans map[string]*plan.Plan, r plan.Router) string {
	better := 0
	for _, p := range plans {
		for _, other := range p.Routers {
			if other.VRID == r.VRID && other.Family == r.Family && other.Priority > r.Priority {
				better++
			}
		}
	}
	if slices.ContainsFunc(r.Tracks, func(t plan.Track) bool { return t.Weight != 0 }) {
		return fmt.Sprintf("%d (%d)", better+1, r.Priority)
	}
	return fmt.Sprint(better + 1)
}

// trackMeaning says what a track does: demote is a weight, and keepalived counts
// whole seconds.
func trackMeaning(p *plan.Plan, t plan.Track) string {
	at := slices.IndexFunc(p.Checks, func(c plan.Check) bool { return c.Name == t.Check })
	if at < 0 {
		return fmt.Sprint(t.Interface, " ", t.Weight)
	}
	c := p.Checks[at]
	probe := ""
	switch {
	case c.HTTP != nil:
		probe = c.HTTP.Method + " " + c.HTTP.URL
	case c.TCP != nil:
		probe = "tcp " + c.TCP.Address
	case c.File != nil:
		probe = fmt.Sprint(c.File.Expect, " ", c.File.Path)
	case c.Process != nil:
		probe = fmt.Sprint(c.Process.Name, " ", c.Process.Minimum)
	case c.Exec != nil:
		probe = fmt.Sprint(c.Exec.User, " ", c.Exec.Command)
	}
	return fmt.Sprintf("%s every %d s fall %d rise %d: weight %d", probe, (c.Interval+999)/1000, c.Fall, c.Rise, t.Weight)
}

// The file of a plan in which everything is set, and what it loses.
func TestExportOfEverything(t *testing.T) {
	const name = "testdata/export/everything.txt"
	plans := everyPlan(t, "../../compiler/testdata/whole/everything")
	var got strings.Builder
	for _, host := range slices.Sorted(maps.Keys(plans)) {
		made := export.Keepalived(plans[host])
		fmt.Fprintf(&got, "== %s\n%s\n", host, made.Text)
		for _, l := range made.Losses {
			fmt.Fprintf(&got, "lost: %s: %s\n", l.Object, l.Detail)
		}
	}
	if *update {
		check(t, os.MkdirAll(filepath.Dir(name), 0o755))
		check(t, os.WriteFile(name, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(name)
	check(t, err)
	if diff := udiff.Unified(name, "made", string(want), got.String()); diff != "" {
		t.Error(diff)
	}
}
