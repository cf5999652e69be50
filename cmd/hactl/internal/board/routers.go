package board

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
)

// writeRouters prints the routers of the host, those with problems first.
func (r Report) writeRouters(w io.Writer, p terminal.Palette, now time.Time) {
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
