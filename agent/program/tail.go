package program

import "strings"

// tail keeps the last bytes of what is written to it.
type tail struct {
	limit int    // how many
	kept  []byte // at most twice limit, so that few writes move bytes
	cut   int64  // bytes that came before those that String returns
	total int64
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.total += int64(len(p))
	t.kept = append(t.kept, p[max(0, len(p)-t.limit):]...)
	if over := len(t.kept) - t.limit; over > t.limit {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	t.cut = max(0, t.total-int64(t.limit))
	return len(p), nil
}

// String returns the last bytes as valid UTF-8.
func (t *tail) String() string {
	return strings.ToValidUTF8(string(t.kept[max(0, len(t.kept)-t.limit):]), "�")
}
