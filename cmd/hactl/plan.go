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

// planFlags are what plan can be told.
type planFlags struct {
	proposeFlags
	against  string
	out      string
	json     bool
	markdown bool
	detailed bool
	whatIf   bool
	events   []string
}

func newPlanCommand() *cobra.Command {
	var flags planFlags
	cmd := &cobra.Command{
		Use:   "plan [DIR]",
		Short: "Show what would change on each host, and what clients would notice",
		Long: `Plan compares the configuration with the plans that the store has. It changes
nothing. A host that cannot be reached is named, and what would change there is
then unknown. With --against it asks no host and no store, but compares with the
configuration in another folder, such as a checkout of the branch to merge into.

It also says who answers after a failure, how long that takes at most, and
whether clients notice. --what-if shows all of that, pairs of failures too, and
--if answers one question; both go by the configuration alone and ask no store.
What fails is HOST, CHECK@HOST, INTERFACE@HOST, a CHECK on every host, or
cut:HOST, one that the others cannot hear; with "=up" it is repaired.

It exits with 0; with --detailed-exitcode with 0 when there is nothing to
change, 2 when there is, or when a host is out of date by an upgrade, and 1 on
an error.`,
		Example: `  hactl plan
  hactl plan production --out rollout.plan && hactl apply rollout.plan
  hactl plan --against ../main --markdown >> "$GITHUB_STEP_SUMMARY"`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.json && flags.markdown {
				return errors.New("--json and --markdown: a plan is printed in one of the two; choose one")
			}
			if flags.whatIf || len(flags.events) > 0 {
				return showWhatIf(cmd, folderOf(args), flags)
			}
			return showPlan(cmd, folderOf(args), flags)
		},
	}
	cmd.Flags().StringVar(&flags.against, "against", "", "compare with the configuration in the folder `DIR` instead of with what the hosts have")
	cmd.Flags().StringVarP(&flags.out, "out", "o", "", "save the plan to `FILE` for \"hactl apply FILE\"; it may hold secrets, and is yours only")
	cmd.Flags().BoolVar(&flags.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&flags.markdown, "markdown", false, "print Markdown, for a review")
	cmd.Flags().BoolVar(&flags.detailed, "detailed-exitcode", false, "exit with 2 when there is something to change")
	cmd.Flags().BoolVar(&flags.whatIf, "what-if", false, "print only what comes of every failure, and of every two")
	cmd.Flags().StringArrayVar(&flags.events, "if", nil, "print only what comes of `FAILURE`; may be repeated, in the order in which things happen")
	flags.add(cmd)
	return cmd
}

func showPlan(cmd *cobra.Command, dir string, flags planFlags) error {
	c, err := requireConfiguration(cmd, dir, &flags.variables)
	if err != nil {
		return err
	}
	p, err := c.proposalFor(cmd.Context(), flags)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	switch {
	case flags.json:
		if err := terminal.PrintJSON(out, p.json()); err != nil {
			return err
		}
	case flags.markdown:
		p.markdown(out)
	default:
		w := bufio.NewWriter(out) // many lines, each written in parts
		p.write(w, paletteFor(cmd, out))
		fmt.Fprintf(w, "\n%s\n", p.advice(flags, dir))
		w.Flush() // out remembers an error
	}
	if flags.detailed && (p.changed() || p.outOfDate()) {
		return exit{code: exitChanges}
	}
	return nil
}

// proposalFor makes the proposal that flags ask for, and saves it if they say so.
func (c *configuration) proposalFor(ctx context.Context, flags planFlags) (proposal, error) {
	if flags.against != "" {
		if err := flags.reviewable(); err != nil {
			return proposal{}, err
		}
		return c.against(ctx, flags.against, flags.proposeFlags)
	}
	p, targets, s, err := c.propose(ctx, flags.proposeFlags)
	if err != nil {
		return proposal{}, err
	}
	defer s.Close()
	if flags.out == "" {
		return p, nil
	}
	return p, newPlanFile(targets, p).save(flags.out)
}

// advice says what to do with a proposal of the folder dir that was made with
// flags.
func (p proposal) advice(flags planFlags, dir string) string {
	away, saved := strings.Join(p.unread(), ", "), flags.out
	apply := strings.TrimSpace("hactl apply " + quoted(dir) + " " + flags.proposeFlags.String())
	switch {
	case !p.changed() && len(p.upgrades()) == 0:
		return "Nothing to change."
	case flags.against != "":
		return fmt.Sprintf("No host was asked. \"%s\" shows what would change on the hosts.", strings.TrimSpace("hactl plan "+quoted(dir)+" "+flags.proposeFlags.String()))
	case p.secretsAgree() != nil:
		return fmt.Sprintf("\"%s\" will refuse this: the hosts' secrets are not the same.", apply)
	case away != "" && saved != "":
		return fmt.Sprintf("Saved, but \"hactl apply %s\" will refuse it, as %s could not be read: plan again when it can.", quoted(saved), away)
	case away != "":
		return fmt.Sprintf("\"%s\" will refuse this until %s can be read, or is left out with --skip.", apply, away)
	case saved != "":
		return fmt.Sprintf("Saved. \"hactl apply %s\" carries out exactly this.", quoted(saved))
	}
	return fmt.Sprintf("\"%s\" carries this out.", apply)
}
