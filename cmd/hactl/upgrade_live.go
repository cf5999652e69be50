package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hactl/agent/upgrade"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/cmd/hactl/internal/terminal"
)

// liveTeller shows a line for each host on a terminal, drawn anew as they get on. What
// is about all of them, or is no step of a host, stands above.
type liveTeller struct {
	screen  *terminal.Screen // of which only the size is asked
	palette terminal.Palette
	shown   []string // lines that are on the screen, above the cursor
}

// rank is which hosts are shown before others where there is no room for all.
var rank = map[rollout.State]int{rollout.UnderWay: 0, rollout.Failed: 1, rollout.Returned: 2, rollout.Arrived: 3, rollout.NotBegun: 4}

// say prints what does not show in the hosts' lines.
func (t *liveTeller) say(l upgradeLine) {
	if l.Step == "" && l.Verdict == "" && l.Text != "" {
		t.draw(append([]string{terminal.Harmless(cmp.Or(l.Host, l.Upgrade) + "  " + l.Text)}, t.shown...))
		t.shown = t.shown[1:]
	}
}

// show draws where the hosts are.
func (t *liveTeller) show(r *rollout.Upgrade) {
	if lines := t.lines(r, time.Now()); !slices.Equal(lines, t.shown) {
		t.draw(lines)
	}
}

func (t *liveTeller) end(l upgradeLine) {
	if l.Outcome.Confirmed {
		fmt.Fprintf(t.screen.Out, "\n%s\n", l.Text)
	}
}

// lines are the hosts at now, as many as the screen has room for: those that are under
// way before others.
func (t *liveTeller) lines(r *rollout.Upgrade, now time.Time) []string {
	width, height := t.screen.Size()
	hosts := slices.Clone(r.Hosts)
	more := max(0, len(hosts)-max(1, height-3))
	if more > 0 {
		slices.SortStableFunc(hosts, func(a, b *rollout.Host) int { return rank[a.State] - rank[b.State] })
		hosts = hosts[:len(hosts)-more]
	}
	rows := terminal.Table{}
	for _, h := range hosts {
		rows = append(rows, cellsOf(h, now))
	}
	var b strings.Builder
	rows.Write(&b, "", t.paint)
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	if more > 0 {
		lines = append(lines, t.palette.Dim(fmt.Sprintf("and %d more hosts", more)))
	}
	for i := range lines {
		lines[i] = terminal.Cut(lines[i], width)
	}
	return lines
}

// cellsOf are host, step, connections left, time since it was told, and words.
func cellsOf(h *rollout.Host, now time.Time) []string {
	if h.Order == nil {
		return []string{h.Host, h.State.String(), "", "", h.Runs()}
	}
	step, connections, until := cmp.Or(h.Last.Verdict, h.Last.Stage, "told"), "", now
	if h.Last.Verdict != "" {
		until = h.Moved
	}
	if h.State == rollout.Returned {
		step = string(upgrade.Reverted)
	}
	if n := h.Last.Connections; n > 0 && h.State == rollout.UnderWay {
		connections = fmt.Sprintf("%d left", n)
	}
	return []string{h.Host, step, connections, until.Sub(h.Given).Truncate(time.Second).String(), h.Last.Text}
}

func (t *liveTeller) paint(_, column int, cell string) string {
	switch {
	case column == 0:
		return t.palette.Bold(cell)
	case column != 1:
		return cell
	case fleet.Succeeds(cell), cell == rollout.Arrived.String():
		return t.palette.Green(cell)
	case cell == rollout.NotBegun.String():
		return t.palette.Dim(cell)
	case slices.Contains([]upgrade.Verdict{upgrade.Refused, upgrade.Reverted, upgrade.Stuck, upgrade.Down}, upgrade.Verdict(cell)):
		return t.palette.Red(cell)
	}
	return t.palette.Yellow(cell)
}

// draw shows lines in place of those that were there.
func (t *liveTeller) draw(lines []string) {
	var b strings.Builder
	if n := len(t.shown); n > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", n)
	}
	for _, line := range lines {
		b.WriteString("\r\x1b[2K" + line + "\n")
	}
	b.WriteString("\x1b[J")
	_, _ = t.screen.Out.WriteString(b.String()) // the rollout goes on without it
	t.shown = lines
}
