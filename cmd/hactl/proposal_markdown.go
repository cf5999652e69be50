package main

import (
	"fmt"
	"hactl/cmd/hactl/internal/whatif"
	"io"
	"strings"
	"time"
)

// markdown prints the proposal as it reads well in a review.
func (p proposal) markdown(w io.Writer) {
	fmt.Fprintf(w, "## Plan\n\n%s\n\n", p.source())
	hosts, others := loud(p.Hosts, proposed.quiet)
	for _, h := range hosts {
		h.markdown(w)
	}
	if others > 0 {
		fmt.Fprintf(w, "- %d %s: nothing to change\n", others, otherHosts(hosts))
	}
	for _, fault := range p.secretFaults() {
		fmt.Fprintf(w, "- **secret**: %s\n", fault)
	}
	for _, note := range p.notes() {
		fmt.Fprintf(w, "- %s\n", note)
	}
	if lines := p.rolloutLines(); len(lines) > 0 {
		fmt.Fprintf(w, "\nRollout: %s\n", strings.Join(lines, "; "))
	}
	p.markdownUpgrades(w)
	if vips, others := loud(p.vips(), vip.quiet); len(vips) > 0 {
		markdownVips(w, vips, others)
		p.markdownWhatIf(w, vips)
	}
}

func (h proposed) markdown(w io.Writer) {
	fmt.Fprintf(w, "- **%s**: %s\n", h.Host, h.headline())
	if words := h.followed(); words != "" {
		fmt.Fprintf(w, "  - **note**: %s\n", words)
	}
	if words := h.trial(time.Now()); words != "" {
		fmt.Fprintf(w, "  - **note**: %s\n", words)
	}
	for _, change := range h.touched() {
		fmt.Fprintf(w, "  - `%s` %s: %s\n", change.ID, change.Class, strings.Join(change.What, "; "))
	}
}

// markdownVips prints a table of vips, beside which there are others.
func markdownVips(w io.Writer, vips []vip, others int) {
	fmt.Fprint(w, "\n| vip | addresses | order of preference | what clients will notice |\n|---|---|---|---|\n")
	for _, v := range vips {
		fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", v.Vip, strings.Join(v.Addresses, " "), strings.Join(v.ranks(), ", "), strings.Join(v.Notices, "; "))
	}
	if others > 0 {
		fmt.Fprintf(w, "\n%s\n", unchangedVips(others))
	}
}

// markdownWhatIf prints what comes of failures, of vips that do not change only when
// they are few.
func (p proposal) markdownWhatIf(w io.Writer, vips []vip) {
	changes := changing(vips)
	shown, others := loud(p.scenes(), func(s *whatif.Scene) bool { return !changes(s) })
	whatif.Markdown(w, shown)
	if others > 0 {
		fmt.Fprintf(w, "\n%d more of vips that do not change: `hactl plan --what-if` shows all\n", others)
	}
}
