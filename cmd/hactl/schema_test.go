package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/cmd/hactl/internal/whatif"
	"hactl/lang/schema"
	"hactl/schemas"
	"hactl/schemas/event"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
	"github.com/invopop/jsonschema"
	"github.com/rogpeppe/go-internal/txtar"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// contracts are the Go types of the schemas, and whether later versions may add
// keys to such a document.
var contracts = map[string]struct {
	value any
	grows bool
}{
	"plan":             {plan.Document{}, false},
	"intents":          {intent.Host{}, false},
	"status":           {status.Host{}, true},
	"event":            {event.Event{}, true},
	"diagnostics":      {verdict{}, true},
	"proposal":         {proposalJSON{}, true},
	"what-if":          {whatif.TableJSON{}, true},
	"answer":           {whatif.AnswersJSON{}, true},
	"export":           {exported{}, true},
	"confirm":          {confirming{}, true},
	"move":             {move{}, true},
	"apply-progress":   {applyLine{}, true},
	"upgrade-progress": {upgradeLine{}, true},
	"upgrade-status":   {upgradesJSON{}, true},
}

// TestSchemas compares the files in schemas with the types and tables that they
// are made of.
func TestSchemas(t *testing.T) {
	made := map[string]any{"configuration": schema.JSONSchema()}
	said := readSource(t, map[string]string{
		"hactl/schemas/plan": "../../schemas/plan", "hactl/schemas/intent": "../../schemas/intent",
		"hactl/schemas/status": "../../schemas/status", "hactl/schemas/event": "../../schemas/event",
		reflect.TypeFor[verdict]().PkgPath(): ".", reflect.TypeFor[fleet.Candidate]().PkgPath(): "internal/fleet", reflect.TypeFor[whatif.Scene]().PkgPath(): "internal/whatif",
	})
	for name, c := range contracts {
		r := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, AllowAdditionalProperties: c.grows,
			LookupComment: said.comment, Mapper: said.enum,
			Namer: qualified}
		s := r.Reflect(c.value)
		s.Title = "hactl " + name
		made[name] = s
	}
	for name, s := range made {
		var b bytes.Buffer
		if err := terminal.PrintJSON(&b, s); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("../../schemas", name+".schema.json")
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		have, _ := os.ReadFile(file)
		if diff := udiff.Unified(file, "what it is made of", string(have), b.String()); diff != "" {
			t.Errorf("run make docs:\n%s", diff)
		}
	}
	if !*update && len(schemas.Names()) != len(made) {
		t.Errorf("schemas %s, want %d", schemas.Names(), len(made))
	}
}

// qualified names a type with its package, since plan and status have types of the
// same name; a type without a name keeps none.
func qualified(t reflect.Type) string {
	if t.Name() == "" {
		return ""
	}
	return path.Base(t.PkgPath()) + "." + t.Name()
}

// schemaOf returns one schema, ready to validate.
func schemaOf(t *testing.T, name string) *validator.Schema {
	t.Helper()
	data, ok := schemas.Read(name)
	if !ok {
		t.Fatalf("no schema %s", name)
	}
	document, err := validator.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource(name, document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// complaint says what a schema has against a document, "" for nothing.
func complaint(t *testing.T, s *validator.Schema, data []byte) string {
	t.Helper()
	document, err := validator.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(document); err != nil {
		return err.Error()
	}
	return ""
}

// Every configuration of the examples and of the compiler's tests, written in
// JSON, is valid by the schema and means the same.
func TestConfigurationSchema(t *testing.T) {
	s := schemaOf(t, "configuration")
	var all []string
	for _, pattern := range []string{"../../examples/*/*.ha.hcl", "../../compiler/testdata/whole/*/*.ha.hcl", "../../compiler/testdata/ok/*.ha.hcl"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		all = append(all, files...)
	}
	for _, file := range all {
		t.Run(strings.TrimPrefix(file, "../../"), func(t *testing.T) {
			inHCL, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			inJSON := jsonOf(t, inHCL)
			if c := complaint(t, s, inJSON); c != "" {
				t.Errorf("%s\n%s", c, inJSON)
			}
			want, got := hashes(t, filepath.Dir(file), "main.ha.hcl", inHCL), hashes(t, filepath.Dir(file), "main.ha.json", inJSON)
			if want != got {
				t.Errorf("in HCL:\n%s\nin JSON:\n%s\n%s", want, got, inJSON)
			}
		})
	}
}

// What the tables refuse, the schema refuses where it can.
func TestConfigurationSchemaRefuses(t *testing.T) {
	s := schemaOf(t, "configuration")
	const vip = `{"cluster":{"web":{"hosts":["${host.a}"],"vip":{"v":{%}}}}}`
	for fault, text := range map[string]string{
		"unknown block":      `{"clutser":{"web":{}}}`,
		"unknown attribute":  strings.Replace(vip, "%", `"vrid":1,"addresses":["10.0.0.1"],"weight":3`, 1),
		"out of range":       strings.Replace(vip, "%", `"vrid":256,"addresses":["10.0.0.1"]`, 1),
		"missing":            strings.Replace(vip, "%", `"addresses":["10.0.0.1"]`, 1),
		"none of two":        strings.Replace(vip, "%", `"vrid":1`, 1),
		"no such value":      strings.Replace(vip, "%", `"vrid":1,"addresses":["10.0.0.1"],"transport":"broadcast"`, 1),
		"another type":       strings.Replace(vip, "%", `"vrid":1,"addresses":"10.0.0.1"`, 1),
		"no duration":        strings.Replace(vip, "%", `"vrid":1,"addresses":["10.0.0.1"],"advert_interval":"fast"`, 1),
		"a label's form":     `{"host":{"-":{}}}`,
		"two of one":         `{"check":{"c":{"tcp":{"target":"127.0.0.1:1"},"process":{"name":"a"}}}}`,
		"a list of no block": `{"host":["a"]}`,
	} {
		if complaint(t, s, []byte(text)) == "" {
			t.Errorf("%s is valid: %s", fault, text)
		}
	}
	if c := complaint(t, s, []byte(strings.Replace(vip, "%", `"//":"why","vrid":"${var.vrid}","dynamic":{"address":{"for_each":["10.0.0.1"],"labels":["${address.value}"],"content":{"interface":"eth1"}}}`, 1))); c != "" {
		t.Error(c)
	}
}

// documents are of each kind some that hactl itself has written.
func documents(t *testing.T) map[string][][]byte {
	all := map[string][][]byte{}
	add := func(name string, document any) { all[name] = append(all[name], encoded(t, document)) }
	folders, err := filepath.Glob("../../examples/*/main.ha.hcl")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	for _, file := range folders {
		c, err := loadConfiguration(filepath.Dir(file), &variableFlags{})
		if err != nil {
			t.Fatal(err)
		}
		add("diagnostics", c.findings.verdict())
		p, _, s, err := c.propose(t.Context(), proposeFlags{store: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		add("proposal", p.json())
		all := whatif.Of(c.result.Plans)
		add("what-if", whatif.TableJSON{WhatIf: whatif.JSON(all)})
		add("answer", whatif.Answers(all, all[0].Failures()[:2]))
		plans, err := (&exporting{all: true}).plans(c)
		check(t, err)
		for _, host := range slices.Sorted(maps.Keys(plans)) {
			h, err := (&exporting{}).export(plans[host], c.result.Origins[host])
			check(t, err)
			add("export", exported{[]exportedHost{h}})
		}
		for _, h := range p.Hosts {
			add("plan", h.Next)
		}
	}
	bad, err := loadConfiguration(t.TempDir(), &variableFlags{})
	if err != nil {
		t.Fatal(err)
	}
	add("diagnostics", bad.findings.verdict())
	all["plan"] = append(all["plan"], fullPlan(t))
	all["status"] = reportsOfTests(t)
	mark := intent.Mark{By: "ops@desk", Since: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)}
	add("intents", intent.Host{Format: intent.Format, Host: "lb01", Drain: &mark, Holds: []intent.Hold{{Vip: "web/public", Mark: mark}}})
	add("event", event.Event{Format: event.Format, Sequence: 7, Time: mark.Since, Host: "lb01", Vip: "web/public", Event: plan.OnActive,
		Old: status.Backup, New: status.Active, Cause: "Active_Down_Timer", Priority: 254, Addresses: []string{"10.0.0.100/24"}})
	add("confirm", confirming{Elsewhere: []string{"lb03"}, Hosts: []confirmedHost{
		{Host: "lb01", Trial: "C3", State: status.Confirmed, Words: "stays with plan 235a0503f5b0", Plan: "235a0503f5b0"}, {Host: "lb02", Trial: "C3", State: isTold}}})
	add("confirm", confirming{Hosts: []confirmedHost{}, Elsewhere: []string{}})
	add("move", move{Host: "lb01", Vip: "web/public", Moved: []moved{{"web/public/ipv4", "lb01", "10.0.0.5"}}, Notes: []string{"lb01 is drained"}, Confirmed: true, Took: 1.5})
	add("move", move{Moved: []moved{}, Notes: []string{}})
	last := upgradeLine{Time: mark.Since, Upgrade: "nginx", Text: "stuck", Outcome: &upgradeOutcome{Exit: 1, Error: "lb01 got stuck", Hosts: []upgradeDone{{Host: "lb01", State: "failed"}}}}
	until := mark.Since
	add("apply-progress", applyLine{Time: mark.Since, Event: "published", Host: "lb01", Plan: "sha256:235a", Text: "published; waiting for its agent"})
	add("apply-progress", applyLine{Time: mark.Since, Event: eventOnTrial, Hosts: []string{"lb01"}, Until: &until, Text: "hactl confirm"})
	add("apply-progress", applyLine{Time: mark.Since, Event: eventFinished, Outcome: &applyOutcome{Exit: 1, Error: "lb01 did not confirm in time"}})
	add("upgrade-progress", last)
	add("upgrade-progress", upgradeLine{Time: mark.Since, Upgrade: "nginx", Host: "lb01", Step: "retire", Connections: 12})
	add("upgrade-status", upgradesJSON{[]upgradeJSON{{Name: "nginx", Version: "1.27.2", Hosts: []upgradeOnHost{{Host: "lb01", Status: &status.Upgrade{Name: "nginx"}}}}}})
	return all
}

// fullPlan is a plan in which everything is set.
func fullPlan(t *testing.T) []byte {
	canonical, err := os.ReadFile("../../schemas/plan/testdata/full.canonical")
	if err != nil {
		t.Fatal(err)
	}
	var doc plan.Document
	if err := json.Unmarshal(canonical, &doc); err != nil {
		t.Fatal(err)
	}
	data, err := plan.Encode(&doc.Plan, plan.Envelope{AppliedBy: "ops@desk", Origins: map[string]string{"router web/public/ipv4": "main.ha.hcl:12"}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// reportsOfTests are the reports that status is tested with.
func reportsOfTests(t *testing.T) [][]byte {
	archive, err := txtar.ParseFile("internal/board/testdata/reports.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, f := range archive.Files {
		if filepath.Ext(f.Name) == ".json" {
			all = append(all, f.Data)
		}
	}
	return all
}

// TestDocuments validates what hactl writes, and the same with one key wrong.
func TestDocuments(t *testing.T) {
	all := documents(t)
	for name, some := range all {
		s := schemaOf(t, name)
		for _, data := range some {
			if c := complaint(t, s, data); c != "" {
				t.Errorf("%s: %s\n%s", name, c, data)
			}
		}
		var broken map[string]any
		if err := json.Unmarshal(some[0], &broken); err != nil {
			t.Fatal(err)
		}
		for key := range broken {
			wrong := map[string]any{}
			for k, v := range broken {
				wrong[k] = v
			}
			wrong[key] = []any{[]any{}}
			if complaint(t, s, encoded(t, wrong)) == "" {
				t.Errorf("%s: a list of lists is valid as %s", name, key)
			}
		}
	}
	for name := range contracts {
		if len(all[name]) == 0 {
			t.Errorf("nothing of %s is validated", name)
		}
	}
}
