package doctor

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"hactl/schemas/plan"

	"golang.org/x/tools/txtar"
)

// seeded gives a fuzzer the rulesets of testdata.
func seeded(f *testing.F) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "firewall.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		if strings.HasSuffix(file.Name, "/ruleset") {
			f.Add(file.Data)
		}
	}
}

// Whatever a ruleset says, doctor comes to a verdict.
func FuzzFilter(f *testing.F) {
	seeded(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		filter, err := readFilter(data)
		if err != nil {
			return
		}
		for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
			filter.examine(advert{family: family, link: "eth0", to: []string{"224.0.0.18"}, from: []string{"10.0.0.6"}})
			filter.examine(advert{family: family, link: "eth0", leaves: true, to: []string{"224.0.0.18"}})
		}
	})
}

// A ruleset in which every chain jumps to the next one many times is followed as
// quickly as it is long: 16 levels of 64 jumps would be 64^16 walks otherwise.
func TestFilterOfManyJumps(t *testing.T) {
	const levels, jumps = 16, 64
	var objects []map[string]any
	add := func(kind string, value any) { objects = append(objects, map[string]any{kind: value}) }
	add("chain", chain{Family: "inet", Table: "t", Name: "c0", Type: "filter", Hook: "input", Policy: "drop"})
	for level := range levels {
		name, next := fmt.Sprint("c", level), fmt.Sprint("c", level+1)
		for range jumps {
			add("rule", rule{"inet", "t", name, []any{
				map[string]any{"limit": map[string]any{"rate": 5}}, map[string]any{"jump": map[string]any{"target": next}}}})
		}
	}
	data, err := json.Marshal(map[string]any{"nftables": objects})
	if err != nil {
		t.Fatal(err)
	}
	f, err := readFilter(data)
	if err != nil {
		t.Fatal(err)
	}
	found := f.examine(advert{family: plan.IPv4, link: "eth0", to: []string{"224.0.0.18"}})
	if len(found) != 1 || found[0].Severity != Error {
		t.Errorf("got %+v, want that the chain drops adverts", found)
	}
}
