package notify

import "sync"

// inbox hands things from goroutines that must not wait to one that takes them
// soon: a reader that never blocks keeps it short.
type inbox[T any] struct {
	mu    sync.Mutex
	items []T
	more  chan struct{} // has one when there is something to take
}

func newInbox[T any]() *inbox[T] { return &inbox[T]{more: make(chan struct{}, 1)} }

// put adds one, and never blocks.
func (b *inbox[T]) put(item T) {
	b.mu.Lock()
	b.items = append(b.items, item)
	b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default: // the reader has been told
	}
}

// take returns all that there is, in order.
func (b *inbox[T]) take() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = nil
	return items
}
