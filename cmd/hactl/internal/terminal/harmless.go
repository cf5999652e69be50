package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Harmless is lines for a terminal in which nothing gives it orders: what agents
// tell has words of programs and servers in it. Colours and the ends of lines stay,
// any other control character is shown as a mark.
func Harmless(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		end, colour := len(text), ""
		if at := Colours.FindStringIndex(text); at != nil {
			end, colour = at[0], text[at[0]:at[1]]
		}
		b.WriteString(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) && r != '\n' {
				return utf8.RuneError
			}
			return r
		}, text[:end]))
		b.WriteString(colour)
		text = text[end+len(colour):]
	}
	return b.String()
}
