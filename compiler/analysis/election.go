package analysis

import (
	"slices"
	"time"

	"hactl/schemas/plan"
)

// verdict is what comes of a change when everything has settled.
type verdict struct {
	active []int         // members that are Active, in order; several that do not hear each other
	via    []int         // members that were Active in between, one after the other
	chance []int         // members of which chance chooses one; the first is taken for chosen, and in active
	settle time.Duration // until active are, at most
	outage time.Duration // for which nobody answers meanwhile, at most; of an empty active: meaningless
}

// change is a step from one situation to the next.
type change struct {
	*shape
	before, after []standing
	active        []int // who was Active before
}

// settle returns what comes of a change, after everything had settled before.
func (c change) settle() verdict {
	var crowd []int
	for i, at := range c.after {
		if !at.alone {
			crowd = append(crowd, i)
		}
	}
	v := c.elect(crowd)
	for i, at := range c.after {
		if at.alone {
			v = v.beside(c.elect([]int{i}))
		}
	}
	slices.Sort(v.active)
	return v
}

// beside returns v and w, of members that do not hear each other, as one. Clients
// are with v's, unless nobody answers there.
func (v verdict) beside(w verdict) verdict {
	if len(v.active) == 0 {
		v.outage = w.outage
	}
	v.settle = max(v.settle, w.settle)
	v.active, v.via, v.chance = append(v.active, w.active...), append(v.via, w.via...), append(v.chance, w.chance...)
	return v
}

// elect returns what becomes of members that hear each other.
func (c change) elect(part []int) verdict {
	e := election{change: c}
	var holding, leaving []int
	for _, i := range part {
		was, at := slices.Contains(c.active, i), c.after[i]
		if at.eligible {
			e.eligible = append(e.eligible, i)
		}
		switch {
		case was && at.eligible:
			holding = append(holding, i)
		case was && at.speaks:
			leaving = append(leaving, i)
		}
	}
	switch {
	case len(e.eligible) == 0:
		e.abandon(leaving)
	case len(holding) == 0:
		e.replace(leaving)
	default:
		e.contest(holding)
		e.outlive()
		e.preempt()
	}
	if len(e.eligible) > 0 {
		e.result.active = []int{e.holder}
	}
	return e.result
}

// election is among members that hear each other. Its verdict has at most one that
// is Active.
type election struct {
	change
	eligible []int
	holder   int  // who is Active so far
	moved    bool // and was not before
	result   verdict
}

// abandon: nobody is left to take over.
func (e *election) abandon(leaving []int) {
	for _, i := range leaving {
		e.result.settle = max(e.result.settle, e.members[i].hooks+e.leave(e.after[i].linked))
	}
}

// replace: who was Active has left, and says so, or is silent, or nobody was.
func (e *election) replace(leaving []int) {
	b, equals := e.best(e.eligible)
	e.holder, e.result.chance = b, equals
	if len(leaving) == 0 || !e.before[b].eligible || e.before[b].alone {
		e.result.settle = e.start(b, e.before[b], e.after[b].priority, false)
		e.result.outage = e.result.settle
		return
	}
	gone := leaving[0]
	skew, linked := e.skew(e.after[b].priority), e.after[gone].linked
	e.result.settle = e.members[gone].hooks + skew
	e.result.outage = max(0, skew-e.leave(linked))
	if !linked {
		e.result.outage = e.result.settle
	}
}

// contest: of several that were Active without hearing each other the one with the
// highest priority stays (RFC 9568 section 6.4.3).
func (e *election) contest(holding []int) {
	e.holder, e.result.chance = e.best(holding)
	if len(holding) > 1 {
		e.result.settle = e.interval()
	}
}

// outlive: an Active router whose priority has fallen below what another can have
// leaves with priority 0, and goes on when nobody takes over. Preemption is not
// asked.
func (e *election) outlive() {
	a := e.holder
	is, m := e.after[a].priority, &e.members[a]
	if is >= e.before[a].priority || is >= m.rival {
		return
	}
	others := slices.DeleteFunc(slices.Clone(e.eligible), func(i int) bool { return i == a || !e.before[i].eligible })
	first, last := e.patience(is)
	if len(others) == 0 {
		e.result.settle += m.hooks + last
		return
	}
	b, equals := e.best(others)
	switch skew := e.skew(e.after[b].priority); {
	case skew >= first+near:
		e.result.settle += m.hooks + last
	case skew > first-near:
		e.move(b, append([]int{b, a}, equals...), m.hooks+last+near)
	default:
		e.move(b, equals, m.hooks+skew)
	}
}

// preempt: a better one takes over from who is Active, as the mode has it.
func (e *election) preempt() {
	better := slices.DeleteFunc(slices.Clone(e.eligible), func(i int) bool { return e.after[i].priority <= e.after[e.holder].priority })
	if len(better) == 0 {
		return
	}
	b, equals := e.best(better)
	m, wait := &e.members[b], e.start(b, e.before[b], e.after[b].priority, true)
	switch {
	case m.owner() || m.mode == plan.Always:
		e.move(b, equals, wait)
	case m.mode == plan.Delayed:
		e.move(b, equals, max(e.interval()+m.delay, m.startup(e.before[b])))
	}
}

// move lets b, which chance has chosen among equals if there are any, take over
// from who is Active.
func (e *election) move(b int, equals []int, after time.Duration) {
	if e.moved {
		e.result.via = append(e.result.via, e.holder)
	}
	e.holder, e.result.chance, e.moved = b, equals, true
	e.result.settle += after
}

// best returns the member with the highest priority. Of equals, which it returns
// too where there are several, it is the first.
func (e *election) best(of []int) (best int, equals []int) {
	most := 0
	for _, i := range of {
		most = max(most, e.after[i].priority)
	}
	equals = slices.DeleteFunc(slices.Clone(of), func(i int) bool { return e.after[i].priority < most })
	if len(equals) == 1 {
		return equals[0], nil
	}
	return equals[0], equals
}
