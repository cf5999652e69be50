package rule

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNearest(t *testing.T) {
	for _, x := range []struct{ name, candidates, want string }{
		{"eth9", "eth0 lo", "eth0"},
		{"adress", "addresses address", "address"},
		{"SSH", "ssh labels", "ssh"},
		{"nope", "e", ""},
		{"b", "a c", ""},
		{"x", "xy", ""},
		{"public", "private static", ""},
		{"", "a", ""},
		{"lb03", "lb02 lb01", "lb01"},
		{"lb02", "LB02 lb2", "LB02"},
		{strings.Repeat("x", 300), strings.Repeat("x", 299), ""},
	} {
		if got := Nearest(x.name, strings.Fields(x.candidates)); got != x.want {
			t.Errorf("Nearest(%q, %s) = %q, want %q", x.name, x.candidates, got, x.want)
		}
	}
}

func TestLists(t *testing.T) {
	for n, want := range []string{"none", "a", "a and b", "a, b and c"} {
		if got := List([]string{"a", "b", "c"}[:n]); got != want {
			t.Errorf("List of %d: %q, want %q", n, got, want)
		}
	}
	if got := Or([]string{"a", "b", "c"}); got != "a, b or c" {
		t.Errorf("Or: %q", got)
	}
	if got := List(make([]string, 50)); !strings.HasSuffix(got, " and more") {
		t.Errorf("a long list ends in %q", got)
	}
}

// A finding stays readable whatever names and values the file has.
func TestClip(t *testing.T) {
	short := "There is no host lb03. Did you mean lb01?"
	if got := Clip(short); got != short {
		t.Errorf("a short detail became %q", got)
	}
	for name, long := range map[string]string{
		"one word":   "A host block has no " + strings.Repeat("ä", 1<<20) + ".",
		"many words": "A host can't be " + strings.Repeat("x y ", 1<<20) + ".",
	} {
		got := Clip(long)
		if len(got) > 5000 || !strings.Contains(got, "…") || !utf8.ValidString(got) {
			t.Errorf("%s: %d bytes: %.200s", name, len(got), got)
		}
	}
	if got := Clip("No " + strings.Repeat("x", 500) + "."); !strings.HasSuffix(got, "x….") {
		t.Errorf("the sentence has lost its end: %q", got)
	}
}
