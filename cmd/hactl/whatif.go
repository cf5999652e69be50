package main

import (
	"errors"
	"fmt"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/cmd/hactl/internal/whatif"

	"github.com/spf13/cobra"
)

// showWhatIf answers what plan is asked: everything, or what comes of certain
// failures. The configuration alone tells; no store is asked.
func showWhatIf(cmd *cobra.Command, dir string, flags planFlags) error {
	if flags.out != "" || flags.detailed || flags.against != "" {
		return errors.New("--if and --what-if: they answer a question and propose no changes; leave --out, --against and --detailed-exitcode out")
	}
	c, err := requireConfiguration(cmd, dir, &flags.variables)
	if err != nil {
		return err
	}
	all := whatif.Of(c.result.Plans)
	if len(flags.events) == 0 {
		return printWhatIf(cmd, all, flags)
	}
	events, err := whatif.Find(all, flags.events)
	if err != nil {
		return err
	}
	concerned := whatif.Concerned(all, events)
	out := cmd.OutOrStdout()
	if flags.json {
		return terminal.PrintJSON(out, whatif.Answers(concerned, events))
	}
	for _, s := range concerned {
		s.Answer(out, events, flags.markdown)
	}
	return nil
}

// printWhatIf prints every table whole.
func printWhatIf(cmd *cobra.Command, all []*whatif.Scene, flags planFlags) error {
	out := cmd.OutOrStdout()
	switch {
	case len(all) == 0 && !flags.json:
		fmt.Fprintln(out, whatif.NoVip)
	case flags.json:
		return terminal.PrintJSON(out, whatif.TableJSON{WhatIf: whatif.JSON(all)})
	case flags.markdown:
		whatif.Markdown(out, all)
	default:
		whatif.Write(out, paletteFor(cmd, out), all)
	}
	return nil
}
