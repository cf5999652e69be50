package whatif

import (
	"slices"
	"strings"

	"hactl/compiler/analysis"
	"hactl/schemas/plan"
)

// Scene is vips of which the same becomes whatever fails.
type Scene struct {
	Vips              []string // sorted
	*analysis.Subject          // of the first of them
}

// Of returns what plans are about, sorted by the first vip. Those that are
// alike are one.
func Of(plans map[string]*plan.Plan) []*Scene {
	var all []*Scene
	byHosts := map[string][]*Scene{}
	for _, s := range analysis.Of(plans) {
		hosts := strings.Join(s.Hosts, "\n")
		i := slices.IndexFunc(byHosts[hosts], func(x *Scene) bool { return x.Alike(s) })
		if i >= 0 {
			byHosts[hosts][i].Vips = append(byHosts[hosts][i].Vips, s.Vips...)
			continue
		}
		x := &Scene{Vips: slices.Clone(s.Vips), Subject: s}
		all, byHosts[hosts] = append(all, x), append(byHosts[hosts], x)
	}
	for _, x := range all {
		slices.Sort(x.Vips)
	}
	return all
}
