package plan

import "slices"

// Class says how much of an object another plan touches.
type Class int

// The classes, from least to most.
const (
	Untouched Class = iota // keeps state, timers and sockets
	InPlace                // keeps its state; no transition unless the election says so
	Recreated              // the old router leaves, and a new one starts in its place; of routers only
	Added                  // only the new plan has it
	Removed                // only the old plan has it
)

// String returns "untouched", "in place", "re-created", "added" or "removed".
func (c Class) String() string {
	return [...]string{"untouched", "in place", "re-created", "added", "removed"}[c]
}

// Change is what becomes of one object between two plans.
type Change struct {
	ID    string // of a router, as in the plan; of other objects their key in Envelope.Origins, "check nginx"
	Class Class

	// What says it in operators' words ("priority 254 → 244"), empty when
	// Untouched. It shows nothing of a secret.
	What []string

	// Agreement names what changed of that on which all routers of one VRID must
	// agree, or they no longer hear each other: "vrid", "version", "advert
	// interval", "transport", "source", "checksum", "authentication",
	// "addresses". Until the neighbours have followed there may be two Actives. It
	// is empty for all other objects.
	Agreement []string
}

// Diff returns what becomes of each router of either plan, in order of IDs, by
// the smallest class that fits. A nil plan has no routers. Both must be valid.
//
// What becomes of all other objects is told by DiffObjects: a router that tracks
// a check is not touched by a change of the check.
//
// Re-created are changes of VRID, interface and version, and into and out of
// ownership. All else is done in place, a change of transport too: the Active
// keeps its addresses and goes on to another group.
func Diff(old, new *Plan) []Change {
	old, new = orEmpty(old), orEmpty(new)
	return diff("", old.Routers, new.Routers, func(r *Router) string { return r.ID }, (*Router).compare, (*Router).summary)
}

// DiffObjects returns what becomes of each object of either plan that is no
// router: checks, notify targets and upgrades, in this order, each kind in order
// of names. One that changes is InPlace: a check keeps its state until the next
// result. A nil plan has no objects. Both must be valid.
func DiffObjects(old, new *Plan) []Change {
	old, new = orEmpty(old), orEmpty(new)
	return slices.Concat(
		diff("check ", old.Checks, new.Checks, func(c *Check) string { return c.Name }, (*Check).compare, (*Check).summary),
		diff("notify ", old.Notify, new.Notify, func(x *Notify) string { return x.Name }, (*Notify).compare, (*Notify).summary),
		diff("upgrade ", old.Upgrades, new.Upgrades, func(u *Upgrade) string { return u.Name }, (*Upgrade).compare, (*Upgrade).summary),
	)
}

func orEmpty(p *Plan) *Plan {
	if p == nil {
		return &Plan{}
	}
	return p
}

// diff compares the objects of one kind, which are sorted by names. The IDs of
// changes begin with prefix.
func diff[T any](prefix string, old, new []T, name func(*T) string, compare func(was, is *T, n *notes), summary func(*T) []string) []Change {
	var changes []Change
	for len(old) > 0 || len(new) > 0 {
		switch {
		case len(new) == 0 || len(old) > 0 && name(&old[0]) < name(&new[0]):
			changes = append(changes, Change{ID: prefix + name(&old[0]), Class: Removed, What: summary(&old[0])})
			old = old[1:]
		case len(old) == 0 || name(&new[0]) < name(&old[0]):
			changes = append(changes, Change{ID: prefix + name(&new[0]), Class: Added, What: summary(&new[0])})
			new = new[1:]
		default:
			var n notes
			compare(&old[0], &new[0], &n)
			changes = append(changes, Change{ID: prefix + name(&new[0]), Class: n.class, What: n.what, Agreement: n.agreement})
			old, new = old[1:], new[1:]
		}
	}
	return changes
}
