package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"hactl/agent/doctor"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/plan"

	"github.com/spf13/cobra"
)

// doctorFlags are what doctor can be told.
type doctorFlags struct {
	host, dir, socket, plan string
	json                    bool
}

// examined is what doctor --json prints. The shape is a contract.
type examined struct {
	Host     string           `json:"host"` // its name in plans, or the machine's
	Errors   int              `json:"error_count"`
	Warnings int              `json:"warning_count"`
	Findings []doctor.Finding `json:"findings"` // the worst first
}

// printExamined prints what the examinations found, and returns whether something
// is wrong.
func printExamined(cmd *cobra.Command, host string, findings []doctor.Finding, asJSON bool) error {
	out := cmd.OutOrStdout()
	e := examined{Host: host, Errors: count(findings, doctor.Error), Warnings: count(findings, doctor.Warning), Findings: findings}
	if asJSON {
		if err := terminal.PrintJSON(out, e); err != nil {
			return err
		}
	} else {
		printFindings(out, paletteFor(cmd, out), e)
	}
	if e.Errors > 0 {
		return said
	}
	return nil
}

// printFindings prints them for people.
func printFindings(out io.Writer, p terminal.Palette, e examined) {
	paint := map[doctor.Severity]func(string) string{doctor.Error: p.Red, doctor.Warning: p.Yellow, doctor.Unknown: p.Yellow, doctor.OK: p.Green}
	for _, f := range e.Findings {
		fmt.Fprintf(out, "%s%*s %s: %s\n", paint[f.Severity](string(f.Severity)), 7-len(f.Severity), "", p.Bold(f.Examination), f.Seen)
		if f.Why != "" {
			fmt.Fprintf(out, "        %s\n", f.Why)
		}
		for _, line := range f.Do {
			fmt.Fprintf(out, "          %s\n", line)
		}
	}
	words, unknown := "nothing that would surprise you", count(e.Findings, doctor.Unknown)
	switch {
	case e.Errors+e.Warnings > 0:
		words = tally(e.Errors, e.Warnings)
	case unknown > 0:
		words = "nothing wrong is seen"
	}
	if unknown > 0 {
		words += ", " + fmt.Sprint(unknown) + " unknown"
	}
	fmt.Fprintf(out, "%s: %s.\n", e.Host, words)
}

// count returns how many findings are of a severity.
func count(findings []doctor.Finding, s doctor.Severity) int {
	return len(findings) - len(slices.DeleteFunc(slices.Clone(findings), func(f doctor.Finding) bool { return f.Severity == s }))
}

// planOf returns the plan of a host, one of names, from a file: one of the plan
// store, or one that "plan --out" wrote.
func planOf(data []byte, names []string) (*plan.Plan, error) {
	var saved planFile
	if json.Unmarshal(data, &saved) == nil && len(saved.Hosts) > 0 {
		at := slices.IndexFunc(saved.Hosts, func(h planFileHost) bool { return slices.Contains(names, h.Host) })
		if at < 0 {
			return nil, errors.New("it has no plan for this host; name it with --host")
		}
		data = saved.Hosts[at].Document
	}
	doc, err := plan.Decode(data)
	if err != nil {
		return nil, err
	}
	return &doc.Plan, nil
}
