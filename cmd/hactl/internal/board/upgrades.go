package board

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"hactl/agent/upgrade"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"
)

// upgradeProblems says which upgrades need a person.
func upgradeProblems(upgrades []status.Upgrade, now time.Time) []string {
	var words []string
	for _, u := range upgrades {
		switch upgrade.Verdict(u.Verdict) {
		case upgrade.Stuck, upgrade.Down:
			words = append(words, fmt.Sprintf("upgrade %s ended %s, %s: %s", u.Name, fleet.Ago(u.Ended, now), u.Verdict, u.Text))
		}
	}
	return words
}

// writeUpgradeTable prints the upgrades of a host, as they are at now; nothing when
// there is none.
func writeUpgradeTable(w io.Writer, p terminal.Palette, upgrades []status.Upgrade, now time.Time) {
	if len(upgrades) == 0 {
		return
	}
	rows := terminal.Table{{"UPGRADE", "STATE", "SINCE", "VERSION", "BEFORE", "KEPT AWAY", "WHY"}}
	for _, u := range upgrades {
		rows = append(rows, upgradeRow(u, now))
	}
	rows.Write(w, "  ", func(row, column int, cell string) string {
		switch {
		case row == 0:
			return p.Dim(cell)
		case column == 1 && cell == "current":
			return p.Green(cell)
		case column == 1:
			return p.Yellow(cell)
		}
		return cell
	})
}

// upgradeRow is one line: an upgrade that is under way, or what has become of it.
func upgradeRow(u status.Upgrade, now time.Time) []string {
	state, since, why := "out of date", u.Ended, u.Outdated
	switch {
	case fleet.IsUnderWay(&u):
		state, since, why = fleet.StageOf(&u), u.Since, u.Text
		if since.IsZero() {
			since = u.Begun
		}
	case u.Current:
		state = "current"
	}
	if u.Verdict != "" && !fleet.Succeeds(u.Verdict) {
		why = strings.TrimPrefix(fmt.Sprintf("%s; the last order was %s: %s", why, u.Verdict, u.Text), "; ")
	}
	before, at := "-", "-"
	if u.Previous != nil {
		before = u.Previous.Version
	}
	if !since.IsZero() {
		at = fleet.Ago(since, now)
	}
	return []string{u.Name, state, at, cmp.Or(u.Version, "-"), before, cmp.Or(strings.Join(u.Held, " "), "-"), why}
}
