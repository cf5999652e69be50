package lang_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
)

const pair = `
host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts           = [host.lb01, host.lb02]
  interface       = "eth0"
  advert_interval = "300ms"

  preemption {
    mode = "never"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24", "10.0.0.101"]
  }

  vip "static" {
    vrid      = 55
    interface = "eth1"
    addresses = ["10.0.0.102"]
  }
}
`

// load loads files, given as name and text in turn, and fails on findings.
func load(t *testing.T, files ...string) *lang.Config {
	t.Helper()
	config, diags := lang.Load(folder(files...), lang.Options{})
	if len(diags) > 0 {
		t.Fatal(printed(diags))
	}
	return config
}

func folder(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

func TestGetters(t *testing.T) {
	config := load(t, "main.ha.hcl", pair)
	web := config.Clusters()[0]
	public, static := web.Blocks("vip")[0], web.Find("vip", "static")
	if got := web.Refs("hosts"); len(got) != 2 || got[1].V != (lang.Ref{Kind: "host", ID: "lb02"}) || got[1].Range.String() != "main.ha.hcl:6,33-42" {
		t.Errorf("hosts: %+v", got)
	}
	if got := lang.Holder(public, "interface").String("interface"); got.V != "eth0" || got.Range.String() != "main.ha.hcl:7,21-27" {
		t.Errorf("interface from the cluster: %+v", got)
	}
	if got := lang.Holder(static, "interface").String("interface"); got.V != "eth1" {
		t.Errorf("interface of the vip: %+v", got)
	}
	if got := lang.Holder(public, "version").Integer("version"); got.V != 3 || got.Set || got.Range != web.Range() {
		t.Errorf("version by default: %+v", got)
	}
	if got := lang.Holder(public, "advert_interval").Duration("advert_interval"); got.V != 300*time.Millisecond || !got.Set {
		t.Errorf("advert_interval: %+v", got)
	}
	if got := lang.Holder(public, "preemption").Block("preemption").String("mode"); got.V != "never" {
		t.Errorf("preemption from the cluster: %+v", got)
	}
	if got := public.Prefixes("addresses")[1]; got.V.String() != "10.0.0.101/32" || got.Range.String() != "main.ha.hcl:16,35-47" {
		t.Errorf("second address: %+v", got)
	}
	if got := public.LabelRange().String() + " " + public.Range().String(); got != "main.ha.hcl:14,7-15 main.ha.hcl:14,3-15" {
		t.Errorf("label and header: %s", got)
	}
	if public.Parent() != web || config.Settings() != nil || len(config.Hosts()) != 2 || web.Find("vip", "none") != nil {
		t.Error("the tree's shape is wrong")
	}
	if got := public.NameRange("vrid").String(); got != "main.ha.hcl:15,5-9" {
		t.Errorf("name of vrid: %s", got)
	}
}

// TestOrigins looks where elements of computed lists are said to be.
func TestOrigins(t *testing.T) {
	web := load(t, "hosts.ha.hcl", `
host "lb01" {}
host "lb02" {}
locals {
  lbs  = [host.lb01, host.lb02]
  nets = ["10.0.0.1", "10.0.0.2"]
}
`, "main.ha.hcl", `
cluster "web" {
  hosts  = [for h in local.lbs : h if h.name != "none"]
  prefer = values(host)
  vip "a" {
    vrid      = 1
    addresses = [for n in local.nets : "${n}/24"]
  }
}
`).Clusters()[0]
	var got []string
	for _, name := range []string{"hosts", "prefer"} {
		for _, v := range web.Refs(name) {
			got = append(got, name+" "+v.V.ID+" "+v.Range.String())
		}
	}
	for _, v := range web.Blocks("vip")[0].Prefixes("addresses") {
		got = append(got, v.V.String()+" "+v.Range.String())
	}
	want := []string{
		"hosts lb01 hosts.ha.hcl:5,11-20", "hosts lb02 hosts.ha.hcl:5,22-31",
		"prefer lb01 main.ha.hcl:4,12-24", "prefer lb02 main.ha.hcl:4,12-24",
		"10.0.0.1/24 hosts.ha.hcl:6,11-21", "10.0.0.2/24 hosts.ha.hcl:6,23-33",
	}
	if a, b := strings.Join(want, "\n"), strings.Join(got, "\n"); a != b {
		t.Error(udiff.Unified("want", "got", a, b))
	}
}

// TestGettersPanic asks for what the table lacks, which is a mistake of ours.
func TestGettersPanic(t *testing.T) {
	vip := load(t, "main.ha.hcl", pair).Clusters()[0].Blocks("vip")[0]
	for name, ask := range map[string]func(){
		"an unknown attribute":   func() { vip.String("colour") },
		"another type":           func() { vip.String("vrid") },
		"an unknown list":        func() { vip.Prefixes("address") },
		"a list of another type": func() { vip.Refs("addresses") },
		"an unknown block":       func() { vip.Blocks("host") },
		"a block as attribute":   func() { vip.AttrRange("auth") },
		"an unknown name":        func() { vip.Broken("colour") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "lang: ") {
					t.Errorf("no panic in the package's name: %v", s)
				}
			}()
			ask()
		})
	}
}

// TestOrder loads the same blocks in other orders and other files: the same
// tree, and the same findings but for their places.
func TestOrder(t *testing.T) {
	blocks := []string{
		`locals { lbs = [for h in local.names : host[h]] }`,
		`locals { names = ["lb02", "lb01"] }`,
		"dynamic \"host\" {\n  for_each = toset(local.names)\n  labels = [host.value]\n  content {}\n}",
		"cluster \"web\" {\n  hosts = local.lbs\n  vip \"a\" {\n    vrid = var.vrid\n    addresses = [\"10.0.0.1\"]\n  }\n}",
		"cluster \"db\" {\n  hosts = values(host)\n  vip \"b\" {\n    vrid = length(host)\n    addresses = [\"10.0.0.2\"]\n  }\n  vip \"a\" {\n    vrid = 3\n    addresses = [\"10.0.0.x\"]\n  }\n}",
		`variable "vrid" { default = 7 }`,
		"host \"lb03\" {\n  ssh = cluster.web.vip.a.name\n}",
	}
	var first string
	for seed := range int64(50) {
		rng := rand.New(rand.NewSource(seed))
		rng.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
		files := fstest.MapFS{}
		for _, b := range blocks {
			name := fmt.Sprintf("%d.ha.hcl", rng.Intn(3))
			if files[name] == nil {
				files[name] = &fstest.MapFile{}
			}
			files[name].Data = append(files[name].Data, b+"\n"...)
		}
		config, diags := lang.Load(files, lang.Options{})
		got := tree(config.Root)
		for _, d := range diags {
			got += d.Detail + "\n"
		}
		if first == "" {
			first = got
		}
		if got != first {
			t.Fatal(udiff.Unified("first order", "this order", first, got))
		}
	}
}

// TestUnreadable loads files that are no configuration at all.
func TestUnreadable(t *testing.T) {
	for name, c := range map[string]struct {
		fsys fs.FS
		want string
	}{
		"zero byte":     {folder("a.ha.hcl", "host \"a\" {}\x00"), "it holds a zero byte"},
		"not UTF-8":     {folder("a.ha.hcl", "host \"\xff\" {}"), "it is not valid UTF-8"},
		"too large":     {folder("a.ha.hcl", strings.Repeat("#", lang.MaxFile+1)), "it is larger than 64 MiB"},
		"no permission": {locked{folder("a.ha.hcl", "")}, "permission denied"},
		"no folder":     {fstest.MapFS{".": {Mode: 0}}, "can't be read"},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := lang.Load(c.fsys, lang.Options{})
			if len(diags) != 1 || !strings.Contains(diags[0].Detail, c.want) || code(diags[0]) != rule.Unreadable.Code {
				t.Errorf("want one finding about %q:\n%s", c.want, printed(diags))
			}
		})
	}
}

// code returns the code of a finding.
func code(d *hcl.Diagnostic) string {
	c, _, _ := rule.Of(d)
	return c
}

// locked is a folder whose files can't be opened.
type locked struct{ fstest.MapFS }

func (l locked) Open(name string) (fs.File, error) {
	if name == "." {
		return l.MapFS.Open(name)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

// TestDepth loads texts that are deep rather than long. Each ends in a finding,
// not in an exhausted stack.
func TestDepth(t *testing.T) {
	const n = 1 << 14
	for name, text := range map[string]string{
		"brackets":        "locals {\n a = " + strings.Repeat("[", n) + "\n}",
		"closed brackets": "locals {\n a = " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) + "\n}",
		"blocks":          strings.Repeat("a {\n", n),
		"not":             "locals {\n a = " + strings.Repeat("!", n) + "true\n}",
		"minus":           "locals {\n a = " + strings.Repeat("-", n) + "1\n}",
		"sum":             "locals {\n a = 1" + strings.Repeat("+1", n) + "\n}",
		"conditional":     "locals {\n a = " + strings.Repeat("true?1:", n) + "1\n}",
		"index":           "locals {\n a = local" + strings.Repeat("[local.b]", n) + "\n}",
		"splat":           "locals {\n a = local.b" + strings.Repeat("[*]", n) + "\n}",
		"template":        "locals {\n a = " + strings.Repeat(`"${`, n) + "\n}",
		"directives":      "locals {\n a = \"" + strings.Repeat(`%{ if true }`, n) + "\"\n}",
		"heredocs":        "locals {\n a = <<X\n" + strings.Repeat("%{ for a in b }\n", n) + "X\n}",
		"for":             "locals {\n a = " + strings.Repeat("[for x in ", n) + "\n}",
		"exponent":        "locals {\n a = \"${1e999999999}\"\n}",
		"digits":          "locals {\n a = " + strings.Repeat("7", n) + "\n}",
		"calls":           "locals {\n a = " + strings.Repeat("upper(", n) + "\n}",
	} {
		t.Run(name, func(t *testing.T) { refused(t, "a.ha.hcl", text) })
	}
	for name, text := range map[string]string{
		"arrays":   `{"locals": {"a": ` + strings.Repeat("[", n),
		"objects":  strings.Repeat(`{"a":`, n),
		"template": `{"locals": {"a": "${` + strings.Repeat("(", n) + `"}}`,
		"exponent": `{"locals": {"a": "${1e999999999}"}}`,
		"number":   `{"locals": {"a": 1e999999999}}`,
		"digits":   `{"locals": {"a": ` + strings.Repeat("7", n) + `}}`,
		"not":      `{"locals": {"a": "${` + strings.Repeat("!", n) + `true}"}}`,
	} {
		t.Run("JSON "+name, func(t *testing.T) { refused(t, "a.ha.json", text) })
	}
}

// refused fails unless that text ends in exactly one finding.
func refused(t *testing.T, name, text string) {
	t.Helper()
	_, diags := lang.Load(folder(name, text), lang.Options{})
	if len(diags) != 1 || code(diags[0]) != rule.TooLarge.Code && code(diags[0]) != rule.Syntax.Code || strings.Contains(diags[0].Detail, " or more than ") {
		t.Errorf("want one finding, got %d: %.300s", len(diags), printed(diags))
	}
}

// TestLongNames makes locals that depend on each other in a long row.
func TestLongNames(t *testing.T) {
	var b strings.Builder
	b.WriteString("locals {\n")
	const n = 20000
	for i := range n {
		fmt.Fprintf(&b, "  a%05d = local.a%05d\n", i, i+1)
	}
	fmt.Fprintf(&b, "  a%05d = 1\n}\n", n)
	refused(t, "a.ha.hcl", b.String())
}

// TestNotDeep loads texts that only look deep: brackets and operators in comments
// and strings are none.
func TestNotDeep(t *testing.T) {
	signs := strings.Repeat("[{(*-!", 1<<12)
	load(t, "a.ha.hcl", "host \"a\" {\n  /* "+signs+" */\n  // "+signs+"\n  # "+signs+"\n}\n",
		"b.ha.hcl", "locals {\n  a = \""+signs+"\"\n  b = <<X\n"+signs+"\nX\n}\n")
}

// TestLongLine loads a text of one MiB on one line.
func TestLongLine(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	text := "locals { // " + long + "\n  a = \"" + long + "\"\n}\nhost \"lb01\" {\n  ssh = \"x${strlen(local.a)}\"\n}\n"
	if got := load(t, "a.ha.hcl", text).Hosts()[0].String("ssh").V; got != "x1048576" {
		t.Errorf("ssh is %q", got)
	}
}

// TestErrorsWithoutPath looks at errors that are no fs.PathError.
func TestErrorsWithoutPath(t *testing.T) {
	_, diags := lang.Load(broken{}, lang.Options{})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "the disk is gone") {
		t.Error(printed(diags))
	}
}

type broken struct{}

func (broken) Open(string) (fs.File, error) { return nil, errors.New("the disk is gone") }
