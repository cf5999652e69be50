package docs

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"testing"
)

// extension is what Visual Studio Code reads of package.json.
type extension struct {
	Main        string            `json:"main"`
	License     string            `json:"license"`
	Scripts     map[string]string `json:"scripts"`
	Contributes struct {
		Languages []struct {
			ID            string   `json:"id"`
			Extensions    []string `json:"extensions"`
			Configuration string   `json:"configuration"`
		} `json:"languages"`
		Grammars []struct {
			Language  string `json:"language"`
			ScopeName string `json:"scopeName"`
			Path      string `json:"path"`
		} `json:"grammars"`
		Configuration struct {
			Properties map[string]any `json:"properties"`
		} `json:"configuration"`
	} `json:"contributes"`
}

// The pieces of the extension for Visual Studio Code fit together. That its
// grammar names the parts of a text is tested by make vscode.
func TestExtension(t *testing.T) {
	const folder = "editors/vscode"
	var e extension
	unmarshal(t, folder+"/package.json", &e)
	if len(e.Contributes.Languages) != 1 || len(e.Contributes.Grammars) != 1 || e.License != "Apache-2.0" {
		t.Fatalf("package.json: %+v", e)
	}
	language, grammar := e.Contributes.Languages[0], e.Contributes.Grammars[0]
	if grammar.Language != language.ID || language.Extensions[0] != ".ha.hcl" {
		t.Errorf("language %+v, grammar %+v", language, grammar)
	}
	var configuration map[string]any
	unmarshal(t, path.Join(folder, language.Configuration), &configuration)
	var g struct {
		ScopeName  string                     `json:"scopeName"`
		Repository map[string]json.RawMessage `json:"repository"`
	}
	unmarshal(t, path.Join(folder, grammar.Path), &g)
	if g.ScopeName != grammar.ScopeName {
		t.Errorf("the grammar is %s, not %s", g.ScopeName, grammar.ScopeName)
	}
	text := read(t, path.Join(folder, grammar.Path))
	for _, m := range regexp.MustCompile(`"include": "#(\w+)"`).FindAllStringSubmatch(text, -1) {
		if g.Repository[m[1]] == nil {
			t.Errorf("the grammar includes #%s, which it lacks", m[1])
		}
	}
	if !strings.Contains(e.Scripts["build"], "client.js") || !strings.Contains(e.Scripts["build"], path.Base(e.Main)) {
		t.Errorf("build does not make %s of client.js", e.Main)
	}
	client := read(t, folder+"/client.js")
	for name := range e.Contributes.Configuration.Properties {
		if _, key, _ := strings.Cut(name, "."); !strings.Contains(client, `settings.get("`+key+`")`) {
			t.Errorf("nobody reads the setting %s", name)
		}
		if !strings.Contains(read(t, "docs/editors.md"), "`"+name+"`") {
			t.Errorf("docs/editors.md does not tell of the setting %s", name)
		}
	}
}

func unmarshal(t *testing.T, name string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, name)), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
