package main

import (
	"fmt"
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// underWay returns the upgrades that the host's agent is in the middle of.
func (h proposed) underWay() []status.Upgrade {
	if !h.Alive {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(h.Status.Upgrades), func(u status.Upgrade) bool { return !fleet.IsUnderWay(&u) || u.Begun.IsZero() })
}

// triable refuses to put a change on trial while a host is in the middle of an upgrade:
// its program would be in between when the host goes back.
func (p proposal) triable(within time.Duration) error {
	if within == 0 || !p.changed() {
		return nil
	}
	for _, h := range p.Hosts {
		if under := h.underWay(); len(under) > 0 {
			u, back := under[0], fmt.Sprintf(", or take it back with \"hactl upgrade rollback %s\"", under[0].Name)
			if u.Order.Back {
				back = ""
			}
			return fmt.Errorf("nothing was changed, as %s is under way with upgrade %s, ordered by %v, and programs stay at their releases while a change is on trial. Wait until it has ended, as \"hactl upgrade status %s\" shows%s, and apply again",
				h.Host, u.Name, u.Order.Mark, u.Name, back)
		}
	}
	return nil
}

// overtaken says which upgrades are under way that next plans have otherwise, or no more.
func (p proposal) overtaken() []string {
	var notes []string
	for _, h := range p.Hosts {
		_, objects := h.changes()
		for _, u := range h.underWay() {
			if words := overtaking(u, fleet.UpgradeOf(h.Stored, u.Name), objects); words != "" {
				notes = append(notes, fmt.Sprintf("upgrade %s is under way on %s: %s", u.Name, h.Host, words))
			}
		}
	}
	return notes
}

// overtaking says what becomes of an upgrade that is under way when these objects of the
// plan change, of which was, if any, is the upgrade; empty: nothing that matters.
func overtaking(u status.Upgrade, was *plan.Upgrade, objects []plan.Change) string {
	find := func(id string) plan.Class {
		i := slices.IndexFunc(objects, func(c plan.Change) bool { return c.ID == id })
		if i < 0 {
			return plan.Untouched
		}
		return objects[i].Class
	}
	if was != nil && !u.Order.Back {
		for _, check := range was.Verify.Checks {
			if find("check "+check) == plan.Removed {
				return fmt.Sprintf("it goes back when check %s goes away, by which it judges the release", check)
			}
		}
	}
	const goesOn = "it goes on by what it was begun with"
	switch class := find("upgrade " + u.Name); {
	case class == plan.Untouched:
		return ""
	case u.Order.Back:
		return goesOn
	case class == plan.Removed:
		return fmt.Sprintf("%s; before this is applied, \"hactl upgrade rollback %s\" takes it back", goesOn, u.Name)
	}
	return fmt.Sprintf("%s; \"hactl upgrade rollback %s\" takes it back", goesOn, u.Name)
}
