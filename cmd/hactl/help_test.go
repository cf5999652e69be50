package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every verb explains itself: a line, an example, and how it exits unless it only
// names verbs below it.
func TestHelp(t *testing.T) {
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s: no Short", cmd.CommandPath())
		}
		if cmd.Example == "" {
			t.Errorf("%s: no Example", cmd.CommandPath())
		}
		if !cmd.HasSubCommands() && !strings.Contains(cmd.Long, "exits with") {
			t.Errorf("%s: it does not say how it exits", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	root := newRootCommand()
	visit(root)
	for _, verb := range []string{"init", "validate", "fmt", "plan", "apply", "status", "agent", "demo", "store", "version", "completion"} {
		if cmd, _, err := root.Find([]string{verb}); err != nil || cmd == root {
			t.Errorf("no verb %s", verb)
		}
	}
}
