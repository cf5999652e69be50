package keepalived

import (
	"fmt"
	"slices"

	"hactl/lang/rule"
)

// groups judges the sync groups.
func (l *linter) groups(n *Node) {
	for _, g := range n.Groups {
		severity := rule.Warning
		if n.Config.Draft {
			severity = rule.Info
		}
		for _, m := range g.Members {
			if !m.Unknown && !n.Config.Incomplete && !grammar["group"].known(m.Text) && !slices.ContainsFunc(n.Instances, func(i *Instance) bool { return i.Name.Text == m.Text || i.Name.Unknown }) {
				l.reportf(rule.SyncGroup.As(severity), m.Range, "There is no vrrp_instance %s, so keepalived leaves it out of the group. Write the name of an instance.", shown(m.Text))
			}
		}
		if len(g.Members) == 1 && !g.Members[0].Unknown {
			l.reportf(rule.SyncGroup.As(severity), g.Statement.Range(), "A group of one instance keeps nothing together, and it has a side effect: keepalived drops the weighted checks of its member. Take the group out.")
		}
	}
}

// splitGroups reports sync groups whose instances are to be master on different
// nodes.
func (l *linter) splitGroups(all []router) {
	for _, n := range l.nodes {
		for _, g := range n.Groups {
			var first *Instance
			for _, r := range all {
				top := l.clear(r)
				switch {
				case top == nil || !slices.ContainsFunc(r, func(i *Instance) bool { return i.Node == n && i.Group == g }):
				case first == nil:
					first = top
				case first.Node == n && top.Node != n:
					l.report(rule.SplitGroup, priorityAt(top), fmt.Sprintf("The instances of the group %s move together, but %s has the highest priority for %s and %s for %s: the group never comes to rest. Give one node the highest priorities in all of the group.",
						shown(g.Name.Text), n.Name, shown(first.Name.Text), top.Node.Name, shown(top.Name.Text)), see(priorityAt(first), "The other favourite"), see(g.Statement.Range(), "The sync group"))
					return
				}
			}
		}
	}
}

// clear returns the instance of the highest priority, nil when that is not sure
// or not the only one.
func (l *linter) clear(r router) *Instance {
	top, ok := l.favourite(r)
	if !ok || len(r) < 2 {
		return nil
	}
	for _, i := range r {
		if a, b, _ := healthies(i, top); i != top && a == b {
			return nil
		}
	}
	return top
}
