package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// On a terminal drain asks when it cannot know whether the next host is fit. Only
// "yes" will do.
func TestDrainOnTerminal(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "store")
	text := "host \"lb01\" {}\nhost \"lb02\" {}\ncluster \"web\" {\n  hosts     = [host.lb01, host.lb02]\n  interface = \"eth0\"\n" +
		"  vip \"public\" {\n    vrid      = 50\n    addresses = [\"10.0.0.100/24\"]\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.ha.hcl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := run([]string{"apply", dir, "--store", store, "--auto-approve", "--wait", "0"}, nil, &out, &out); code != exitUnconfirmed {
		t.Fatalf("apply ends with %d:\n%s", code, &out)
	}
	network := &fakeNetwork{agents: map[string]*fakeAgent{}}
	if _, err := network.join(store, "lb01", follows); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		answer  string
		code    int
		drained bool
	}{{"y", exitFailure, false}, {"yes", exitUnconfirmed, true}} {
		keyboard, screen := openTerminal(t)
		if _, err := keyboard.WriteString(c.answer + "\n"); err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		code := run([]string{"drain", "lb01", dir, "--store", store, "--wait", "0"}, screen, screen, &stderr)
		shown := readUntil(t, keyboard, `Only "yes" will do: `)
		if !strings.Contains(shown, "It cannot be known whether lb02 is fit to take over: no agent has reported from there yet.") ||
			!strings.Contains(shown, "Drain lb01 all the same? Only") {
			t.Errorf("it asked\n%s", shown)
		}
		_, err := os.Stat(filepath.Join(store, "intents", "lb01.json"))
		if code != c.code || (err == nil) != c.drained {
			t.Errorf("%q: exit code %d, want %d; intents: %v\n%s", c.answer, code, c.code, err, &stderr)
		}
	}
}
