package terminal

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"active", 6, "active"},
		{"active", 5, "acti…\x1b[0m"},
		{"grün", 4, "grün"},
		{"\x1b[32mactive\x1b[0m", 6, "\x1b[32mactive\x1b[0m"},
		{"\x1b[32mactive\x1b[0m", 3, "\x1b[32mac…\x1b[0m"},
		{"a\x1b]0;title\x07b", 20, "a\uFFFD]0;title\uFFFDb"}, // orders to the terminal are none
		{"a\tb\r\xffc", 20, "a\uFFFDb\uFFFD\uFFFDc"},
		{"", 0, ""},
	} {
		if got := Cut(c.line, c.width); got != c.want {
			t.Errorf("cut(%q, %d): %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("\x1b[32mactive\x1b[0m \x1b[2J", 5)
	f.Fuzz(func(t *testing.T, line string, width int) {
		got := Colours.ReplaceAllString(Cut(line, width), "")
		if n := utf8.RuneCountInString(got); width >= 1 && n > width {
			t.Errorf("%d characters, want %d: %q", n, width, got)
		}
		if strings.ContainsAny(got, "\x1b\x07\r\n\t") {
			t.Errorf("an order to the terminal is left in %q", got)
		}
	})
}
