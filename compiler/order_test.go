package compiler

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"pgregory.net/rapid"

	"hactl/lang"
	"hactl/schemas/plan"
)

// The same configuration makes the same bytes, whatever the order of its
// blocks, nested ones included, and however they are spread over files.
func TestOrderDoesNotMatter(t *testing.T) {
	for _, file := range append(files(t, "testdata/ok/*.ha.hcl"), files(t, "../examples/*/main.ha.hcl")...) {
		text := []byte(read(t, file))
		want := documents(t, fstest.MapFS{"main.ha.hcl": {Data: text}})
		body := parse(t, text)
		t.Run(file, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				if got := documents(rt, shuffled(rt, text, body)); got != want {
					rt.Fatal(udiff.Unified("in order", "shuffled", want, got))
				}
			})
		})
	}
}

// A configuration that is refused stays so in any order of its blocks, for the
// same rules. Of two places that disagree another one may be named.
func TestOrderDoesNotMatterToFindings(t *testing.T) {
	for _, file := range files(t, "testdata/wrong/*.ha.hcl") {
		text := []byte(read(t, file))
		want := codes(fstest.MapFS{"main.ha.hcl": {Data: text}})
		body := parse(t, text)
		orders := rapid.Custom(func(rt *rapid.T) fstest.MapFS { return shuffled(rt, text, body) })
		t.Run(filepath.Base(file), func(t *testing.T) {
			for seed := range 20 {
				if fsys := orders.Example(seed); codes(fsys) != want {
					t.Fatalf("in order %s, shuffled by seed %d %s", want, seed, codes(fsys))
				}
			}
		})
	}
}

// codes returns the codes of all rules that a configuration breaks.
func codes(fsys fstest.MapFS) string {
	c, found := lang.Load(fsys, lang.Options{})
	_, more := Compile(c)
	seen := map[string]bool{}
	for _, d := range append(found, more...) {
		seen[code(d)] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(seen)), " ")
}

// shuffled returns the blocks of body in another order, spread over files.
func shuffled(t *rapid.T, text []byte, body *hclsyntax.Body) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, b := range rapid.Permutation(body.Blocks).Draw(t, "blocks") {
		name := fmt.Sprintf("%d.ha.hcl", rapid.IntRange(0, 3).Draw(t, "file"))
		if fsys[name] == nil {
			fsys[name] = &fstest.MapFile{}
		}
		fsys[name].Data = append(fsys[name].Data, render(t, text, b)...)
	}
	return fsys
}

// Findings do not hang on chance: one text has the same ones each time.
func TestSameFindingsEachTime(t *testing.T) {
	for _, file := range files(t, "testdata/wrong/*.ha.hcl") {
		text := read(t, file)
		first := ""
		for range 5 {
			_, found := compileText(text)
			var s strings.Builder
			for _, d := range found {
				fmt.Fprintln(&s, line(d))
			}
			if first == "" {
				first = s.String()
			}
			if s.String() != first {
				t.Fatal(udiff.Unified("first", "again", first, s.String()))
			}
		}
	}
}

// documents returns all plan documents of a configuration without errors.
func documents(t interface{ Fatal(...any) }, fsys fstest.MapFS) string {
	c, found := lang.Load(fsys, lang.Options{})
	result, more := Compile(c)
	if all := append(found, more...); all.HasErrors() {
		t.Fatal(all.Error())
	}
	var s strings.Builder
	for _, host := range slices.Sorted(maps.Keys(result.Plans)) {
		document, err := plan.Encode(result.Plans[host], plan.Envelope{})
		if err != nil {
			t.Fatal(err)
		}
		s.Write(document)
	}
	return s.String()
}

func parse(t *testing.T, text []byte) *hclsyntax.Body {
	f, found := hclsyntax.ParseConfig(text, "main.ha.hcl", hcl.InitialPos)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return f.Body.(*hclsyntax.Body)
}

// render writes b with its nested blocks in another order.
func render(t *rapid.T, text []byte, b *hclsyntax.Block) string {
	var s strings.Builder
	s.Write(text[b.TypeRange.Start.Byte:b.OpenBraceRange.End.Byte])
	s.WriteByte('\n')
	for _, name := range slices.Sorted(maps.Keys(b.Body.Attributes)) {
		at := b.Body.Attributes[name].SrcRange
		s.Write(text[at.Start.Byte:at.End.Byte])
		s.WriteByte('\n')
	}
	for _, n := range rapid.Permutation(b.Body.Blocks).Draw(t, "nested") {
		s.WriteString(render(t, text, n))
	}
	s.WriteString("}\n")
	return s.String()
}
