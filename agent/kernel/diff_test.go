package kernel

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"hactl/agent/node"

	"github.com/aymanbagabas/go-udiff"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// scene is what a case of testdata/diff.txt describes.
type scene struct {
	host
	wishes node.Wishes
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
		for _, c := range changes(s.host, s.wishes) {
			out += c.String() + "\n"
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
		what, rest, _ := strings.Cut(l, " ")
		kind, detail, _ := strings.Cut(rest, " ")
		switch what + " " + kind {
		case "wish route":
			s.wishes.Routes = append(s.wishes.Routes, readRoute(detail))
		case "wish rule":
			s.wishes.Rules = append(s.wishes.Rules, readRule(detail))
		case "ours route":
			s.routes = append(s.routes, s.readKept(detail))
		case "ours rule":
			s.rules = append(s.rules, readRule(detail))
		default:
			s.readAddress(t, l)
		}
	}
	return s
}

// readKept reads a route that is there: it has a link, which it names last.
func (s *scene) readKept(text string) route {
	r := readRoute(text)
	index := linkNamed(s.links, r.Interface).Index
	return kept(r, index)
}

// readAddress reads a line about a link, or an address of one.
func (s *scene) readAddress(t *testing.T, l string) {
	t.Helper()
	words := strings.Fields(l)
	if len(words) < 3 {
		t.Fatalf("cannot read %q", l)
	}
	switch words[0] {
	case "link":
		s.links = append(s.links, link{
			Link:    node.Link{Index: len(s.links) + 1, Name: words[1], Up: words[2] == "up"},
			details: map[netip.Prefix]detail{},
		})
	case "wish":
		how := readDetail(words[3:])
		w := wish(words[1], words[2], how.route)
		w.Label, w.Scope, w.Stays = how.label, how.scope, slices.Contains(words, "stays")
		s.wishes.Addresses = append(s.wishes.Addresses, w)
	case "has", "ours":
		on := linkNamed(s.links, words[1])
		a := node.Assigned{Prefix: netip.MustParsePrefix(words[2]), Ours: words[0] == "ours"}
		on.Addresses = append(on.Addresses, a)
		on.details[a.Prefix] = readDetail(words[3:])
	default:
		t.Fatalf("cannot read %q", l)
	}
}

// readDetail reads how an address is installed.
func readDetail(words []string) (d detail) {
	for i, w := range words {
		switch w {
		case "route":
			d.route = true
		case "label":
			d.label = words[i+1]
		case "scope":
			d.scope = readRoute("default scope " + words[i+1]).Scope
		}
	}
	return d
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
