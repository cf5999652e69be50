package main

import (
	"fmt"
	"io"
	"slices"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
)

// proposedUpgrade is one upgrade of a proposal that is not on all hosts.
type proposedUpgrade struct {
	Name      string        `json:"name"`
	Version   string        `json:"version"`         // of the release that the next plans ask for
	SHA256    string        `json:"sha256"`          // likewise
	Most      int           `json:"max_unavailable"` // hosts that are under way at a time
	OnFailure string        `json:"on_failure"`      // what becomes of the hosts before one that fails: "rollback" or "halt"
	Steps     []upgradeStep `json:"steps"`           // in this order, as vips are now
}

// upgrades returns the upgrades that some host is out of date by, or may be, sorted.
// Without the hosts' reports nothing can be told of them.
func (p proposal) upgrades() []proposedUpgrade {
	var all []proposedUpgrade
	if p.Against != "" {
		return nil
	}
	for _, name := range upgradeNames(p.Hosts) {
		u := proposedUpgrade{Name: name, Most: 1, Steps: upgradeSteps(name, p.Hosts)}
		for _, s := range u.Steps {
			i := slices.IndexFunc(p.Hosts, func(h proposed) bool { return h.Host == s.Host })
			goal := fleet.UpgradeOf(p.Hosts[i].Next, name)
			u.Version, u.SHA256, u.OnFailure = goal.Release.Version, goal.Release.SHA256, string(goal.OnFailure)
			u.Most = max(u.Most, goal.MaxUnavailable)
		}
		if len(u.Steps) > 0 {
			all = append(all, u)
		}
	}
	return all
}

// outOfDate reports whether a host is known to be out of date.
func (p proposal) outOfDate() bool {
	return slices.ContainsFunc(p.upgrades(), func(u proposedUpgrade) bool {
		return slices.ContainsFunc(u.Steps, func(s upgradeStep) bool { return s.Known })
	})
}

// writeUpgrades prints the steps of upgrades.
func (p proposal) writeUpgrades(w io.Writer, c terminal.Palette) {
	for i, u := range p.upgrades() {
		if i == 0 {
			fmt.Fprintf(w, "\n%s\n", c.Bold("Upgrades, when the plans are there"))
		}
		var rows terminal.Table
		for n, s := range u.Steps {
			rows = append(rows, []string{fmt.Sprintf("%d.", n+1), s.Host, s.words(u.Name)})
		}
		rows.Write(w, "  ", nil)
		if u.Most > 1 {
			fmt.Fprintf(w, "  %s\n", c.Dim(fmt.Sprintf("%d at a time", u.Most)))
		}
	}
}

// markdownUpgrades prints the steps of upgrades as they read well in a review.
func (p proposal) markdownUpgrades(w io.Writer) {
	for _, u := range p.upgrades() {
		fmt.Fprintf(w, "\nUpgrade `%s` to %s, when the plans are there:\n\n", u.Name, u.Version)
		for n, s := range u.Steps {
			fmt.Fprintf(w, "%d. **%s**: %s\n", n+1, s.Host, s.words(u.Name))
		}
	}
}
