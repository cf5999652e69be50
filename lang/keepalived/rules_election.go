package keepalived

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// elections judges who becomes master of a router, and when that changes.
func (l *linter) elections(r router) {
	l.owners(r)
	l.masters(r)
	for at, i := range r {
		for _, j := range r[:at] {
			if l.equal(j, i) {
				break
			}
		}
	}
	top, ok := l.favourite(r)
	if !ok {
		return
	}
	l.preferred(r, top)
	l.weights(r, top)
}

// owners reports two nodes of priority 255.
func (l *linter) owners(r router) {
	var first *Instance
	for _, i := range r {
		if !i.owner() {
			continue
		}
		if first != nil {
			l.report(rule.TwoOwners, priorityAt(i), fmt.Sprintf("Both this node and %s have priority 255, which means that the address is their own. After an outage both are master, keepalived logs a configuration error, and one gives way by its IP address. Give at most one node 255.", first.Node.Name), see(priorityAt(first), "The other owner"))
			return
		}
		first = i
	}
}

// priorityAt returns where the priority is written, or could be.
func priorityAt(i *Instance) hcl.Range {
	if i.Priority.Given {
		return i.Priority.Range
	}
	return i.Statement.Range()
}

// masters reports two nodes of state MASTER.
func (l *linter) masters(r router) {
	var first *Instance
	for _, i := range r {
		if !i.Master {
			continue
		}
		if first != nil {
			l.report(rule.TwoMasters, i.State.Range, fmt.Sprintf("Both this node and %s begin as MASTER. That shortens the first wait only: both have the address for a moment when they boot together, and nopreempt has no effect; then priorities decide. Write BACKUP on all nodes but one, or on all.", first.Node.Name), see(first.State.Range, "The other one"))
			return
		}
		first = i
	}
}

// equal reports two equal priorities, where an order was meant, and tells
// whether there were any.
func (l *linter) equal(a, b *Instance) bool {
	if !a.Priority.Known || !b.Priority.Known || a.Priority.Value != b.Priority.Value || a.owner() {
		return false
	}
	if x, y, ok := healthies(a, b); ok && x != y && weighs(a) && weighs(b) {
		return false // weights make the order
	}
	severity, intent := rule.Warning, ""
	switch {
	case a.Master != b.Master:
		severity, intent = rule.Error, " MASTER does not change that."
	case a.Nopreempt != nil && b.Nopreempt != nil, scored(a) && scored(b):
		severity = rule.Info
	}
	l.report(rule.EqualPriority.As(severity), priorityAt(b), fmt.Sprintf("The priority is %g here and on %s. A backup never takes over from a master of equal priority, so whoever came up first keeps the address, and no node is preferred.%s Give each node its own priority.", b.Priority.Value, a.Node.Name, intent), see(priorityAt(a), "The same priority"))
	return true
}

// favourite returns the instance that is master while all are healthy; ok is
// false when that is not sure.
func (l *linter) favourite(r router) (top *Instance, ok bool) {
	best := 0.0
	for _, i := range r {
		p, known := healthy(i)
		if !known {
			return nil, false
		}
		if p > best {
			top, best = i, p
		}
	}
	return top, true
}

// preferred reports a node that is called MASTER and never is for long.
func (l *linter) preferred(r router, top *Instance) {
	var master *Instance
	for _, i := range r {
		if i.Master && master != nil {
			return
		}
		if i.Master {
			master = i
		}
	}
	if master == nil || master == top {
		return
	}
	a, b, _ := healthies(master, top)
	if a >= b || master.Priority.Value == top.Priority.Value {
		return
	}
	l.report(rule.PreferredLower, priorityAt(master), fmt.Sprintf("The state is MASTER here, but %s has the higher priority while all checks succeed (%g against %g), and takes the address over. Priorities decide, not the state: give the node that is to be master the highest one.", top.Node.Name, b, a), see(priorityAt(top), "The higher priority"), see(master.State.Range, "The state"))
}
