package keepalived

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"net/netip"
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
	"hactl/schemas/plan"
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
// runs them, and returns how many routers it compared: on each host the same ones
// with the VRID, version, addresses and interval that the first node has, which
// counts where they disagree, and among the hosts the same order.
func sameMeaning(t *testing.T, sources []Source, made *Imported, diags hcl.Diagnostics) (compared int) {
	t.Helper()
	result, found := compiled(made)
	if found.HasErrors() {
		return 0 // whole has said so, or the report
	}
	m := &importer{}
	for _, s := range sources {
		c, _ := Read(s)
		m.nodes = append(m.nodes, Decode(c))
	}
	for _, r := range m.matched() {
		for _, i := range r {
			p := result.Plans[label(i.Node.Name, "host")]
			at := slices.IndexFunc(p.Routers, func(o plan.Router) bool {
				return o.VRID == int(r[0].VRID.Value) && (o.Family == plan.IPv6) == (r[0].family() == 6)
			})
			if at < 0 {
				t.Errorf("%s: no router with the VRID %g", i.Node.Name, r[0].VRID.Value)
				continue
			}
			compared++
			sameRouter(t, p.Routers[at], r[0])
			samePreemption(t, p.Routers[at], r, diags)
			sameOrder(t, result, p.Routers[at].Vip, r)
		}
	}
	return compared
}

// sameRouter compares a router of a plan with an instance.
func sameRouter(t *testing.T, got plan.Router, want *Instance) {
	t.Helper()
	var addresses, given []string
	for _, a := range got.Addresses {
		if p := netip.MustParsePrefix(a.Prefix); !p.Addr().IsLinkLocalUnicast() {
			addresses = append(addresses, withoutOwnLength(p))
		}
	}
	for _, excluded := range []bool{false, true} {
		for _, v := range want.VIPs {
			a := withoutOwnLength(v.Prefix)
			if v.Excluded == excluded && !slices.Contains(given, a) && !v.Address.IsLinkLocalUnicast() && v.Address.Is6() == (got.Family == plan.IPv6) {
				given = append(given, a)
			}
		}
	}
	if !slices.Equal(addresses, given) {
		t.Errorf("%s: addresses %v, keepalived has %v", got.ID, addresses, given)
	}
	if interval := want.Advert.Value * 1000; want.Version != got.Version || want.Version == 3 && float64(got.AdvertInterval) != interval ||
		want.Version == 2 && float64(got.AdvertInterval) != math.Ceil(interval/1000)*1000 {
		t.Errorf("%s: version %d, interval %d ms; keepalived has %d, %g s", got.ID, got.Version, got.AdvertInterval, want.Version, want.Advert.Value)
	}
}

// samePreemption compares when the preferred node takes the address back, unless
// the report says that this changes, or that nobody is preferred.
func samePreemption(t *testing.T, got plan.Router, r router, diags hcl.Diagnostics) {
	t.Helper()
	if slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
		code, _, _ := rule.Of(d)
		return code == rule.ImportDisagree.Code || code == rule.ImportChanged.Code
	}) {
		return
	}
	top := slices.MaxFunc(r, func(a, b *Instance) int {
		x, y, _ := healthies(a, b)
		return cmp.Compare(x, y)
	})
	want := plan.Never
	switch {
	case top.preempts() && top.Delay != nil && !top.Master:
		want = plan.Delayed
	case top.preempts():
		want = plan.Always
	}
	if got.Preemption.Mode != want {
		t.Errorf("%s: preemption %s, keepalived has %s", got.ID, got.Preemption, want)
	}
}

// sameOrder looks whether each host has at least the priority of the next one in
// keepalived, while all is well. Routers that move together have one order.
func sameOrder(t *testing.T, result *compiler.Result, vip string, r router) {
	t.Helper()
	if r[0].Group != nil {
		return
	}
	at := slices.IndexFunc(result.Vips, func(v compiler.Vip) bool { return v.Name == vip })
	before := math.Inf(1)
	for _, rank := range result.Vips[at].Order {
		n := slices.IndexFunc(r, func(i *Instance) bool { return label(i.Node.Name, "host") == rank.Host })
		if n < 0 {
			continue // a peer whose file was not given
		}
		p, known := healthy(r[n])
		if known && p > before {
			t.Errorf("%s: %s comes behind a host with less than its priority of %g", vip, rank.Host, p)
		}
		if known {
			before = p
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
	made, valid, unfinished, none, warnings, compared := 0, 0, 0, 0, 0, 0
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
			compared += sameMeaning(t, sources, config, diags)
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
	t.Logf("%d sets: %d made, of which %d are valid and %d have something to be filled in; %d make nothing; %d routers mean the same as before; %d warnings other than of clear text",
		len(sets), made, valid, unfinished, none, compared, warnings)
	if compared == 0 {
		t.Error("no router was compared")
	}
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
