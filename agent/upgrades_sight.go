package agent

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hactl/agent/changeover"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// look looks at the programs of the plan, beside the loop: what is hashed already is
// not hashed again. While it is at it, it is asked once more at most; while halted, not
// at all, since a hand-over would wait for it.
func (u *upgrades) look() {
	if u.agent.cfg.Changeover == nil || u.halted {
		return
	}
	if u.again = u.looking; u.again {
		return
	}
	wanted := map[string]plan.Upgrade{}
	for name, c := range u.byName {
		if c.plan != nil {
			wanted[name] = *c.plan
		}
	}
	if len(wanted) == 0 {
		return
	}
	u.looking = true
	u.tasks.Go(func() {
		seen := map[string]changeover.Sight{}
		for name, p := range wanted {
			seen[name] = u.agent.cfg.Changeover.Look(u.ctx, p)
		}
		u.agent.post(func() { u.looked(seen) })
	})
}

// looked takes note of what is there.
func (u *upgrades) looked(seen map[string]changeover.Sight) {
	u.looking = false
	for name, s := range seen {
		c := u.byName[name]
		if c == nil || c.sight != nil && *c.sight == s {
			continue
		}
		c.sight = &s
		u.agent.mind() // a master that is there may have vips again
		u.agent.noteChange()
	}
	if u.again {
		u.look()
	}
}

// outdated says why the plan's release is not what runs, in words; empty: it is.
func (c *change) outdated() string {
	r := c.plan.Release
	switch s := c.sight; {
	case s == nil:
		return "nobody has looked yet"
	case s.SHA256 == "":
		return s.Trouble
	case s.SHA256 != r.SHA256:
		return fmt.Sprintf("version %s is there, not %s", cmp.Or(c.version(), "unknown"), r.Version)
	case s.Running == "" && s.Trouble != "":
		return s.Trouble
	case s.Running == "":
		return fmt.Sprintf("version %s is there, and no master runs", r.Version)
	case s.Running != r.SHA256:
		return fmt.Sprintf("version %s is there, and the master runs another file", r.Version)
	}
	return ""
}

// version is that of what has been seen, by what it says or what is known of it.
func (c *change) version() string { return cmp.Or(c.sight.Version, c.history.Version(c.sight.SHA256)) }

// report returns all upgrades as they are now, sorted by name.
func (u *upgrades) report() []status.Upgrade {
	var lines []status.Upgrade
	for _, c := range u.byName {
		lines = append(lines, u.line(c))
	}
	slices.SortFunc(lines, func(a, b status.Upgrade) int { return strings.Compare(a.Name, b.Name) })
	return lines
}

// outcomes counts the orders that have ended, by upgrade and verdict.
func (u *upgrades) outcomes() map[string]map[string]uint64 {
	all := map[string]map[string]uint64{}
	for name, c := range u.byName {
		all[name] = maps.Clone(c.outcomes)
	}
	return all
}

// line returns one upgrade as it is reported.
func (u *upgrades) line(c *change) status.Upgrade {
	l := status.Upgrade{Name: c.name, Outcomes: maps.Clone(c.outcomes)}
	if c.plan != nil {
		l.Outdated = c.outdated()
		l.Current = l.Outdated == ""
	}
	if c.sight != nil {
		l.Version, l.SHA256 = c.version(), c.sight.SHA256
	}
	if b := c.history.Previous; b.SHA256 != "" {
		l.Previous = &status.Build{Version: b.Version, SHA256: b.SHA256}
	}
	if past := c.history.Last(); past != nil {
		o := past.Order
		l.Order, l.Begun, l.Ended, l.Verdict, l.Text, l.Notes = &o, past.Begun, past.Ended, string(past.Verdict), past.Text, c.notes
	}
	l.Held, _ = c.holds()
	switch p, next := c.progress, u.next(c); {
	case p == changeover.Progress{} && next != nil && u.agent.trying():
		before := l
		l.Order, l.Begun, l.Ended, l.Verdict, l.Notes = next, time.Time{}, time.Time{}, "", nil
		l.Text = "waits until the plan that the host follows is confirmed, or the host has gone back: see \"hactl confirm\""
		if before.Verdict != "" {
			l.Text += fmt.Sprintf("; the order before ended as %s: %s", before.Verdict, before.Text)
		}
	case p == changeover.Progress{}:
	case c.unsaved != nil:
		l.Text += "; that is not settled yet: " + p.Text
	default:
		l.Stage, l.Text, l.Connections, l.Since = p.Stage.String(), p.Text, p.Connections, c.since.UTC()
	}
	return l
}
