package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/lang/rule"

	"github.com/spf13/cobra"
)

func newExplainCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain [CODE…]",
		Short: "Tell the story of a finding: why it matters, what happens at runtime, wrong and right",
		Long: `Explain tells what there is to know about a rule by which validate, plan, apply,
lint and import judge: why it exists, what would happen on the hosts, what to do,
and an example before and after. Without a code it lists all rules.

CODE is a code as findings show it; "ha060" and "60" mean the same as "HA060". In
the examples, "-" and "+" mark the lines that differ; they are not part of them.

It exits with 0, and with 1 when there is no such rule.`,
		Example: `  hactl explain
  hactl explain HA060
  hactl explain HA060 HA245
  hactl explain HA060 --json | jq -r '.rules[].right[].text'`,
		ValidArgsFunction: completeCodes,
		RunE: func(cmd *cobra.Command, args []string) error {
			var rules []rule.Rule
			for _, arg := range args {
				r, err := findRule(arg)
				if err != nil {
					return err
				}
				rules = append(rules, r)
			}
			switch out := cmd.OutOrStdout(); {
			case asJSON:
				return explainJSON(out, rules)
			case len(rules) == 0:
				listRules(out, paletteFor(cmd, out))
				return nil
			default:
				return explain(out, paletteFor(cmd, out), rules)
			}
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, `print JSON: {"rules": [...]}, without stories when no code is given`)
	return cmd
}

// completeCodes offers every code with its summary.
func completeCodes(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var all []cobra.Completion
	for _, r := range rule.All() {
		all = append(all, cobra.CompletionWithDesc(r.Code, r.Summary))
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// findRule returns the rule of a code as a user types it.
func findRule(typed string) (rule.Rule, error) {
	digits := strings.TrimPrefix(strings.ToUpper(typed), "HA")
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n > 999 {
		return rule.Rule{}, fmt.Errorf(`%q is no code: write one such as HA060, or "hactl explain" alone to list them all`, typed)
	}
	code := fmt.Sprintf("HA%03d", n)
	r, err := rule.Find(code)
	if err != nil {
		return r, fmt.Errorf("there is no rule %s; did you mean %s?", code, nearestRules(code))
	}
	return r, nil
}

// nearestRules names the rules right before and after a code that has none.
func nearestRules(code string) string {
	all := rule.All()
	i, _ := slices.BinarySearchFunc(all, code, func(r rule.Rule, c string) int { return cmp.Compare(r.Code, c) })
	var names []string
	for _, r := range all[max(0, i-1):min(i+1, len(all))] {
		names = append(names, fmt.Sprintf("%s (%s)", r.Code, r.Summary))
	}
	return rule.Or(names)
}

// listRules prints all rules, by what they are about.
func listRules(w io.Writer, p terminal.Palette) {
	for i, g := range rule.Groups() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, p.Bold(g.Title))
		var rows terminal.Table
		for _, r := range g.Rules {
			rows = append(rows, []string{r.Code, rule.SeverityWord(r.Severity), r.Summary})
		}
		rows.Write(w, "  ", func(row, column int, cell string) string {
			if column == 1 {
				return severity(p, g.Rules[row].Severity, "")
			}
			return cell
		})
	}
}

// explain prints the stories of rules.
func explain(w io.Writer, p terminal.Palette, rules []rule.Rule) error {
	for i, r := range rules {
		s, err := r.Story()
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %s\n", severity(p, r.Severity, r.Code), p.Bold(r.Summary))
		for _, text := range []string{s.Why, s.Runtime, s.Remedy, s.How} {
			explainText(w, p, text)
		}
		explainFiles(w, "wrong", p.Red, "-", s.Wrong, s.Right)
		explainFiles(w, "right", p.Green, "+", s.Right, s.Wrong)
	}
	return nil
}

// explainText prints one paragraph; the words that say what it is about stand
// out.
func explainText(w io.Writer, p terminal.Palette, text string) {
	if text == "" {
		return
	}
	fmt.Fprintln(w)
	for i, line := range terminal.Wrap(text, 88) {
		for _, begins := range []string{rule.RuntimeBegins, rule.RemedyBegins} {
			if rest, ok := strings.CutPrefix(line, begins); ok && i == 0 {
				line = p.Bold(begins) + rest
			}
		}
		fmt.Fprintln(w, "  "+line)
	}
}
