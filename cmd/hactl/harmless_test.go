package main

import (
	"strings"
	"testing"
	"time"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/event"
)

func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"two\nlines":                    "two\nlines",
		"\x1b[31mred\x1b[0m and dull":   "\x1b[31mred\x1b[0m and dull",
		"a\x1b]0;title\x07b\x1b[2Jc\r":  "a\ufffd]0;title\ufffdb\ufffd[2Jc\ufffd",
		"\u009b2J, in one character":    "\ufffd2J, in one character",
		"Grüße\x1b[1m, \x1b[?25lhidden": "Grüße\x1b[1m, \ufffd[?25lhidden",
	} {
		if got := terminal.Harmless(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// What a server or a program has said gives the terminal no orders.
func TestEventsGiveNoOrders(t *testing.T) {
	var b strings.Builder
	e := event.Event{Time: time.Unix(0, 0), Router: "web/public/ipv4", Old: "backup", New: "active", Cause: "check x is down: \x1b[2J"}
	if err := writeEvent(&b, terminal.Palette(true), e); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "\x1b[2J") || !strings.HasSuffix(b.String(), "\n") {
		t.Errorf("got %q", b.String())
	}
}
