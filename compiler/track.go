package compiler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
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

// track gives each of a cluster's vips, in the order of their blocks, what its
// hosts need. Those that move together have what the cluster names.
func (r *resolver) track(cluster *lang.Block, vips []*vip) {
	shared, untold := r.tracksIn(cluster)
	for i, b := range cluster.Blocks("vip") {
		vips[i].tracks, vips[i].untold = shared, untold
		if !together(cluster) {
			own, more := r.tracksIn(b)
			vips[i].tracks, vips[i].untold = levelled(shared, own), untold || more
		}
	}
}

// levelled returns what the hosts of a vip need: what its cluster names and what
// it names itself, which takes the place of the cluster's track of the same thing.
func levelled(cluster, own []*track) []*track {
	if len(own) == 0 {
		return cluster
	}
	all := slices.Clone(cluster)
	for _, t := range own {
		if i := slices.IndexFunc(all, t.of); i >= 0 {
			all[i] = t
		} else {
			all = append(all, t)
		}
	}
	return all
}

// tracksIn returns the tracks of one level, each thing once. untold says that some
// of them could not be read.
func (r *resolver) tracksIn(b *lang.Block) (tracks []*track, untold bool) {
	untold = b.Broken("track")
	for i, n := range b.Blocks("track") {
		if i == plan.MaxList {
			r.report(rule.TooLarge.At(n.Range(), fmt.Sprintf("A vip or cluster has at most %d track blocks. Take some out.", plan.MaxList)))
			return tracks, true
		}
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
	return t.check != nil || !v.devices[device{m.host, t.port.V}]
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
