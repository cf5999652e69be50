package keepalived

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"hactl/compiler"
	"hactl/lang"
	"hactl/lang/format"
	"hactl/lang/rule"
)

var update = flag.Bool("update", false, "rewrite what imports are expected to make, in testdata/import")

// TestImport imports the files of each archive in testdata/import, and compares
// the configuration and the report with those that the archive holds.
func TestImport(t *testing.T) {
	for name, a := range archives(t, "import") {
		t.Run(name, func(t *testing.T) {
			made, diags, _ := Import(sourcesOf(a))
			got := &txtar.Archive{Comment: a.Comment}
			for _, f := range a.Files {
				if f.Name != "main.ha.hcl" && f.Name != "report" {
					got.Files = append(got.Files, f)
				}
			}
			if made != nil {
				got.Files = append(got.Files, txtar.File{Name: "main.ha.hcl", Data: []byte(made.Text())})
				whole(t, made, diags)
				sameMeaning(t, sourcesOf(a), made, diags)
			}
			if len(diags) > 0 {
				got.Files = append(got.Files, txtar.File{Name: "report", Data: []byte(reportOf(diags))})
			}
			text := string(txtar.Format(got))
			path := filepath.Join("testdata", "import", name+".txtar")
			if *update {
				if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != text {
				t.Error(udiff.Unified(path, "import", string(want), text))
			}
		})
	}
}

// reportOf returns findings as a report of one line each.
func reportOf(diags hcl.Diagnostics) string {
	words := map[rule.Severity]string{rule.Error: "error", rule.Warning: "warning", rule.Info: "info"}
	var b strings.Builder
	for _, d := range diags {
		code, related, _ := rule.Of(d)
		fmt.Fprintf(&b, "%s: %s %s: %s", fileLine(*d.Subject), words[d.Severity], code, d.Detail)
		for _, r := range related {
			fmt.Fprintf(&b, " [%s: %s]", fileLine(r.Range), r.Message)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// compiled loads and compiles a configuration. Values that the report calls open
// are none here, which is no finding of its own.
func compiled(made *Imported) (*compiler.Result, hcl.Diagnostics) {
	c, diags := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(made.Text())}}, lang.Options{})
	result, more := compiler.Compile(c)
	return result, append(diags, more...)
}

// open tells whether the report says that something is left to be filled in.
func open(diags hcl.Diagnostics) bool {
	return slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
		code, _, _ := rule.Of(d)
		return code == rule.ImportOpen.Code
	})
}

// whole fails unless the configuration is formatted, in its parts too, and valid,
// and the report made of whole findings.
func whole(t *testing.T, made *Imported, diags hcl.Diagnostics) {
	t.Helper()
	formatted, wrong := format.Source("main.ha.hcl", []byte(made.Text()))
	if wrong.HasErrors() {
		t.Fatalf("no configuration: %v\n%s", wrong, made.Text())
	}
	if string(formatted) != made.Text() {
		t.Error(udiff.Unified("import", "formatted", made.Text(), string(formatted)))
	}
	if _, found := compiled(made); !open(diags) && found.HasErrors() {
		t.Errorf("not valid, and the report does not say why: %v\n%s", found, made.Text())
	}
	for _, d := range diags {
		code, related, ok := rule.Of(d)
		if !ok || d.Subject == nil || d.Subject.Filename == "" || d.Subject.Start.Line < 1 {
			t.Errorf("%s has no place: %s", code, d.Detail)
		}
		if !strings.HasSuffix(d.Detail, ".") || strings.Contains(d.Detail, "%!") || strings.Contains(d.Detail, "  ") || strings.Contains(d.Detail, "..") && !strings.Contains(d.Detail, "...") {
			t.Errorf("%s: no whole sentence: %q", code, d.Detail)
		}
		for _, r := range related {
			if r.Message == "" || strings.HasSuffix(r.Message, ".") || r.Range.Start.Line < 1 {
				t.Errorf("%s: a related place is not whole: %+v", code, r)
			}
		}
	}
}

// sameMeaning compares the plans of the configuration with the nodes as keepalived
// runs them: on each host the same routers with the same VRID, version, addresses and
// interval, and among the hosts the same order. What the report calls a
// disagreement or a change is not compared.
func sameMeaning(t *testing.T, sources []Source, made *Imported, diags hcl.Diagnostics) {
	t.Helper()
	result, found := compiled(made)
	if found.HasErrors() {
		return // whole has said so, or the report
	}
	var nodes []*Node
	for _, s := range sources {
		c, _ := Read(s)
		nodes = append(nodes, Decode(c))
	}
	count := 0
	for _, p := range result.Plans {
		count = max(count, len(p.Routers))
	}
	for _, r := range routers(nodes) {
		if r[0].VRID.Known && count > 0 {
			sameRouter(t, result, r, diags)
		}
	}
}

// doubted tells whether the report has something to say of the instance, or of the
// global definitions.
func doubted(diags hcl.Diagnostics, codes ...rule.Rule) bool {
	return slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
		code, _, _ := rule.Of(d)
		return slices.ContainsFunc(codes, func(r rule.Rule) bool { return r.Code == code })
	})
}

// sameRouter compares one router.
func sameRouter(t *testing.T, result *compiler.Result, r router, diags hcl.Diagnostics) {
	t.Helper()
	doubt := doubted(diags, rule.ImportDisagree, rule.ImportChanged, rule.ImportNoPlace)
	vip := ""
	for _, i := range r {
		p := result.Plans[label(i.Node.Name, "host")]
		if p == nil {
			t.Errorf("no plan for %s", i.Node.Name)
			continue
		}
		at := -1
		for n, router := range p.Routers {
			if router.VRID == int(r[0].VRID.Value) && (router.Family == 6) == (i.family() == 6) {
				at = n
			}
		}
		if at < 0 && doubt {
			continue
		}
		if at < 0 {
			t.Errorf("%s: no router with the VRID %g", i.Node.Name, i.VRID.Value)
			continue
		}
		router := p.Routers[at]
		vip = router.Vip
		var got, want []string
		for _, a := range router.Addresses {
			if !strings.HasPrefix(a.Prefix, "fe80:") {
				got = append(got, strings.TrimSuffix(strings.TrimSuffix(a.Prefix, "/32"), "/128"))
			}
		}
		for _, v := range i.VIPs {
			if a := withoutOwnLength(v.Prefix); !v.Excluded && !slices.Contains(want, a) && !v.Address.IsLinkLocalUnicast() {
				want = append(want, a)
			}
		}
		preempts := map[bool]string{true: "always", false: "never"}[r.favourite().preempts()]
		if i.Delay != nil && preempts == "always" && !r.favourite().Master {
			preempts = "delayed"
		}
		if doubt {
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: addresses %v, keepalived has %v", i.Node.Name, got, want)
		}
		if router.Version != i.Version || float64(router.AdvertInterval) != i.Advert.Value*1000 || string(router.Preemption.Mode) != preempts {
			t.Errorf("%s: version %d, interval %d ms, preemption %s; keepalived has %d, %g s, %s", i.Node.Name, router.Version, router.AdvertInterval, router.Preemption, i.Version, i.Advert.Value, preempts)
		}
	}
	sameOrder(t, result, r, vip, doubt)
}

// favourite returns the instance with the highest priority while all is well.
func (r router) favourite() *Instance {
	return slices.MaxFunc(r, func(a, b *Instance) int {
		x, _ := healthy(a)
		y, _ := healthy(b)
		return int(x - y)
	})
}

// sameOrder compares who is preferred.
func sameOrder(t *testing.T, result *compiler.Result, r router, vip string, doubt bool) {
	t.Helper()
	for _, v := range result.Vips {
		if v.Name != vip || doubt || len(v.Order) != len(r) {
			continue
		}
		if want := label(r.favourite().Node.Name, "host"); v.Order[0].Host != want {
			t.Errorf("%s prefers %s, keepalived %s", vip, v.Order[0].Host, want)
		}
	}
}

// TestImportCorpus imports real configurations. Each makes a configuration that
// can be read, is formatted, and is valid unless the report says what is missing,
// or the report says why nothing could be made.
func TestImportCorpus(t *testing.T) {
	dir := corpus(t)
	sets := map[string][]Source{}
	for _, row := range table(t, filepath.Join(dir, "index.tsv")) {
		sets[row[0]] = append(sets[row[0]], Source{Node: strings.TrimSuffix(row[1], ".conf"), FS: os.DirFS(filepath.Join(dir, row[0])), Path: row[1], Prefix: row[0]})
	}
	made, valid, unfinished, none, warnings := 0, 0, 0, 0, 0
	for set, sources := range sets {
		t.Run(set, func(t *testing.T) {
			config, diags, _ := Import(sources)
			if config == nil {
				none++
				if !diags.HasErrors() {
					t.Error("nothing was made, and the report does not say why")
				}
				return
			}
			made++
			whole(t, config, diags)
			sameMeaning(t, sources, config, diags)
			_, found := compiled(config)
			switch {
			case found.HasErrors():
				unfinished++
			default:
				valid++
			}
			for _, d := range found {
				if code, _, _ := rule.Of(d); d.Severity == rule.Warning && code != rule.ClearText.Code {
					warnings++
					t.Logf("%s %s", code, d.Detail)
				}
			}
		})
	}
	t.Logf("%d sets: %d made, of which %d are valid and %d have something to be filled in; %d make nothing; %d warnings other than of clear text",
		len(sets), made, valid, unfinished, none, warnings)
}

// FuzzImport imports whatever it is given: what is made can be read.
func FuzzImport(f *testing.F) {
	for _, a := range archives(f, "import") {
		s := sourcesOf(a)
		first, _ := readFile(s[0].FS, s[0].Path)
		second, _ := readFile(s[len(s)-1].FS, s[len(s)-1].Path)
		if len(first) < 500 { // the fuzzer takes minutes to shorten what is long
			f.Add(string(first), string(second))
		}
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		files := fstest.MapFS{"a.conf": {Data: []byte(a)}, "b.conf": {Data: []byte(b)}}
		made, diags, _ := Import([]Source{{Node: "a", FS: files, Path: "a.conf"}, {Node: "b", FS: files, Path: "b.conf"}})
		if made == nil {
			if !diags.HasErrors() {
				t.Error("nothing was made, and the report does not say why")
			}
			return
		}
		formatted, wrong := format.Source("main.ha.hcl", []byte(made.Text()))
		if wrong.HasErrors() || string(formatted) != made.Text() {
			t.Errorf("%v\n%s", wrong, made.Text())
		}
	})
}
