package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// approve asks whether p is to be carried out, with its upgrades, and fails unless the answer is
// yes. The context's end counts as no.
func approve(ctx context.Context, cmd *cobra.Command, p proposal, upgrades []string) error {
	changing := 0
	for _, h := range p.Hosts {
		if h.changed() {
			changing++
		}
	}
	var words []string
	if tried := p.onTrial(); changing > 0 && len(tried) > 0 {
		words = append(words, "confirm what is on trial on "+strings.Join(tried, ", "))
	}
	if changing > 0 {
		words = append(words, "publish to "+terminal.Number(changing, "host"))
	}
	if len(upgrades) > 0 {
		words = append(words, "upgrade "+strings.Join(upgrades, ", "))
	}
	question := strings.Join(words, ", then ") + ", backups first?"
	return ask(ctx, cmd, strings.ToUpper(question[:1])+question[1:],
		"there is no terminal to ask on, and nothing was changed: look at the plan above, and apply it with --auto-approve")
}

// ask asks a question, and fails unless the answer is yes, or with the text nobody
// where there is no terminal. The context's end counts as no.
func ask(ctx context.Context, cmd *cobra.Command, question, nobody string) error {
	in := cmd.InOrStdin()
	if !terminal.IsTerminal(in) {
		return errors.New(nobody)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s Only \"yes\" will do: ", question)
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
