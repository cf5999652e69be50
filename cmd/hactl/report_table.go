package main

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

// report is what is known of one host.
type report struct {
	Host   string
	Status *status.Host // nil: none, and Err may say why
	Err    error

	fresh map[string]bool // names of routers and keys of checks that have just changed; nil: nobody watches
}

// printReports prints hosts with their routers, those with problems first.
func printReports(cmd *cobra.Command, reports []report) {
	out := cmd.OutOrStdout()
	var b strings.Builder
	writeReports(&b, paletteFor(cmd, out), reports, time.Now())
	fmt.Fprint(out, terminal.Harmless(b.String()))
}

// writeReports prints reports as they are seen at now.
func writeReports(w io.Writer, p terminal.Palette, reports []report, now time.Time) {
	slices.SortStableFunc(reports, func(a, b report) int {
		return cmp.Compare(len(b.problems(now)), len(a.problems(now)))
	})
	if len(reports) == 0 {
		fmt.Fprintln(w, "No hosts.")
	}
	wrong := between(reports, now)
	for _, problem := range wrong {
		fmt.Fprintf(w, "%s %s: each answers for its addresses\n", p.Red("!"), problem)
	}
	for i, r := range reports {
		if i > 0 || len(wrong) > 0 {
			fmt.Fprintln(w)
		}
		r.write(w, p, now)
	}
}

// between says what is wrong between hosts whose agents run at now.
func between(reports []report, now time.Time) []string {
	newest := map[string]*status.Host{}
	for _, r := range reports {
		newest[r.Host] = r.Status
	}
	return fleet.Splits(fleet.Living(newest, now))
}

// problems says what is wrong with a host, in sentences; empty when it is well.
func (r report) problems(now time.Time) []string {
	var words []string
	s := r.Status
	switch {
	case r.Err != nil:
		return []string{"cannot be read: " + r.Err.Error()}
	case s == nil:
		return []string{"no report: no agent has run here yet"}
	}
	words = append(words, fleet.Silence(s, now)...)
	if s.Problem != "" {
		words = append(words, s.Problem)
	}
	words = append(words, agentProblems(s, now)...)
	if s.Intents != nil && s.Intents.Problem != "" {
		words = append(words, s.Intents.Problem)
	}
	for _, router := range s.Routers {
		words = slices.Concat(words, routerProblems(router), conflictProblems(router, now))
	}
	words = slices.Concat(words, hookProblems(s.Hooks), upgradeProblems(s.Upgrades, now))
	return slices.Concat(words, checkProblems(s), targetProblems(s.Notify))
}

// routerProblems says what is wrong with one router.
func routerProblems(r status.Router) []string {
	var words []string
	if r.Waiting != "" {
		words = append(words, fmt.Sprintf("%s waits: %s", r.ID, r.Waiting))
	}
	if r.Differs != "" && !slices.ContainsFunc(r.Conflicts, func(c status.Conflict) bool { return c.Kind == status.OtherAddresses }) {
		words = append(words, fmt.Sprintf("%s: %s lists other addresses in its adverts: one of the two has another configuration", r.ID, r.Differs))
	}
	for _, a := range r.Addresses {
		switch {
		case a.Problem != "":
			words = append(words, fmt.Sprintf("%s: address %s: %s", r.ID, a.Prefix, a.Problem))
		case r.State == status.Active && !a.Present:
			words = append(words, fmt.Sprintf("%s: address %s is not on %s", r.ID, a.Prefix, r.Interface))
		}
	}
	return slices.Concat(words, companionProblems(r.ID+": route ", r.Routes), companionProblems(r.ID+": rule ", r.Rules))
}

// companionProblems says which routes or rules of a router are not there, each
// behind prefix.
func companionProblems(prefix string, companions []status.Companion) []string {
	var words []string
	for _, c := range companions {
		if c.Problem != "" {
			words = append(words, prefix+c.Words+": "+c.Problem)
		}
	}
	return words
}

func (r report) write(w io.Writer, p terminal.Palette, now time.Time) {
	fmt.Fprintln(w, p.Bold(r.Host)+r.headline(now))
	for _, problem := range r.problems(now) {
		fmt.Fprintf(w, "  %s %s\n", p.Red("!"), problem)
	}
	if r.Status == nil {
		return
	}
	for _, words := range asides(r.Status.Intents, now) {
		fmt.Fprintf(w, "  %s\n", p.Yellow(words))
	}
	if words := trialWords(r.Status.Trial, now); words != "" {
		fmt.Fprintf(w, "  %s\n", p.Yellow(words))
	}
	for _, words := range agentNotes(r.Status, now) {
		fmt.Fprintf(w, "  %s\n", p.Dim(words))
	}
	if len(r.Status.Routers) > 0 {
		r.writeRouters(w, p, now)
		r.writeChecks(w, p, now)
		writeTargets(w, p, r.Status.Notify)
	}
	writeUpgradeTable(w, p, r.Status.Upgrades, now)
}

// writeRouters prints the routers of the host, those with problems first.
func (r report) writeRouters(w io.Writer, p terminal.Palette, now time.Time) {
	rows := terminal.Table{{"ROUTER", "STATE", "SINCE", "PRIORITY", "ACTIVE", "ADDRESSES", "WHY"}}
	for _, router := range sortedByTrouble(r.Status.Routers) {
		row := routerRow(router, now)
		if r.fresh[router.ID] {
			row[1] += freshly
		}
		rows = append(rows, row)
	}
	rows.Write(w, "  ", func(row, column int, cell string) string {
		switch {
		case row == 0:
			return p.Dim(cell)
		case column == 1 && strings.HasSuffix(cell, freshly):
			return p.Inverse(cell)
		case column == 1 && strings.HasPrefix(cell, status.Active):
			return p.Green(cell)
		case column == 1 && cell == status.Initialize:
			return p.Yellow(cell)
		}
		return cell
	})
}

// headline says which agent follows which plan.
func (r report) headline(now time.Time) string {
	s := r.Status
	if s == nil {
		return ""
	}
	line := fmt.Sprintf("  hactl %s, %s", s.Version, origin(s, now))
	if s.Plan.Hash == "" {
		return line + ", follows no plan"
	}
	line += ", plan " + fleet.Short(s.Plan.Hash)
	if s.Plan.Commit != "" {
		line += " of " + s.Plan.Commit
	}
	if s.Plan.AppliedBy != "" {
		line += " by " + s.Plan.AppliedBy
	}
	return line
}

// freshly ends a state that is new to whoever watches.
const freshly = " *"

func routerRow(r status.Router, now time.Time) []string {
	state := r.State
	if r.Yielding {
		state += ", yielding"
	}
	if r.Prepares {
		state += ", its hooks run"
	}
	priority := fmt.Sprint(r.Priority)
	if r.Effective != r.Priority {
		priority = fmt.Sprintf("%d (base %d)", r.Effective, r.Priority)
	}
	peer := cmp.Or(r.ActivePeer, "-")
	if r.State == status.Active {
		peer = "this host"
	}
	return []string{r.ID, state, fleet.Ago(r.Since, now), priority, peer, presence(r), r.Cause}
}

// presence lists addresses that are on the host, or counts them when there are
// many; "-" when there are none.
func presence(r status.Router) string {
	var here []string
	for _, a := range r.Addresses {
		if p, err := netip.ParsePrefix(a.Prefix); a.Present && err == nil && !p.Addr().IsLinkLocalUnicast() {
			here = append(here, p.Addr().String())
		}
	}
	switch {
	case len(here) == 0:
		return "-"
	case len(here) > 3:
		return fmt.Sprintf("%s and %d more", here[0], len(here)-1)
	}
	return strings.Join(here, " ")
}

// sortedByTrouble returns routers with problems first, otherwise in their order.
func sortedByTrouble(routers []status.Router) []status.Router {
	sorted := slices.Clone(routers)
	slices.SortStableFunc(sorted, func(a, b status.Router) int {
		return cmp.Compare(len(routerProblems(b))+len(b.Conflicts), len(routerProblems(a))+len(a.Conflicts))
	})
	return sorted
}
