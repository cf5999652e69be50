package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// PrintJSON prints v as indented JSON and a line end.
func PrintJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Table is rows of cells, printed in columns that are as wide as need be.
type Table [][]string

// Write prints the rows, each after indent. paint, which may be nil, colours a
// cell without changing its width.
func (t Table) Write(w io.Writer, indent string, paint func(row, column int, cell string) string) {
	var widths []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for n, row := range t {
		fmt.Fprintf(w, "%s%s\n", indent, t.line(n, row, widths, paint))
	}
}

func (t Table) line(n int, row []string, widths []int, paint func(row, column int, cell string) string) string {
	var b strings.Builder
	for i, cell := range row {
		shown := cell
		if paint != nil {
			shown = paint(n, i, cell)
		}
		b.WriteString(shown)
		if i < len(row)-1 {
			b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
	}
	return strings.TrimRight(b.String(), " ")
}
