package program

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// However the writes are cut, the tail is the end of the whole.
func TestTailIsTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		writes := rapid.SliceOf(rapid.StringMatching(`[a-z]{0,30}`)).Draw(t, "writes")
		tl := &tail{limit: limit}
		for _, w := range writes {
			if n, err := tl.Write([]byte(w)); n != len(w) || err != nil {
				t.Fatalf("Write: %d, %v", n, err)
			}
			if len(tl.kept) > 2*limit {
				t.Fatalf("keeps %d bytes of %d", len(tl.kept), limit)
			}
		}
		whole := strings.Join(writes, "")
		cut := max(0, len(whole)-limit)
		if text, before := tl.end(); text != whole[cut:] || before != int64(cut) {
			t.Fatalf("%q, cut %d; want %q, cut %d", text, before, whole[cut:], cut)
		}
	})
}

func TestTailIsText(t *testing.T) {
	tl := &tail{limit: 3}
	_, _ = tl.Write([]byte("aäb")) // the limit cuts through the ä
	if got, _ := tl.end(); got != "äb" {
		t.Errorf("%q", got)
	}
	tl.limit = 2
	if got, _ := tl.end(); got != "�b" {
		t.Errorf("%q", got)
	}
}
