package lang_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"hactl/lang"
)

// inAuth returns a configuration with an auth block that holds those lines.
func inAuth(lines string) string {
	return "cluster \"web\" {\n  auth {\n" + lines + "\n  }\n}\n"
}

// TestNoSecretIsShown loads what people get wrong about secrets. Neither the
// findings nor the sources, of which excerpts are made, hold one.
func TestNoSecretIsShown(t *testing.T) {
	for name, text := range map[string]string{
		"typo in the name":       inAuth(`    secert = "hunter2"`),
		"word of keepalived":     inAuth(`    auth_pass = "hunter2"`),
		"keepalived's block":     "cluster \"web\" {\n  authentication {\n    auth_type = \"PASS\"\n    auth_pass = \"hunter2\"\n  }\n}\n",
		"too many arguments":     inAuth(`    secret = upper("hunter2", 3)`),
		"list":                   inAuth(`    secret = ["hunter2"]`),
		"heredoc":                inAuth("    secret = [<<X\nhunter2\nX\n    ]"),
		"argument":               inAuth(`    secret = parseint("hunter2", 10)`),
		"without quotes":         inAuth(`    secret = hunter2`),
		"without quotes in text": inAuth(`    secret = "${hunter2}"`),
		"open quotes":            inAuth(`    secret = "hunter2`),
		"no equals sign":         inAuth(`    secret "hunter2"`),
		"colon":                  inAuth(`    secret: hunter2`),
		"bare line":              inAuth("    secret = \"x\"\n    hunter2"),
		"written twice":          inAuth("    secret = \"x\"\n    secret = \"hunter2\""),
		"broken beside":          inAuth("    secert = \"hunter2\"\n    type = = \"pass\""),
		"broken heredoc":         inAuth("    secret = <<X\nhunter2\nX\n    type = = \"pass\""),
		"key":                    inAuth("    key \"1\" {\n      secret = \"hunter2\"\n    }"),
		"on the cluster":         "cluster \"web\" {\n  secret = \"hunter2\"\n  password = \"hunter2\"\n}\n",
		"dynamic":                "cluster \"web\" {\n  dynamic \"auth\" {\n    for_each = [1]\n    content {\n      secert = \"hunter2\"\n    }\n  }\n}\n",
		"keepalived.conf":        "vrrp_instance VI_1 {\n  authentication {\n    auth_type PASS\n    auth_pass hunter2\n  }\n}\n",
		"one line":               `cluster "web" { auth { secret = "hunter2" } }`,
		"user in a URL":          "check \"a\" {\n  http {\n    url = \"https://ops:hunter2@example.com/\"\n  }\n}\n",
		"user of a mail server":  "notify \"a\" {\n  mail {\n    server = \"smtps://ops:hunter2@example.com\"\n  }\n}\n",
		"default refused":        "variable \"pw\" {\n  type = number\n  default = \"hunter2\"\n  sensitive = true\n}\n",
		"default a name":         "variable \"pw\" {\n  default = hunter2\n  sensitive = true\n}\n",
		"default of a bad name":  "variable \"p.w\" {\n  default = \"hunter2\"\n  sensitive = true\n}\n",
		"default twice":          "variable \"pw\" {\n  default = \"x\"\n  sensitive = true\n}\nvariable \"pw\" {\n  default = \"hunter2\"\n  sensitive = true\n}\n",
		"default broken":         "variable \"pw\" {\n  sensitive = true\n  default = \"hunter2\n}\n",
		"sensitive misspelt":     "variable \"pw\" {\n  type = number\n  default = \"hunter2\"\n  sensitiv = true\n}\n",
	} {
		t.Run(name, func(t *testing.T) { noSecret(t, "main.ha.hcl", text, lang.Options{}) })
	}
}

// TestNoSecretOfJSON is the same for JSON, where one line holds everything.
func TestNoSecretOfJSON(t *testing.T) {
	for name, text := range map[string]string{
		"typo":          `{"cluster": {"web": {"auth": {"type": "pas", "secert": "hunter2"}}}}`,
		"elsewhere":     `{"cluster": {"a b": {"auth": {"secret": "hunter2", "type": "pass"}}}}`,
		"unknown block": `{"clutser": {"web": {"auth": {"secret": "hunter2"}}}}`,
		"bare":          `{"cluster": {"web": {"auth": {"type": "pass", "secret": hunter2}}}}`,
		"open quotes":   `{"cluster": {"web": {"auth": {"secret": "hunter2}}}}`,
		"list":          `{"cluster": {"web": {"auth": {"secret": ["hunter2"], "type": 5}}}}`,
		"function":      `{"cluster": {"web": {"auth": {"secret": "${parseint(\"hunter2\", 10)}"}}}}`,
		"default":       `{"variable": {"pw": {"type": "number", "default": "hunter2", "sensitive": true}}}`,
	} {
		t.Run(name, func(t *testing.T) { noSecret(t, "main.ha.json", text, lang.Options{}) })
	}
}

// TestNoSecretOfVarFiles is the same for files that give sensitive variables
// their values.
func TestNoSecretOfVarFiles(t *testing.T) {
	const declaration = "variable \"pw\" {\n  type = string\n  sensitive = true\n}\nvariable \"vrid\" {\n  type = number\n}\n"
	for name, text := range map[string]string{
		"open quotes":    `pw = "hunter2`,
		"other name":     `pww = "hunter2"`,
		"list":           `pw = ["hunter2"]`,
		"without quotes": `pw = hunter2`,
		"block":          "pw {\n  x = \"hunter2\"\n}",
		"colon":          "pw: hunter2",
		"heredoc":        "pw = <<X\nfoo=hunter2\nX\nvrid = = 5",
		"zero byte":      "pw = \"hunter2\x00\"",
	} {
		t.Run(name, func(t *testing.T) {
			noSecret(t, "main.ha.hcl", declaration, lang.Options{VarFiles: []lang.VarFile{{Name: "prod.hcl", Bytes: []byte(text + "\n")}}})
		})
	}
	for name, text := range map[string]string{
		"bare":        `{"pw": hunter2}`,
		"open quotes": `{"pw": "hunter2}`,
		"list":        `{"vrid": "x", "pw": ["hunter2"]}`,
		"other name":  `{"pww": "hunter2", "vrid": "x"}`,
	} {
		t.Run("JSON "+name, func(t *testing.T) {
			noSecret(t, "main.ha.hcl", declaration, lang.Options{VarFiles: []lang.VarFile{{Name: "prod.json", Bytes: []byte(text)}}})
		})
	}
}

// noSecret fails when a finding or a source holds hunter2, when there is no
// finding, or when a source has changed its length.
func noSecret(t *testing.T, name, text string, opts lang.Options) {
	t.Helper()
	config, diags := lang.Load(fstest.MapFS{name: {Data: []byte(text)}}, opts)
	if len(diags) == 0 {
		t.Error("nothing was found")
	}
	if strings.Contains(printed(diags), "hunter2") {
		t.Errorf("a finding shows the secret:\n%s", printed(diags))
	}
	for file, source := range config.Sources {
		if strings.Contains(string(source), "hunter2") {
			t.Errorf("the source of %s shows the secret:\n%s", file, source)
		}
	}
	if len(config.Sources[name]) != len(text) {
		t.Errorf("the source has %d bytes instead of %d", len(config.Sources[name]), len(text))
	}
	for _, f := range opts.VarFiles {
		if !strings.Contains(string(f.Bytes), "hunter2") {
			t.Error("the caller's bytes were overwritten")
		}
	}
}

// TestMask shows what an excerpt is made of.
func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		inAuth("    type   = \"pass\"\n    secert = \"hunter2\""):                    inAuth("    type   = \"pass\"\n    secert = *********"),
		inAuth("    secret = var.pw"):                                                inAuth("    secret = var.pw"),
		inAuth("    secret_file = \"secret\""):                                       inAuth("    secret_file = \"secret\""),
		inAuth("    type = = 5\n    secret_file = \"/x\"\n    secret = \"hunter2\""): inAuth("    type = = 5\n    secret_file = \"/x\"\n    secret = *********"),
		"host \"a\" {\n  adress = \"10.0.0.1\"\n}\n":                                 "host \"a\" {\n  adress = \"10.0.0.1\"\n}\n",
	} {
		config, _ := lang.Load(folder("main.ha.hcl", text), lang.Options{})
		if got := string(config.Sources["main.ha.hcl"]); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}
