package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// planFlags are what plan can be told.
type planFlags struct {
	proposeFlags
	out      string
	json     bool
	markdown bool
	detailed bool
}

func newPlanCommand() *cobra.Command {
	var flags planFlags
	cmd := &cobra.Command{
		Use:   "plan [DIR]",
		Short: "Show what would change on each host, and what clients would notice",
		Long: `Plan compares the configuration with the plans that the store has. It changes
nothing. A host that cannot be reached is named, and what would change there is
then unknown.

It exits with 0; with --detailed-exitcode with 0 when there is nothing to
change, 2 when there is, and 1 on an error.`,
		Example: `  hactl plan
  hactl plan production --out rollout.plan && hactl apply rollout.plan
  hactl plan --markdown >> "$GITHUB_STEP_SUMMARY"`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			return showPlan(cmd, folderOf(args), flags)
		},
	}
	cmd.Flags().StringVarP(&flags.out, "out", "o", "", "save the plan to `FILE` for \"hactl apply FILE\"; it may hold secrets, and is yours only")
	cmd.Flags().BoolVar(&flags.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&flags.markdown, "markdown", false, "print Markdown, for a review")
	cmd.Flags().BoolVar(&flags.detailed, "detailed-exitcode", false, "exit with 2 when there is something to change")
	flags.add(cmd)
	return cmd
}

func showPlan(cmd *cobra.Command, dir string, flags planFlags) error {
	if flags.json && flags.markdown {
		return errors.New("--json and --markdown: a plan is printed in one of the two; choose one")
	}
	c, err := requireConfiguration(cmd, dir, &flags.variables)
	if err != nil {
		return err
	}
	p, file, s, err := c.propose(cmd.Context(), flags.proposeFlags)
	if err != nil {
		return err
	}
	defer s.Close()
	if flags.out != "" {
		if err := file.save(flags.out); err != nil {
			return err
		}
	}
	out := cmd.OutOrStdout()
	switch {
	case flags.json:
		if err := printJSON(out, p.json()); err != nil {
			return err
		}
	case flags.markdown:
		p.markdown(out)
	default:
		p.write(out, paletteFor(cmd, out))
		fmt.Fprintf(out, "\n%s\n", p.advice(flags, dir))
	}
	if flags.detailed && p.changed() {
		return exit{code: exitChanges}
	}
	return nil
}

// advice says what to do with a proposal of the folder dir that was made with
// flags.
func (p proposal) advice(flags planFlags, dir string) string {
	away, saved := strings.Join(p.unread(), ", "), flags.out
	apply := strings.TrimSpace("hactl apply " + quoted(dir) + " " + flags.proposeFlags.String())
	switch {
	case !p.changed():
		return "Nothing to change."
	case p.able() != nil:
		return fmt.Sprintf("\"%s\" will refuse this: the warnings say what the agents cannot do yet.", apply)
	case away != "" && saved != "":
		return fmt.Sprintf("Saved, but \"hactl apply %s\" will refuse it, as %s could not be read: plan again when it can.", quoted(saved), away)
	case away != "":
		return fmt.Sprintf("\"%s\" will refuse this until %s can be read, or is left out with --skip.", apply, away)
	case saved != "":
		return fmt.Sprintf("Saved. \"hactl apply %s\" carries out exactly this.", quoted(saved))
	}
	return fmt.Sprintf("\"%s\" carries this out.", apply)
}
