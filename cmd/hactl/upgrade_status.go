package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

// upgradesJSON is what upgrade status prints with --json.
type upgradesJSON struct {
	Upgrades []upgradeJSON `json:"upgrades"` // sorted by name
}

// upgradeJSON is one upgrade and the hosts that have it.
type upgradeJSON struct {
	Name    string          `json:"name"`
	Version string          `json:"version"` // of the release that the plans ask for; of the first host where they differ
	SHA256  string          `json:"sha256"`  // likewise
	Hosts   []upgradeOnHost `json:"hosts"`   // sorted by name
}

// upgradeOnHost is how an upgrade is on one host.
type upgradeOnHost struct {
	Host    string          `json:"host"`
	Alive   bool            `json:"alive"`             // its agent runs, by its report
	Unknown string          `json:"unknown,omitempty"` // why there is nothing newer to be said; absent: there is
	Status  *status.Upgrade `json:"status,omitempty"`  // absent: its agent has said nothing
}

func newUpgradeStatusCommand() *cobra.Command {
	var flags moveFlags
	cmd := &cobra.Command{
		Use:   "status [NAME [DIR]]",
		Short: "Show what runs on each host, and what is under way",
		Long: `Status shows of each upgrade, or of one, which version is on each host, whether
that is the release of its plan, what could be had back, and how the last order
went or how far it is, by the hosts' own reports.

It exits with 0, and with 1 on an error.`,
		Example: `  hactl upgrade status
  hactl upgrade status nginx production
  hactl upgrade status --json | jq -r '.upgrades[].hosts[] | select(.status.current | not) | .host'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 2 {
				return fmt.Errorf("%d arguments, want an upgrade and a folder at most; see %s --help", len(args), cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: completeUpgrades,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{""} // of all
			}
			return onFleet(cmd, args, flags, func(_ context.Context, f *fleet.Fleet) error { return upgradeStatus(f, cmd, args[0], flags) })
		},
	}
	cmd.Flags().BoolVar(&flags.json, "json", false, "print JSON")
	addStoreFlag(cmd, &flags.store)
	flags.variables.add(cmd)
	return cmd
}

// upgradeStatus prints how upgrades are, all of them where none is named.
func upgradeStatus(f *fleet.Fleet, cmd *cobra.Command, name string, flags moveFlags) error {
	all := upgradesJSON{Upgrades: []upgradeJSON{}}
	for _, n := range f.Upgrades() {
		if name == "" || n == name {
			all.Upgrades = append(all.Upgrades, upgradeAsJSON(f, n))
		}
	}
	if name != "" && len(all.Upgrades) == 0 {
		return f.NoUpgrade(name)
	}
	if flags.json {
		return terminal.PrintJSON(cmd.OutOrStdout(), all)
	}
	out := cmd.OutOrStdout()
	var b strings.Builder
	writeUpgrades(&b, paletteFor(cmd, out), all.Upgrades, time.Now())
	fmt.Fprint(out, terminal.Harmless(b.String()))
	return nil
}

// upgradeAsJSON returns an upgrade and the hosts that have it.
func upgradeAsJSON(f *fleet.Fleet, name string) upgradeJSON {
	out := upgradeJSON{Name: name, Hosts: []upgradeOnHost{}}
	for _, m := range f.Members {
		u := fleet.UpgradeOf(m.Stored, name)
		if u == nil {
			continue
		}
		if out.Version == "" {
			out.Version, out.SHA256 = u.Release.Version, u.Release.SHA256
		}
		h := &rollout.Host{Member: m, Goal: *u}
		out.Hosts = append(out.Hosts, upgradeOnHost{Host: m.Host, Alive: m.Alive, Unknown: h.Awaited(), Status: h.Report()})
	}
	return out
}

// writeUpgrades prints upgrades as they are at now.
func writeUpgrades(w io.Writer, p terminal.Palette, upgrades []upgradeJSON, now time.Time) {
	if len(upgrades) == 0 {
		fmt.Fprintln(w, "No plan has an upgrade.")
	}
	for i, u := range upgrades {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s  the plans ask for %s\n", p.Bold(u.Name), u.Version)
		rows := terminal.Table{{"HOST", "RUNS", "STATE", "BEFORE", "LAST ORDER"}}
		for _, h := range u.Hosts {
			rows = append(rows, h.row(now))
		}
		rows.Write(w, "  ", func(row, column int, cell string) string {
			switch {
			case row == 0:
				return p.Dim(cell)
			case column == 2 && cell == "current":
				return p.Green(cell)
			case column == 2:
				return p.Yellow(cell)
			}
			return cell
		})
		for _, h := range u.Hosts {
			if h.Unknown != "" {
				fmt.Fprintf(w, "  %s %s\n", p.Red("!"), h.Unknown)
			}
			if h.Status == nil {
				continue
			}
			for _, note := range h.Status.Notes {
				fmt.Fprintf(w, "  %s %s: %s\n", p.Yellow("!"), h.Host, note)
			}
		}
	}
}

// row is one host's line of a table.
func (h upgradeOnHost) row(now time.Time) []string {
	s := h.Status
	if s == nil {
		return []string{h.Host, "-", "unknown", "-", "-"}
	}
	state, before := "out of date", "-"
	switch {
	case fleet.IsUnderWay(s):
		state = "under way: " + fleet.StageOf(s)
	case s.Current:
		state = "current"
	}
	if s.Previous != nil {
		before = s.Previous.Version
	}
	return []string{h.Host, cmp.Or(fleet.VersionOf(s), "-"), state, before, lastOrder(s, now)}
}

// lastOrder says how the last order went, or how far it is.
func lastOrder(s *status.Upgrade, now time.Time) string {
	switch {
	case s.Order == nil:
		return "-"
	case s.Verdict != "":
		return fmt.Sprintf("%s %s: %s", s.Verdict, fleet.Ago(s.Ended, now), s.Text)
	}
	var words []string
	if s.Text != "" {
		words = append(words, s.Text)
	}
	if s.Connections > 0 {
		words = append(words, fmt.Sprintf("%d connections left", s.Connections))
	}
	if !s.Since.IsZero() {
		words = append(words, "begun "+fleet.Ago(s.Since, now))
	}
	return cmp.Or(strings.Join(words, ", "), "-")
}
