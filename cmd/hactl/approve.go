package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// approve asks whether p is to be carried out, and fails unless the answer is
// yes. The context's end counts as no.
func approve(ctx context.Context, cmd *cobra.Command, p proposal) error {
	in := cmd.InOrStdin()
	if !isTerminal(in) {
		return errors.New("there is no terminal to ask on, and nothing was changed: look at the plan above, and apply it with --auto-approve")
	}
	changing := 0
	for _, h := range p.Hosts {
		if h.changed() {
			changing++
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Publish to %s, backups first? Only \"yes\" will do: ", number(changing, "host"))
	answer := make(chan string, 1)
	go func() { // ends with the process when nobody answers
		line, _ := bufio.NewReader(in).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case line := <-answer:
		if line == "yes" {
			return nil
		}
	case <-ctx.Done():
		fmt.Fprintln(cmd.OutOrStdout())
	}
	return errors.New("nothing was changed")
}
