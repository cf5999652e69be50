package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/plan"
)

// shownQuiet is how many hosts, vips and tables of what does not change are shown one
// by one. More of them are counted.
const shownQuiet = 10

// write prints the proposal for people.
func (p proposal) write(w io.Writer, c terminal.Palette) {
	fmt.Fprintf(w, "%s\n\n", p.source())
	hosts, others := loud(p.Hosts, proposed.quiet)
	for _, h := range hosts {
		h.write(w, c)
	}
	if others > 0 {
		fmt.Fprintln(w, c.Dim(fmt.Sprintf("%d %s: nothing to change", others, otherHosts(hosts))))
	}
	for _, fault := range p.secretFaults() {
		fmt.Fprintf(w, "%s %s\n", c.Red("secret:"), fault)
	}
	for _, note := range p.notes() {
		fmt.Fprintf(w, "%s %s\n", c.Dim("note:"), note)
	}
	vips := p.vips()
	writeNotices(w, c, vips)
	p.writeRollout(w, c)
	p.writeUpgrades(w, c)
	writeOrder(w, c, vips)
	writeWhatIf(w, c, p.scenes(), vips)
}

// writeNotices prints what clients will notice of the vips that change.
func writeNotices(w io.Writer, c terminal.Palette, vips []vip) {
	title := "\n" + c.Bold("What clients will notice") + "\n"
	for _, v := range vips {
		if !v.Changed {
			continue
		}
		for _, n := range v.Notices {
			fmt.Fprintf(w, "%s  %s: %s\n", title, v.Vip, n)
			title = ""
		}
	}
}

// writeRollout prints in which order the hosts get their plans.
func (p proposal) writeRollout(w io.Writer, c terminal.Palette) {
	title := "\n" + c.Bold("Rollout") + "\n"
	for _, line := range p.rolloutLines() {
		fmt.Fprintf(w, "%s  %s\n", title, line)
		title = ""
	}
}

// writeOrder prints which host each vip prefers.
func writeOrder(w io.Writer, c terminal.Palette, vips []vip) {
	var rows terminal.Table
	vips, others := loud(vips, vip.quiet)
	for _, v := range vips {
		if len(v.Order) > 0 {
			rows = append(rows, append([]string{v.Vip, strings.Join(v.Addresses, " ")}, v.ranks()...))
		}
	}
	if len(rows) > 0 {
		fmt.Fprintf(w, "\n%s\n", c.Bold("Order of preference"))
		rows.Write(w, "  ", nil)
		if others > 0 {
			fmt.Fprintf(w, "  %s\n", c.Dim(unchangedVips(others)))
		}
	}
}

// loud returns all where few of them are quiet, and otherwise those that are not,
// and how many are left out.
func loud[T any](all []T, quiet func(T) bool) (shown []T, others int) {
	shown = slices.DeleteFunc(slices.Clone(all), quiet)
	if others = len(all) - len(shown); others <= shownQuiet {
		return all, 0
	}
	return shown, others
}

// quiet reports whether there is nothing to say of a host.
func (h proposed) quiet() bool {
	return h.Unread == nil && h.Damaged == nil && !h.changed() && h.followed() == "" && h.trial(time.Now()) == ""
}

func (v vip) quiet() bool { return !v.Changed }

// otherHosts names hosts beside those shown.
func otherHosts(shown []proposed) string {
	if len(shown) > 0 {
		return "other hosts"
	}
	return "hosts"
}

func unchangedVips(n int) string { return fmt.Sprintf("%d vips that do not change are left out", n) }

// ranks returns "1. lb01 (254)", "2. lb02 (244)", and says who is not hactl.
func (v vip) ranks() []string {
	var cells []string
	for i, m := range v.Order {
		words := fmt.Sprint(m.Priority)
		if m.Kind != plan.Hactl {
			words += ", " + string(m.Kind)
		}
		cells = append(cells, fmt.Sprintf("%d. %s (%s)", i+1, m.Host, words))
	}
	return cells
}

// headline says in one line what becomes of the host's plan.
func (h proposed) headline() string {
	switch {
	case h.Unread != nil:
		return fmt.Sprintf("unknown: its present plan cannot be read (%v)", h.Unread)
	case h.Damaged != nil:
		return fmt.Sprintf("what it has now is no plan and will be replaced by %s (%v)", fleet.Short(h.Next.Hash), h.Damaged)
	case h.Retired && h.changed():
		return "no longer in the configuration: gets an empty plan and gives everything up"
	case h.Stored == nil:
		return "first plan " + fleet.Short(h.Next.Hash)
	case !h.changed():
		return "nothing to change"
	}
	words := fmt.Sprintf("plan %s → %s", fleet.Short(h.Stored.Hash), fleet.Short(h.Next.Hash))
	if wave := h.Stored.Envelope.Wave; wave != "" {
		words += fmt.Sprintf("; what it has is wave %s of a change-over", wave)
	}
	return words
}

func (h proposed) write(w io.Writer, c terminal.Palette) {
	fmt.Fprintf(w, "%s  %s\n", c.Bold(h.Host), h.headline())
	if words := h.followed(); words != "" {
		fmt.Fprintf(w, "  %s %s\n", c.Yellow("note:"), words)
	}
	if words := h.trial(time.Now()); words != "" {
		fmt.Fprintf(w, "  %s %s\n", c.Yellow("note:"), words)
	}
	for _, change := range h.touched() {
		fmt.Fprintf(w, "  %s %s: %s\n", mark(c, change.Class), change.ID, change.Class)
		for _, what := range change.What {
			fmt.Fprintf(w, "      %s\n", what)
		}
	}
}

// touched returns what changes: routers, then other objects.
func (h proposed) touched() []plan.Change {
	routers, objects := h.changes()
	return slices.DeleteFunc(slices.Concat(routers, objects), func(c plan.Change) bool { return c.Class == plan.Untouched })
}

// mark returns the sign of a class, in its colour.
func mark(c terminal.Palette, class plan.Class) string {
	switch class {
	case plan.Added:
		return c.Green("+")
	case plan.Removed:
		return c.Red("-")
	case plan.Recreated:
		return c.Yellow("±")
	}
	return c.Yellow("~")
}
