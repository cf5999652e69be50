package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// dot writes the drawing for Graphviz.
func (d drawing) dot(w io.Writer) {
	shapes := map[string]string{"host": "box", "segment": "ellipse", "vip": "house", "check": "diamond"}
	fmt.Fprintf(w, "digraph hactl {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n")
	for _, t := range d.Things {
		fmt.Fprintf(w, "  %s [shape=%s, label=%s];\n", dotText(t.ID), shapes[t.Kind], dotText(strings.Join(t.Words, "\n")))
	}
	for _, l := range d.Lines {
		fmt.Fprintf(w, "  %s -> %s [label=%s%s];\n", dotText(l.From), dotText(l.To), dotText(l.Words), l.dotStyle())
	}
	fmt.Fprintln(w, "}")
}

func (l line) dotStyle() string {
	switch {
	case strings.HasPrefix(l.To, "segment "):
		return ", dir=none"
	case l.Second:
		return ", style=dashed"
	}
	return ""
}

// dotText quotes a text as Graphviz does.
func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// mermaid writes the drawing for Mermaid, whose names are numbers here, since it
// takes few signs in them.
func (d drawing) mermaid(w io.Writer) {
	shapes := map[string][2]string{"host": {"[", "]"}, "segment": {"([", "])"}, "vip": {"[/", `\]`}, "check": {"{{", "}}"}}
	numbers := map[string]string{}
	fmt.Fprintln(w, "flowchart LR")
	for i, t := range d.Things {
		numbers[t.ID] = "n" + strconv.Itoa(i+1)
		fmt.Fprintf(w, "  %s%s%s%s\n", numbers[t.ID], shapes[t.Kind][0], mermaidText(strings.Join(t.Words, "\n")), shapes[t.Kind][1])
	}
	for _, l := range d.Lines {
		fmt.Fprintf(w, "  %s %s|%s| %s\n", numbers[l.From], l.mermaidArrow(), mermaidText(l.Words), numbers[l.To])
	}
}

func (l line) mermaidArrow() string {
	switch {
	case strings.HasPrefix(l.To, "segment "):
		return "---"
	case l.Second:
		return "-.->"
	}
	return "-->"
}

// mermaidText quotes a text as Mermaid does.
func mermaidText(s string) string {
	return `"` + strings.NewReplacer(`"`, "#quot;", "#", "#35;", "<", "#lt;", ">", "#gt;", "\n", "<br/>").Replace(s) + `"`
}
