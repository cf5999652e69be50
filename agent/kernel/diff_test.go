package kernel

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"hactl/agent/node"

	"github.com/aymanbagabas/go-udiff"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// scene is what a case of testdata/diff.txt describes.
type scene struct {
	links  []link
	wishes []node.Wish
}

// TestDiff runs the cases of testdata/diff.txt: what is there and wished, then
// what diff does about it.
func TestDiff(t *testing.T) {
	const file = "testdata/diff.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n# ") {
		given, _, ok := strings.Cut(strings.TrimPrefix(block, "# "), "----")
		if !ok {
			t.Fatalf("no ---- in %q", block)
		}
		s := readScene(t, given)
		out := "# " + given + "----\n"
		for _, o := range diff(s.links, s.wishes) {
			out += o.String() + "\n"
		}
		got = append(got, out)
	}
	result := strings.Join(got, "\n")
	if *update {
		err = os.WriteFile(file, []byte(result), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !*update && result != string(text) {
		t.Error(udiff.Unified("want", "got", string(text), result))
	}
}

// readScene reads the part of a case before the line of dashes.
func readScene(t *testing.T, text string) scene {
	t.Helper()
	var s scene
	for _, l := range strings.Split(strings.TrimSpace(text), "\n")[1:] {
		words := strings.Fields(l)
		if len(words) < 3 {
			t.Fatalf("cannot read %q", l)
		}
		route := len(words) > 3 && words[3] == "route"
		switch words[0] {
		case "link":
			s.links = append(s.links, link{
				Link:    node.Link{Index: len(s.links) + 1, Name: words[1], Up: words[2] == "up"},
				noRoute: map[netip.Prefix]bool{},
			})
		case "wish":
			s.wishes = append(s.wishes, wish(words[1], words[2], route))
		case "has", "ours":
			on := linkNamed(s.links, words[1])
			a := node.Assigned{Prefix: netip.MustParsePrefix(words[2]), Ours: words[0] == "ours"}
			on.Addresses = append(on.Addresses, a)
			on.noRoute[a.Prefix] = a.Ours && !route
		default:
			t.Fatalf("cannot read %q", l)
		}
	}
	return s
}

// wish makes a node.Wish.
func wish(ifname, prefix string, route bool) node.Wish {
	return node.Wish{Interface: ifname, Prefix: netip.MustParsePrefix(prefix), Route: route}
}

// linkNamed returns the link of that name in links.
func linkNamed(links []link, name string) *link {
	for i := range links {
		if links[i].Name == name {
			return &links[i]
		}
	}
	panic(fmt.Sprintf("kernel test: no link %s", name))
}
