package board

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"
)

// Report is what is known of one host.
type Report struct {
	Host   string       // its name in the configuration
	Status *status.Host // nil: none, and Err may say why
	Err    error        // why there is none to be had; nil: no agent has reported

	fresh map[string]bool // names of routers and keys of checks that have just changed; nil: nobody watches
}

// Write prints reports as they are seen at now, and puts them in the order in which it
// does: those with problems first.
func Write(w io.Writer, p terminal.Palette, reports []Report, now time.Time) {
	slices.SortStableFunc(reports, func(a, b Report) int {
		return cmp.Compare(len(b.problems(now)), len(a.problems(now)))
	})
	if len(reports) == 0 {
		fmt.Fprintln(w, "No hosts.")
	}
	wrong := Between(reports, now)
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

// Between says what is wrong between hosts whose agents run at now: routers that are
// Active on two of them.
func Between(reports []Report, now time.Time) []string {
	newest := map[string]*status.Host{}
	for _, r := range reports {
		newest[r.Host] = r.Status
	}
	return fleet.Splits(fleet.Living(newest, now))
}

// problems says what is wrong with a host, in sentences; empty when it is well.
func (r Report) problems(now time.Time) []string {
	var words []string
	s := r.Status
	switch {
	case r.Err != nil:
		return []string{"cannot be read: " + r.Err.Error()}
	case s == nil:
		return []string{"no report: no agent has run here yet"}
	}
	words = slices.Concat(words, fleet.Silence(s, now), fleet.Ahead(s, now))
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

func (r Report) write(w io.Writer, p terminal.Palette, now time.Time) {
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
	if words := Trial(r.Status.Trial, now); words != "" {
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

// headline says which agent follows which plan.
func (r Report) headline(now time.Time) string {
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
