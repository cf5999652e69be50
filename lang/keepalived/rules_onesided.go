package keepalived

import (
	"fmt"
	"slices"
	"strings"

	"hactl/lang/rule"
)

// oneSided reports what one node has and another one lacks.
func (l *linter) oneSided(r router) {
	if slices.ContainsFunc(r, func(i *Instance) bool { return i.Opaque || i.Node.Config.Incomplete }) {
		return
	}
	if at := slices.IndexFunc(r, watches); at >= 0 {
		for _, j := range r {
			if !tries(j) {
				l.untracked(r[at], j)
			}
		}
	}
	l.oneInterface(r)
	l.onePreempt(r)
	l.oneNotify(r)
}

// watches tells whether the instance has a check that is defined.
func watches(i *Instance) bool {
	return slices.ContainsFunc(i.Tracks, func(t *Track) bool { return t.Check != nil })
}

// tries tells whether the instance is to track some check, defined or not.
func tries(i *Instance) bool {
	return slices.ContainsFunc(i.Tracks, func(t *Track) bool { return t.Kind != "interface" })
}

// untracked reports that j checks nothing of what i checks.
func (l *linter) untracked(i, j *Instance) {
	at := j.Statement.Range()
	var with *Track
	for _, t := range i.Tracks {
		if t.Check == nil {
			continue
		}
		if with == nil {
			with = t
		}
		for _, c := range j.Node.Checks {
			if c.Kind == t.Kind && c.Name.Text == t.Name.Text {
				at = c.Statement.Range()
			}
		}
	}
	related := []rule.Related{see(with.Name.Range, "Tracked on %s", i.Node.Name)}
	if at != j.Statement.Range() {
		related = append(related, see(j.Statement.Range(), "The instance that tracks nothing"))
	}
	l.report(rule.OneSidedTracking, at, fmt.Sprintf("%s checks %s for this router, and %s checks nothing: it takes the address over, and keeps it, also when the service behind it is down. Track the same on all nodes.", i.Node.Name, shown(with.Name.Text), j.Node.Name), related...)
}

// oneInterface tells of interfaces that only some nodes watch. A node watches its
// own anyway.
func (l *linter) oneInterface(r router) {
	for _, i := range r {
		for _, j := range r {
			at := slices.IndexFunc(i.Tracks, func(t *Track) bool { return foreign(i, t) })
			if at < 0 || i == j || slices.ContainsFunc(j.Tracks, func(t *Track) bool { return foreign(j, t) }) {
				continue
			}
			t := i.Tracks[at]
			l.report(rule.OneSidedTracking.As(rule.Info), t.Name.Range, fmt.Sprintf("%s watches the interface %s for this router, and %s watches no other than its own: when that interface fails there, the address stays. Watch the same on all nodes.", i.Node.Name, shown(t.Name.Text), j.Node.Name), see(j.Statement.Range(), "The instance that watches none"))
			return
		}
	}
}

// foreign tells whether t is of another interface than the instance's own, whose
// failure makes the node give up.
func foreign(i *Instance, t *Track) bool {
	return t.Kind == "interface" && t.Weight.Known && t.Weight.Value == 0 && t.Name.Text != i.Interface.Text && !t.Name.Unknown && !i.Interface.Unknown
}

// onePreempt reports nopreempt on some nodes only.
func (l *linter) onePreempt(r router) {
	top, ok := l.favourite(r)
	var with, without *Instance
	for _, i := range r {
		if i.Nopreempt != nil && !i.Master && !i.owner() {
			with = i
		} else if i.Nopreempt == nil {
			without = i
		}
	}
	if with == nil || without == nil || !ok {
		return
	}
	if with == top {
		l.report(rule.OneSidedPreempt, with.Nopreempt.Range(), fmt.Sprintf("nopreempt is on %s only, the node of the highest priority. It does not take the address back, as probably meant; on all nodes that would be easier to see.", with.Node.Name), see(without.Statement.Range(), "Not here"))
		return
	}
	l.report(rule.OneSidedPreempt, with.Nopreempt.Range(), fmt.Sprintf("nopreempt has an effect on the node that would take the address back, which is %s. On a backup it only keeps it from taking over when the master's checks fail. Write it on all nodes, with state BACKUP, or take it out.", top.Node.Name), see(top.Statement.Range(), "It would count here"))
}

// oneNotify reports scripts that run on some nodes only.
func (l *linter) oneNotify(r router) {
	for n, i := range r {
		for _, j := range r[:n] {
			a, b := notifies(j), notifies(i)
			for _, kind := range []string{"notify", "notify_master", "notify_backup", "notify_fault", "notify_stop"} {
				if (a[kind] == nil) == (b[kind] == nil) || a["notify"] != nil && b["notify"] != nil {
					continue
				}
				with, without, s := j, i, a[kind]
				if s == nil {
					with, without, s = i, j, b[kind]
				}
				severity := rule.Warning
				if kind == "notify_fault" || kind == "notify_stop" || covered(notifies(without), kind) {
					severity = rule.Info
				}
				related := []rule.Related{see(without.Statement.Range(), "Not here")}
				for _, c := range without.Statement.Children {
					if other := notifies(without)[c.Keyword()]; other == c {
						related = append(related, see(c.Range(), "Only this"))
					}
				}
				l.report(rule.OneSidedNotify.As(severity), s.Range(), fmt.Sprintf("%s runs %s for this router, and %s does not: what the script does is not done, or not undone, when the address is there. Write it on all nodes.", with.Node.Name, kind, without.Node.Name), related...)
				return
			}
		}
	}
}

// covered tells whether the general notify runs for what the kind is about.
func covered(all map[string]*Statement, kind string) bool {
	return all["notify"] != nil && strings.HasPrefix(kind, "notify_") || kind == "notify" && len(all) > 1
}

// notifies returns the notify statements of an instance and its group.
func notifies(i *Instance) map[string]*Statement {
	all := map[string]*Statement{}
	collect := func(s *Statement) {
		for _, c := range s.Children {
			if strings.HasPrefix(c.Keyword(), "notify") && len(c.Words) > 1 {
				all[c.Keyword()] = c
			}
		}
	}
	collect(i.Statement)
	if i.Group != nil {
		collect(i.Group.Statement)
	}
	return all
}
