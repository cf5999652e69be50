package agent

import (
	"fmt"
	"slices"
	"strings"

	"hactl/agent/changeover"
	"hactl/schemas/plan"
)

// lacks are the things that a plan can ask for and that this agent cannot do.
// Each names those in a plan that ask for it.
var lacks = []struct {
	what  string
	asked func(*plan.Plan) []string
}{
	{"upgrade programs", func(p *plan.Plan) []string {
		return those(p.Upgrades, func(u plan.Upgrade) (string, bool) { return "upgrade " + u.Name, !changeover.Able(u) })
	}},
}

// Unable returns in words what p asks for and this agent cannot do, with those
// that ask ("upgrade programs (upgrade haproxy)"); nil when it can do all. An agent
// follows no plan that it cannot follow whole.
func Unable(p *plan.Plan) []string {
	var all []string
	for _, l := range lacks {
		if asked := l.asked(p); len(asked) > 0 {
			all = append(all, fmt.Sprintf("%s (%s)", l.what, clipped(asked)))
		}
	}
	return all
}

// clipped lists names, many of them by the first three and a number.
func clipped(names []string) string {
	if n := len(names); n > 4 {
		names = append(slices.Clone(names[:3]), fmt.Sprintf("%d more", n-3))
	}
	return strings.Join(names, ", ")
}

// those returns the names that name gives to objects, where it holds, each once.
func those[T any](objects []T, name func(T) (string, bool)) []string {
	var names []string
	for _, x := range objects {
		if s, yes := name(x); yes && !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	return names
}
