package program

import (
	"strings"
	"sync"
)

// tail keeps the last bytes of what is written to it.
type tail struct {
	limit int // how many

	mu    sync.Mutex
	kept  []byte // at most twice limit, so that few writes move bytes
	total int64  // bytes that were written
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total += int64(len(p))
	t.kept = append(t.kept, p[max(0, len(p)-t.limit):]...)
	if over := len(t.kept) - t.limit; over > t.limit {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// end returns the last bytes as valid UTF-8, and how many came before them.
func (t *tail) end() (text string, cut int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := t.kept[max(0, len(t.kept)-t.limit):]
	return strings.ToValidUTF8(string(last), "\uFFFD"), max(0, t.total-int64(t.limit))
}
