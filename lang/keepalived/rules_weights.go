package keepalived

import (
	"fmt"
	"slices"

	"hactl/lang/rule"
)

// weighs tells whether some defined check changes the instance's priority.
func weighs(i *Instance) bool {
	return slices.ContainsFunc(i.Tracks, func(t *Track) bool { return counts(i, t) })
}

// scored tells whether several weights decide rather than the base.
func scored(i *Instance) bool {
	n := 0
	for _, t := range i.Tracks {
		if counts(i, t) && t.Weight.Value > 0 {
			n++
		}
	}
	return n > 1
}

// counts tells whether the weight of t changes the priority of i.
func counts(i *Instance, t *Track) bool {
	return i.weighted() && (t.Check != nil || t.Kind == "interface") && t.Kind != "file" && t.Weight.Value != 0
}

// fromFile returns what a file adds to the priority: its number, which is 0 for
// a file that does not exist, times the weight. Whoever writes to it can make
// any priority of that, so no failure is judged.
func fromFile(i *Instance, t *Track) float64 {
	if t.Kind != "file" || t.Check == nil || !i.weighted() {
		return 0
	}
	if t.Reverse {
		return -t.Check.Init.Value * t.Weight.Value
	}
	return t.Check.Init.Value * t.Weight.Value
}

// effect returns what a check adds to the priority while it succeeds, and
// while it fails.
func (t *Track) effect() (good, bad float64) {
	good, bad = max(0, t.Weight.Value), min(0, t.Weight.Value)
	if t.Reverse {
		return -good, -bad
	}
	return good, bad
}

// healthy returns the priority while all checks succeed; ok is false when it
// cannot be known.
func healthy(i *Instance) (p float64, ok bool) {
	p = i.Priority.Value
	for _, t := range i.Tracks {
		if !t.Weight.Known {
			return 0, false
		}
		p += fromFile(i, t)
		if counts(i, t) {
			good, _ := t.effect()
			p += good
		}
	}
	return clamp(i, p), i.Priority.Known && !i.Opaque
}

func healthies(a, b *Instance) (x, y float64, ok bool) {
	x, known := healthy(a)
	y, ok = healthy(b)
	return x, y, ok && known
}

// clamp returns the priority that p makes of i.
func clamp(i *Instance, p float64) float64 {
	if i.owner() {
		return 255
	}
	return min(254, max(1, p))
}

// failed returns the priority of i while the checks fail.
func failed(i *Instance, checks ...*Track) float64 {
	p := i.Priority.Value
	for _, t := range i.Tracks {
		p += fromFile(i, t)
		if !counts(i, t) {
			continue
		}
		good, bad := t.effect()
		if slices.Contains(checks, t) {
			good = bad
		}
		p += good
	}
	return clamp(i, p)
}

// weights reports checks of the favourite whose failure moves nothing.
func (l *linter) weights(r router, top *Instance) {
	successor, best := (*Instance)(nil), 0.0
	for _, i := range r {
		if p, _ := healthy(i); i != top && p > best {
			successor, best = i, p
		}
	}
	var checks []*Track
	for _, t := range top.Tracks {
		if counts(top, t) {
			checks = append(checks, t)
		}
	}
	if successor == nil {
		return
	}
	for _, t := range checks {
		low := failed(top, t)
		if low >= best {
			l.useless(top, successor, t, low, best, failed(top, checks...) < best)
			continue
		}
		if blocked := blocked(r, top, low); blocked != nil {
			l.report(rule.BlockedWeight, blocked.Nopreempt.Range(), fmt.Sprintf("With nopreempt this node does not take over from a master that only lowers its priority, so when %s fails on %s, the address stays there. Take the weight out of the check: then its failure makes the master give up, which nopreempt does not block.", shown(t.Name.Text), top.Node.Name), see(t.Weight.Range, "The weight"))
			return
		}
	}
}

// blocked returns the node that nopreempt alone keeps from taking over from
// top at the priority low, nil when another one does so.
func blocked(r router, top *Instance, low float64) (with *Instance) {
	for _, i := range r {
		p, _ := healthy(i)
		switch {
		case i == top || p <= low:
		case i.preempts():
			return nil
		default:
			with = i
		}
	}
	return with
}

// useless reports a check that leaves its node the favourite.
func (l *linter) useless(top, successor *Instance, t *Track, low, best float64, together bool) {
	severity, alone := rule.Warning, ""
	if together {
		severity, alone = rule.Info, " Only together with others it does."
	}
	gap := fmt.Sprintf("%g is not below the %g", low, best)
	if low == best {
		gap = fmt.Sprintf("%g equals the %g", low, best)
	}
	healthy, _ := healthy(top)
	l.report(rule.UselessWeight.As(severity), t.Weight.Range, fmt.Sprintf("When %s fails on %s, the priority falls from %g to %g; %s of %s, which only takes over from a lower one. By its weight alone the check never moves the address.%s Use a weight of more than %g points, or none, so that a failure makes the node give up.", shown(t.Name.Text), top.Node.Name, healthy, low, gap, successor.Node.Name, alone, healthy-best),
		slices.Concat(elsewhere(t), []rule.Related{see(priorityAt(top), "The priority of %s", top.Node.Name), see(priorityAt(successor), "The priority of %s", successor.Node.Name)})...)
}

// elsewhere returns the line that tracks the check, when the weight is written
// at the check.
func elsewhere(t *Track) []rule.Related {
	if t.Weight.Range.Start.Line == t.Name.Range.Start.Line {
		return nil
	}
	return []rule.Related{see(t.Name.Range, "Tracked here")}
}
