package lang_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hactl/lang"
)

// atOnce runs everything at the same time.
func atOnce(n int, do func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// backwards runs one after the other, the last one first.
func backwards(n int, do func(int)) {
	for i := range n {
		do(n - 1 - i)
	}
}

// Files that are parsed together say what they say one after the other, findings
// and masked texts included.
func TestParsedTogether(t *testing.T) {
	files := folder(
		"a.ha.hcl", "host \"a\" {}\nlocals {\n  x = 1\n}\n",
		"b.ha.hcl", "host \"b\" {\n",
		"c.ha.json", `{"host": {"c": {}}}`,
		"d.ha.hcl", "locals {\n  deep = "+strings.Repeat("[", 300)+strings.Repeat("]", 300)+"\n}\n",
		"e.ha.hcl", "",
		"f.ha.hcl", "cluster \"web\" {\n  hosts = [host.a, host.c, host.z]\n  auth {\n    type = \"pass\"\n    secret = \"hush\" \n",
		"g.ha.hcl", "host \"b\" {}\n",
	)
	want, wantFound := lang.Load(files, lang.Options{})
	if len(wantFound) == 0 {
		t.Fatal("nothing is found")
	}
	for name, together := range map[string]func(int, func(int)){"at once": atOnce, "backwards": backwards} {
		got, found := lang.Load(files, lang.Options{Together: together})
		if diff := cmp.Diff(printed(wantFound), printed(found)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(want.Sources, got.Sources); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(got.Hosts()) != len(want.Hosts()) {
			t.Errorf("%s: %d hosts, want %d", name, len(got.Hosts()), len(want.Hosts()))
		}
	}
	var cache lang.Cache
	for range 2 {
		if _, found := cache.Load(files, lang.Options{Together: atOnce}); printed(found) != printed(wantFound) {
			t.Error(cmp.Diff(printed(wantFound), printed(found)))
		}
	}
}
