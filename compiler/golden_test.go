package compiler

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"hactl/lang"
	"hactl/schemas/plan"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Every example, and every folder of testdata/whole, compiles without a finding to
// the plans in testdata/golden.
func TestExamples(t *testing.T) {
	for _, file := range append(files(t, "../examples/*/main.ha.hcl"), files(t, "testdata/whole/*/main.ha.hcl")...) {
		dir := filepath.Dir(file)
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			c, found := lang.Load(os.DirFS(dir), lang.Options{})
			result, more := Compile(c)
			for _, d := range append(found, more...) {
				t.Error(line(d))
			}
			if !t.Failed() {
				golden(t, filepath.Join("testdata/golden", name+".txt"), describe(t, result))
			}
		})
	}
}

// What every file of testdata/ok means, one line a router: levels, order,
// sources and peers.
func TestMeaning(t *testing.T) {
	var s strings.Builder
	for _, file := range files(t, "testdata/ok/*.ha.hcl") {
		result, _ := compileText(read(t, file))
		fmt.Fprintf(&s, "%s\n", strings.TrimSuffix(filepath.Base(file), ".ha.hcl"))
		for _, host := range slices.Sorted(maps.Keys(result.Plans)) {
			for _, r := range result.Plans[host].Routers {
				fmt.Fprintf(&s, "  %s\n", brief(host, r))
			}
			if len(result.Plans[host].Routers) == 0 {
				fmt.Fprintf(&s, "  %s: nothing\n", host)
			}
		}
	}
	golden(t, "testdata/golden/ok.txt", s.String())
}

func brief(host string, r plan.Router) string {
	to := r.Group
	if to == "" {
		to = strings.Join(r.Peers, ",")
	}
	var addresses []string
	for _, a := range r.Addresses {
		addresses = append(addresses, a.Prefix)
	}
	line := fmt.Sprintf("%s:%s %s vrid=%d version=%d priority=%d %dms %q->%s %s %d %s %s", host, r.Interface, r.ID, r.VRID, r.Version, r.Priority,
		r.AdvertInterval, r.Source, to, r.Preemption.Mode, r.Preemption.Delay, r.OnAgentLoss, strings.Join(addresses, ","))
	if r.Unit != "" {
		line += " unit=" + r.Unit
	}
	for _, t := range r.Tracks {
		line += fmt.Sprintf(" %s%s:%s%+d", t.Check, t.Interface, t.Effect, t.Weight)
	}
	return line
}

// describe returns a result as text: the order of each vip, then the plans.
func describe(t *testing.T, result *Result) string {
	t.Helper()
	var s strings.Builder
	for _, v := range result.Vips {
		fmt.Fprintf(&s, "vip %s:", v.Name)
		for _, r := range v.Order {
			fmt.Fprintf(&s, " %s=%d", r.Host, r.Priority)
		}
		fmt.Fprintln(&s)
	}
	for _, h := range result.Hosts {
		fmt.Fprintf(&s, "host %s: %s, ssh %s\n", h.Name, h.Kind, h.SSH)
	}
	for _, host := range slices.Sorted(maps.Keys(result.Plans)) {
		document, err := plan.Encode(result.Plans[host], plan.Envelope{Origins: result.Origins[host]})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&s, "\n-- plans/%s.json --\n%s", host, document)
	}
	return s.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want := read(t, file); got != want {
		t.Errorf("%s differs:\n%s", file, udiff.Unified("want", "got", want, got))
	}
}
