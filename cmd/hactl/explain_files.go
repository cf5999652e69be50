package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hactl/lang/rule"

	"github.com/aymanbagabas/go-udiff"
)

// explainFiles prints the files of one side of an example, with a mark at each
// line that differs from the other side.
func explainFiles(w io.Writer, side string, paint func(string) string, mark string, files, other []rule.File) {
	for _, f := range files {
		fmt.Fprintf(w, "\n  %s\n", paint(side+", "+f.Name))
		counterpart := textOf(other, f.Name)
		changed := changedLines(f.Text, counterpart)
		for i, line := range linesOf(f.Text) {
			if changed[i] && line != "" && counterpart != "" {
				fmt.Fprintln(w, paint("  "+mark+" "+line))
			} else {
				fmt.Fprintln(w, strings.TrimRight("    "+line, " "))
			}
		}
	}
}

// textOf returns the text of the file of that name; empty when there is none.
func textOf(files []rule.File, name string) string {
	i := slices.IndexFunc(files, func(f rule.File) bool { return f.Name == name })
	if i < 0 {
		return ""
	}
	return files[i].Text
}

// linesOf returns the lines of a text without their ends.
func linesOf(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

// changedLines tells of each line of text whether it differs from other. How lines
// are indented and aligned does not count.
func changedLines(text, other string) []bool {
	lines := plainLines(text)
	edits := udiff.Lines(strings.Join(lines, ""), strings.Join(plainLines(other), ""))
	changed := make([]bool, len(lines))
	at := 0
	for i, line := range lines {
		changed[i] = slices.ContainsFunc(edits, func(e udiff.Edit) bool { return e.Start < at+len(line) && e.End > at })
		at += len(line)
	}
	return changed
}

// plainLines returns the lines of a text with single spaces.
func plainLines(text string) []string {
	lines := linesOf(text)
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ") + "\n"
	}
	return lines
}
