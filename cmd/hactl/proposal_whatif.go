package main

import (
	"fmt"
	"io"
	"slices"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/cmd/hactl/internal/whatif"
	"hactl/schemas/plan"
)

// scenes returns what the new plans are about.
func (p proposal) scenes() []*whatif.Scene {
	plans := map[string]*plan.Plan{}
	for _, h := range p.Hosts {
		plans[h.Host] = &h.Next.Plan
	}
	return whatif.Of(plans)
}

// shownScenes is how many tables a plan shows without being asked.
const shownScenes = 5

// writeWhatIf prints what becomes of the vips that change when one thing fails.
func writeWhatIf(w io.Writer, c terminal.Palette, all []*whatif.Scene, vips []vip) {
	changes := changing(vips)
	changed := slices.DeleteFunc(slices.Clone(all), func(s *whatif.Scene) bool { return !changes(s) })
	if len(changed) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", c.Bold("What if"))
	for i, s := range changed {
		if i == shownScenes {
			fmt.Fprintf(w, "  and %d more: \"hactl plan --what-if\" shows all\n", len(changed)-i)
			break
		}
		s.Write(w, c, false)
	}
}

// changing returns whether a scene has a vip that changes.
func changing(vips []vip) func(*whatif.Scene) bool {
	is := map[string]bool{}
	for _, v := range vips {
		is[v.Vip] = v.Changed
	}
	return func(s *whatif.Scene) bool {
		return slices.ContainsFunc(s.Vips, func(vip string) bool { return is[vip] })
	}
}
