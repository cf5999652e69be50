package board

import (
	"fmt"
	"io"
	"strconv"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"
)

// targetProblems says what is wrong with the notification targets of a host.
func targetProblems(targets []status.Target) []string {
	var words []string
	for _, t := range targets {
		if t.Problem != "" {
			words = append(words, fmt.Sprintf("notify %s: %s", t.Name, t.Problem))
		}
	}
	return words
}

// writeTargets prints how the notification targets of a host do; nothing when
// there is none.
func writeTargets(w io.Writer, p terminal.Palette, targets []status.Target) {
	if len(targets) == 0 {
		return
	}
	rows := terminal.Table{{"NOTIFY", "BY", "TOLD", "WAITING", "OVERTAKEN", "FAILED"}}
	for _, t := range targets {
		rows = append(rows, []string{
			t.Name, t.Kind, strconv.FormatUint(t.Delivered, 10), strconv.Itoa(t.Waiting),
			strconv.FormatUint(t.Dropped, 10), strconv.FormatUint(t.Failed, 10),
		})
	}
	rows.Write(w, "  ", func(row, column int, cell string) string {
		switch {
		case row == 0:
			return p.Dim(cell)
		case column >= 3 && cell != "0":
			return p.Yellow(cell)
		}
		return cell
	})
}
