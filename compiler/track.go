package compiler

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/schemas/plan"
)

// track is a track block: something that a vip's hosts need.
type track struct {
	check  *healthCheck       // nil for an interface
	port   lang.Value[string] // the interface; not Set for a check
	effect plan.Effect
	weight lang.Value[int] // for plan.Weigh
	block  *lang.Block
}

// at returns where it is written what is tracked.
func (t *track) at() hcl.Range {
	if t.check != nil {
		return t.block.AttrRange("check")
	}
	return t.port.Range
}

// of reports whether t and u track the same thing.
func (t *track) of(u *track) bool { return t.check == u.check && t.port.V == u.port.V }

// String returns how findings call what is tracked.
func (t *track) String() string {
	if t.check != nil {
		return "check " + quote(t.check.name)
	}
	return "interface " + quote(t.port.V)
}

// loss returns what a failure of t takes from the priority where a demoting
// track costs that much: a positive weight is no longer added, a negative one is
// subtracted.
func (t *track) loss(cost int) int {
	switch t.effect {
	case plan.Demote:
		return cost
	case plan.Weigh:
		return max(t.weight.V, -t.weight.V)
	}
	return 0
}

// tracksOf returns what the hosts of vip need: what its cluster names and what
// it names itself, which takes the place of the cluster's track of the same
// thing, unless the cluster's vips move together. untold says that some of it
// could not be read.
func (r *resolver) tracksOf(cluster, vip *lang.Block) (tracks []*track, untold bool) {
	tracks, untold = r.tracksIn(cluster)
	if together(cluster) {
		return tracks, untold
	}
	own, more := r.tracksIn(vip)
	for _, t := range own {
		if i := slices.IndexFunc(tracks, t.of); i >= 0 {
			tracks[i] = t
		} else {
			tracks = append(tracks, t)
		}
	}
	return tracks, untold || more
}

// tracksIn returns the tracks of one level, each thing once.
func (r *resolver) tracksIn(b *lang.Block) (tracks []*track, untold bool) {
	untold = b.Broken("track")
	for _, n := range b.Blocks("track") {
		t := &track{check: r.byCheck[n.Ref("check").V.ID], port: n.String("interface"), block: n, weight: n.Integer("weight")}
		untold = untold || n.Broken("effect") || n.Broken("weight") || contradictory(n)
		if t.check == nil && !t.port.Set {
			untold = true
			continue
		}
		if t.check != nil {
			t.check.used = true
		}
		t.effect = effectOf(n)
		if i := slices.IndexFunc(tracks, t.of); i >= 0 {
			r.trackTwice(t, tracks[i])
			continue
		}
		tracks = append(tracks, t)
	}
	return tracks, untold
}

// contradictory reports whether a track says two things of what a failure does,
// or nothing.
func contradictory(b *lang.Block) bool {
	weight := b.Integer("weight")
	return weight.Set && (weight.V == 0 || b.Has("effect"))
}

// effectOf returns what a failure does.
func effectOf(b *lang.Block) plan.Effect {
	switch {
	case b.Integer("weight").Set:
		return plan.Weigh
	case b.String("effect").Set:
		return plan.Effect(b.String("effect").V)
	}
	return plan.Demote
}

// watches reports whether t says something new of m's host: an interface that v
// uses there itself, or another vip that moves with v, is tracked anyway.
func (v *vip) watches(t *track, m *member) bool {
	if t.check != nil {
		return true
	}
	for _, u := range v.unit() {
		for _, b := range u.members {
			if b.host == m.host && b.named.V == t.port.V {
				return false
			}
		}
	}
	return true
}

// demotes returns how many of v's tracks can demote a host.
func (v *vip) demotes() int {
	n := 0
	for _, t := range v.tracks {
		if t.effect == plan.Demote && slices.ContainsFunc(v.members, func(m *member) bool { return v.watches(t, m) }) {
			n++
		}
	}
	return n
}

// lowerTracks returns what the host of mine needs, sorted: checks by name, then
// interfaces.
func (v *vip) lowerTracks(mine *member) []plan.Track {
	var tracks []plan.Track
	for _, t := range v.tracks {
		if !v.watches(t, mine) {
			continue
		}
		p := plan.Track{Interface: t.port.V, Effect: t.effect}
		if t.check != nil {
			p.Check = t.check.name
		}
		switch t.effect {
		case plan.Demote:
			p.Weight = -v.price
		case plan.Weigh:
			p.Weight = t.weight.V
		}
		tracks = append(tracks, p)
	}
	slices.SortFunc(tracks, func(a, b plan.Track) int {
		return cmp.Or(cmp.Compare(a.Interface, b.Interface), cmp.Compare(a.Check, b.Check))
	})
	return tracks
}
