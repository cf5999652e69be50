package board

import (
	"fmt"
	"strings"

	"hactl/schemas/status"
)

// hookProblems says which hooks failed when they last ran.
func hookProblems(hooks []status.Hook) []string {
	var words []string
	for _, h := range hooks {
		if h.Problem == "" {
			continue
		}
		text := fmt.Sprintf("hook %s of %s: %s: %s", h.When, h.Vip, h.Command[0], h.Problem)
		if output := strings.TrimSpace(h.Output); output != "" {
			text += fmt.Sprintf("; it printed %q", output)
		}
		words = append(words, text)
	}
	return words
}
