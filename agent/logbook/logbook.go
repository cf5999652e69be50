package logbook

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Format is how lines are written.
type Format struct {
	JSON     bool       // an object a line, instead of key=value
	Least    slog.Level // what is below it is not logged
	Priority bool       // each line begins with its level as systemd's journal wants it, "<4>" (sd-daemon(3))
}

// capacity is how many lines may wait.
const capacity = 1024

// Book is a log. Its handlers may be used by any goroutine, and never wait.
type Book struct {
	out     io.Writer
	format  Format
	queue   chan entry
	dropped atomic.Uint64

	mu    sync.Mutex
	level slog.Level // of the line that is being made
	lost  uint64     // lines since the last one that was put into the queue
}

// entry is one line, and how many were lost right before it.
type entry struct {
	line    []byte
	lost    uint64
	reached chan struct{} // closed when all before it is written; nil: nobody waits for that
}

// New returns a book whose lines Run writes to out.
func New(out io.Writer, f Format) *Book {
	return &Book{out: out, format: f, queue: make(chan entry, capacity)}
}

// Logger returns a logger that writes into the book.
func (b *Book) Logger() *slog.Logger {
	return slog.New(handler{b.inner(writer(b.put)), b})
}

// Dropped returns how many lines have been lost so far.
func (b *Book) Dropped() uint64 { return b.dropped.Load() }

// Flush waits until what has been logged so far is written, but not longer than
// limit.
func (b *Book) Flush(limit time.Duration) {
	over := time.After(limit)
	reached := make(chan struct{})
	select {
	case b.queue <- entry{reached: reached}:
	case <-over:
		return
	}
	select {
	case <-reached:
	case <-over:
	}
}

// Run writes lines until ctx ends, and then those that wait still. It waits for
// out for as long as out takes. An error of out is nobody's to hear.
func (b *Book) Run(ctx context.Context) {
	for {
		select {
		case e := <-b.queue:
			b.write(e)
		case <-ctx.Done():
			for len(b.queue) > 0 {
				b.write(<-b.queue)
			}
			return
		}
	}
}

// write writes one line, what was lost before it, and, when it is the last one,
// what was lost since.
func (b *Book) write(e entry) {
	if e.reached != nil {
		close(e.reached)
		return
	}
	b.confess(e.lost)
	_, _ = b.out.Write(e.line)
	b.confess(b.since())
}

// since takes what was lost after the last line, when that has been written.
func (b *Book) since() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) > 0 {
		return 0
	}
	lost := b.lost
	b.lost = 0
	return lost
}

// confess writes how many lines were lost.
func (b *Book) confess(lost uint64) {
	if lost > 0 {
		slog.New(b.inner(writer(b.print))).Warn("lines of this log were lost: whoever reads it was too slow", "lines", lost)
	}
}

// put puts a line that has just been made into the queue, or counts it as lost.
// The book is locked.
func (b *Book) put(line []byte) {
	e := entry{line: []byte(b.prefix(b.level) + string(line)), lost: b.lost}
	select {
	case b.queue <- e:
		b.lost = 0
	default:
		b.lost++
		b.dropped.Add(1)
	}
}

// print writes a line of the book's own.
func (b *Book) print(line []byte) {
	_, _ = io.WriteString(b.out, b.prefix(slog.LevelWarn)+string(line))
}

// prefix is what a line of some level begins with.
func (b *Book) prefix(l slog.Level) string {
	if !b.format.Priority {
		return ""
	}
	return fmt.Sprintf("<%d>", priority(l))
}

// priority is a level as syslog(3) counts.
func priority(l slog.Level) int {
	switch {
	case l >= slog.LevelError:
		return 3
	case l >= slog.LevelWarn:
		return 4
	case l >= slog.LevelInfo:
		return 6
	}
	return 7
}

// inner returns what makes lines.
func (b *Book) inner(w io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: b.format.Least}
	if b.format.JSON {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// writer is a function as an io.Writer.
type writer func([]byte)

// Write implements io.Writer.
func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
