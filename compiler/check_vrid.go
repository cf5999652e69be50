package compiler

import (
	"fmt"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// electorate is what a VRID must be unique in.
type electorate struct {
	segment *port // its root
	family  plan.Family
	vrid    int
}

// checkVRIDs refuses a second vip with the VRID of another on one segment and
// family.
func checkVRIDs(m *model, report report) {
	used := map[electorate]*vip{}
	for _, v := range m.vips {
		var other *vip
		for _, e := range v.electorates() {
			if used[e] == nil {
				used[e] = v
			} else if other == nil && used[e] != v {
				other = used[e]
			}
		}
		if other != nil {
			report(rule.DuplicateVRID.At(v.vrid.Range, fmt.Sprintf(
				"VRID %d is also that of %s on the same segment, so each would take the other's adverts for its own. Choose another one from 1 to 255.%s",
				v.vrid.V, other, lookAlikes(v, other)), related("Used here first", other.vrid.Range)))
		}
	}
}

// electorates returns where v takes part in elections.
func (v *vip) electorates() []electorate {
	var found []electorate
	for _, f := range v.families() {
		for _, s := range v.segments() {
			if v.vrid.Set {
				found = append(found, electorate{s, f, v.vrid.V})
			}
		}
	}
	return found
}

// lookAlikes says what to do when v and w only seem to be on one segment.
func lookAlikes(v, w *vip) string {
	if shareHost(v, w) {
		return ""
	}
	return " If these are two networks that only look alike, give their interfaces a segment name each."
}

// checkSuspectVRIDs warns of a VRID that two vips use of which nobody can say
// whether they are on one segment. Interfaces of one host are taken for
// different segments.
func checkSuspectVRIDs(m *model, report report) {
	type number struct {
		family plan.Family
		vrid   int
	}
	users := map[number][]suspect{}
	for _, v := range m.vips {
		segments := v.segments()
		if !v.vrid.Set || len(segments) == 0 {
			continue
		}
		for _, f := range v.families() {
			users[number{f, v.vrid.V}] = append(users[number{f, v.vrid.V}], suspect{v, segments[0], v.known()})
		}
	}
	for _, vips := range users {
		for i, v := range vips {
			if v.known {
				continue
			}
			for j, w := range vips {
				if (j < i || w.known) && v.segment != w.segment && !shareHost(v.vip, w.vip) {
					report(rule.SuspectVRID.At(v.vrid.Range, fmt.Sprintf(
						"VRID %d is also that of %s, and nothing says whether the two hear each other; if they do, each takes the other's adverts for its own. "+
							"Choose another one, or declare the hosts' interfaces with addresses or a segment.",
						v.vrid.V, w.vip), related("Used here too", w.vrid.Range)))
					break
				}
			}
		}
	}
}

// suspect is a vip that may be on one segment with another of its VRID.
type suspect struct {
	*vip
	segment *port // the first one
	known   bool
}

// known reports whether a name or a subnet says which segment v is on.
func (v *vip) known() bool {
	for _, s := range v.segments() {
		if !s.known {
			return false
		}
	}
	return true
}

// shareHost reports whether a host is a member of both.
func shareHost(v, w *vip) bool {
	for _, m := range v.members {
		for _, n := range w.members {
			if m.host == n.host {
				return true
			}
		}
	}
	return false
}
