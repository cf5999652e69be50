package notify

import (
	"context"
	"slices"
	"sync"

	"hactl/schemas/event"
)

// Stream is the events of an agent for whoever reads along. It keeps the last
// ones for those who come later.
type Stream struct {
	mu      sync.Mutex
	count   uint64
	backlog []event.Event // the last ones, oldest first
	readers map[*reader]bool
	closed  bool
	serving sync.WaitGroup // readers that are being served
}

// Bounds of a stream.
const (
	kept    = 1024 // events in the backlog
	keptOn  = 256  // of them, those that Save returns
	pending = 8192 // events that one reader may be behind
)

// NewStream returns a stream without events.
func NewStream() *Stream { return &Stream{readers: map[*reader]bool{}} }

// Add numbers an event, tells it to all readers, and returns it. It never blocks:
// a reader that is too far behind misses it, and all that follow.
func (s *Stream) Add(e event.Event) event.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	e.Sequence = s.count
	if len(s.backlog) == kept {
		s.backlog = s.backlog[1:]
	}
	s.backlog = append(s.backlog, e)
	for r := range s.readers {
		r.add(e)
	}
	return e
}

// SavedStream is what another process needs to go on with a stream.
type SavedStream struct {
	Count   uint64        // events so far
	Backlog []event.Event `json:",omitempty"` // the last ones, oldest first
}

// Save returns the stream without its readers. Of the backlog only the end goes on,
// since routers wait meanwhile.
func (s *Stream) Save() SavedStream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return SavedStream{s.count, slices.Clone(s.backlog[max(0, len(s.backlog)-keptOn):])}
}

// Resume makes a stream without events go on as the one that was saved.
func (s *Stream) Resume(saved SavedStream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count, s.backlog = saved.Count, slices.Clone(saved.Backlog[max(0, len(saved.Backlog)-kept):])
}

// Close lets every reader end after what it has still to get, and waits for that
// until ctx ends.
func (s *Stream) Close(ctx context.Context) {
	s.mu.Lock()
	s.closed = true
	for r := range s.readers {
		close(r.more)
	}
	clear(s.readers)
	s.mu.Unlock()
	served := make(chan struct{})
	go func() { s.serving.Wait(); close(served) }()
	select {
	case <-served:
	case <-ctx.Done():
	}
}

// reader is somebody who reads a stream.
type reader struct {
	stream *Stream
	more   chan struct{} // has one when there is something to take; closed: nothing will follow
	behind []event.Event
	missed uint64
	late   bool // the stream had been closed: nobody waits for this reader
}

// read returns a reader that has the backlog to begin with. When it does not
// follow, that is all. It is to be left.
func (s *Stream) read(follow bool) *reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &reader{stream: s, more: make(chan struct{}, 1), behind: slices.Clone(s.backlog), late: s.closed}
	if !r.late {
		s.serving.Add(1)
	}
	if !follow || r.late {
		close(r.more)
		return r
	}
	s.readers[r] = true
	r.more <- struct{}{}
	return r
}

// add gives a reader one more. The stream is locked.
func (r *reader) add(e event.Event) {
	if len(r.behind) == pending {
		r.missed++
		return
	}
	r.behind = append(r.behind, e)
	select {
	case r.more <- struct{}{}:
	default: // it has been told
	}
}

// next waits for events; ended: those are the last. A reader that was too slow has
// missed some, and gets no more.
func (r *reader) next(ctx context.Context) (events []event.Event, missed uint64, ended bool) {
	select {
	case _, more := <-r.more:
		ended = !more
	case <-ctx.Done():
		return nil, 0, true
	}
	r.stream.mu.Lock()
	defer r.stream.mu.Unlock()
	events, r.behind = r.behind, nil
	return events, r.missed, ended || r.missed > 0
}

// leave ends the reading.
func (r *reader) leave() {
	r.stream.mu.Lock()
	delete(r.stream.readers, r)
	r.stream.mu.Unlock()
	if !r.late {
		r.stream.serving.Done()
	}
}
