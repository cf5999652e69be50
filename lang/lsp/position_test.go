package lsp

import (
	"testing"
	"testing/quick"
)

// The protocol counts characters in UTF-16 code units, and ends lines with \n,
// \r\n or \r.
func TestPositions(t *testing.T) {
	d := newDocument("# wëb 😀 x\r\nsecond\rthird\n")
	for _, test := range []struct {
		p      Position
		offset int
	}{
		{Position{0, 0}, 0},
		{Position{0, 3}, 3},  // ë is 2 bytes and 1 unit
		{Position{0, 4}, 5},  // b
		{Position{0, 6}, 7},  // the first half of 😀
		{Position{0, 8}, 11}, // behind both
		{Position{0, 10}, 13},
		{Position{1, 0}, 15},
		{Position{2, 0}, 22},
		{Position{3, 0}, 28},
	} {
		if got := d.offset(test.p); got != test.offset {
			t.Errorf("offset of %v is %d, want %d", test.p, got, test.offset)
		}
		if got := d.position(test.offset); got != test.p {
			t.Errorf("position of %d is %v, want %v", test.offset, got, test.p)
		}
	}
}

// A place outside of the text counts as the nearest one in it.
func TestPositionsOutside(t *testing.T) {
	d := newDocument("a😀\nb")
	for p, want := range map[Position]int{
		{0, 2}: 1, {0, 99}: 5, {0, -1}: 0, {-1, 5}: 0, {99, 0}: 7, {1, 99}: 7, {1, -5}: 6,
	} {
		if got := d.offset(p); got != want {
			t.Errorf("offset of %v is %d, want %d", p, got, want)
		}
	}
	for offset, want := range map[int]Position{-1: {0, 0}, 99: {1, 1}} {
		if got := d.position(offset); got != want {
			t.Errorf("position of %d is %v, want %v", offset, got, want)
		}
	}
}

// Every beginning of a character is found again.
func TestPositionsReturn(t *testing.T) {
	returns := func(text string) bool {
		d := newDocument(text)
		for i := range text {
			if p := d.position(i); d.offset(p) != i && text[i] != '\n' {
				return false
			}
		}
		return true
	}
	if err := quick.Check(returns, nil); err != nil {
		t.Error(err)
	}
}
