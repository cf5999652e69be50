package terminal

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Colours is how a palette changes colours.
var Colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Cut shortens a line to the width of the screen. Colours take no room; any other
// control character might be an order to the terminal, and is shown as a mark.
func Cut(line string, width int) string {
	room, end := width, ""
	if utf8.RuneCountInString(Colours.ReplaceAllString(line, "")) > width {
		room, end = width-1, "…\x1b[0m"
	}
	var b strings.Builder
	for line != "" && room > 0 {
		if at := Colours.FindStringIndex(line); at != nil && at[0] == 0 {
			b.WriteString(line[:at[1]])
			line = line[at[1]:]
			continue
		}
		r, size := utf8.DecodeRuneInString(line)
		if unicode.IsControl(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
		line, room = line[size:], room-1
	}
	if end == "" {
		return b.String() + strings.Join(Colours.FindAllString(line, -1), "")
	}
	return b.String() + end
}

// Wrap breaks text into lines of at most width runes where it can. Lines that
// begin with white space are kept as they are.
func Wrap(text string, width int) []string {
	var lines []string
	for _, paragraph := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if paragraph == "" || strings.TrimLeft(paragraph, " \t") != paragraph {
			lines = append(lines, paragraph)
			continue
		}
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
				lines, line = append(lines, line), ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		lines = append(lines, line)
	}
	return lines
}
