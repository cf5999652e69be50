package compiler

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hactl/lang"
	"hactl/schemas/plan"
)

// FuzzPipeline takes any text through all of it: load, compile, encode, decode.
// Nothing panics, takes long or fills the memory, and what is published is read
// again as it was.
func FuzzPipeline(f *testing.F) {
	for _, pattern := range []string{"testdata/ok/*.ha.hcl", "testdata/wrong/*.ha.hcl", "testdata/whole/*/main.ha.hcl", "../examples/*/main.ha.hcl"} {
		for _, name := range files(f, pattern) {
			f.Add([]byte(read(f, name)), false)
		}
	}
	f.Add([]byte(inJSON), true)
	f.Add([]byte(`{"locals": {"a": "${[for x in [1] : x]}"}, "dynamic": [{"host": {"for_each": ["a"], "labels": ["${host.value}"], "content": {}}}]}`), true)
	f.Fuzz(func(t *testing.T, text []byte, isJSON bool) {
		name := "main.ha.hcl"
		if isJSON {
			name = "main.ha.json"
		}
		pipeline(t, fstest.MapFS{name: {Data: text}})
	})
}

// inJSON is a configuration in JSON of which plans are made.
const inJSON = `{
  "host": {"lb01": {"interface": {"eth0": {"addresses": ["10.0.0.5/24"]}}}, "lb02": {}},
  "cluster": {"web": {
    "hosts": ["${host.lb01}", "${host.lb02}"],
    "interface": "eth0",
    "vip": {"public": {"vrid": 50, "addresses": ["10.0.0.100/24"]}}
  }}
}`

// TestPipelineInJSON is there so that the fuzzer's seed is known to be a valid
// configuration.
func TestPipelineInJSON(t *testing.T) {
	if errors := pipeline(t, fstest.MapFS{"main.ha.json": {Data: []byte(inJSON)}}); errors != 0 {
		t.Errorf("%d errors", errors)
	}
}

// TestPipelineOfMuch has configurations that are large or odd, each with the
// number of errors in it.
func TestPipelineOfMuch(t *testing.T) {
	const (
		n    = 2500
		size = 1 << 18
		two  = "host \"lb01\" {}\nhost \"lb02\" {}\n"
		head = two + "cluster \"c\" {\nhosts = [host.lb01, host.lb02]\ninterface = \"eth0\"\n"
		vip  = "vip \"v\" {\nvrid = 1\naddresses = [\"192.0.2.1\"]\n"
	)
	for name, c := range map[string]struct {
		text   string
		errors int
	}{
		"nothing":             {"", 0},
		"empty lines":         {strings.Repeat("\n", size), 0},
		"one comment":         {"#" + strings.Repeat("x", size), 0},
		"one block comment":   {"/*" + strings.Repeat("*", size) + "*/", 0},
		"hosts":               {many(n, "host \"h#\" {}\n"), 0},
		"hosts of tables":     {many(n, "dynamic \"host\" {\nfor_each = [\"h#\"]\nlabels = [host.value]\ncontent {}\n}\n"), 0},
		"hosts of one table":  {"dynamic \"host\" {\nfor_each = [for i in range(1000) : \"h${i}\"]\nlabels = [host.value]\ncontent {}\n}\n", 0},
		"hosts in a cluster":  {many(n, "host \"h#\" {}\n") + "cluster \"c\" {\nhosts = values(host)\ninterface = \"eth0\"\n" + vip + "}\n}\n", 1},
		"hosts by themselves": {"dynamic \"host\" {\nfor_each = host\niterator = h\nlabels = [h.key]\ncontent {}\n}\n", 1},
		"vips":                {head + many(255, "vip \"v#\" {\nvrid = # + 1\naddresses = [\"10.0.0.#\"]\n}\n") + "}\n", 0},
		"vips by one number":  {head + many(2, "vip \"v#\" {\nvrid = 7\naddresses = [\"10.0.0.#\"]\n}\n") + "}\n", 1},
		"addresses, one line": {head + "vip \"v\" {\nvrid = 1\naddresses = [" + many(n, `"2001:db8::#",`) + "]\n}\n}\n", 0},
		"members nobody has":  {head + vip + many(n, "member \"m#\" {}\n") + "}\n}\n", n},
		"a long name":         {"host \"" + strings.Repeat("x", size) + "\" {}\n", 1},
		"a long value":        {"host \"a\" {\nssh = \"" + strings.Repeat("x", size) + "\"\n}\n", 1},
		"locals in a circle":  {"locals {\n" + many(n/20, "a# = local.b#\nb# = local.a#\n") + "}\n", n / 20},
		"a default in a ring": {"variable \"a\" {\ndefault = var.a\n}\n", 1},
		"names that are not":  {"locals {\n" + many(n, "a# = local.b#\n") + "}\n", n},
		"UTF-16":              {"\xff\xfeh\x00o\x00s\x00t\x00", 1},
		"mark alone":          {"\ufeff", 0},
		"two marks":           {"\ufeff\ufeffhost \"a\" {}", 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := pipeline(t, fstest.MapFS{"main.ha.hcl": {Data: []byte(c.text)}}); got != c.errors {
				t.Errorf("%d errors, want %d", got, c.errors)
			}
		})
	}
}

// pipeline takes a folder through all of it and returns how many errors there
// are.
func pipeline(t *testing.T, fsys fstest.MapFS) (errors int) {
	t.Helper()
	start, before := time.Now(), allocated()
	c, found := lang.Load(fsys, lang.Options{})
	result, more := Compile(c)
	if errors = len(found.Errs()) + len(more.Errs()); errors == 0 {
		published(t, result)
	}
	if took := time.Since(start); took > 30*time.Second { // a slow machine's share
		t.Errorf("it took %s", took)
	}
	if more := allocated() - before; more > 4<<30 {
		t.Errorf("it took %d MiB, used again or not", more>>20)
	}
	return errors
}

// published encodes all plans of a result, and reads them again.
func published(t *testing.T, result *Result) {
	t.Helper()
	checkPlans(t, result)
	for host, p := range result.Plans {
		document, err := plan.Encode(p, plan.Envelope{Origins: result.Origins[host]})
		if err != nil {
			t.Fatalf("plan of %s: %v", host, err)
		}
		if d, err := plan.Decode(document); err != nil || d.Hash != p.Hash() {
			t.Errorf("plan of %s is read as another one: %v", host, err)
		}
	}
}

// allocated returns how many bytes were ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// many returns n copies of a text, in which # is the number of the copy.
func many(n int, text string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(text, "#", fmt.Sprint(i)))
	}
	return b.String()
}
