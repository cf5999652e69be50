package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"hactl/cmd/hactl/internal/board"
	"hactl/schemas/event"
)

// sight is what one look has brought.
type sight struct {
	reports []board.Report
	err     error // why there is nothing new
}

// lookout is where what is watched comes from.
type lookout struct {
	look  func(context.Context) sight   // once
	tell  func(context.Context, func()) // calls a function after events, until it fails or ctx ends; nil: nobody tells
	close func()
}

// openLookout chooses as status does: the agent of this machine, or the store.
func openLookout(cmd *cobra.Command, args []string, flags statusFlags) (*lookout, error) {
	if flags.local(cmd, args) {
		return localLookout(flags.socket), nil
	}
	s, hosts, err := storeAndHosts(cmd, folderOf(args), flags)
	if err != nil {
		return nil, err
	}
	return &lookout{
		look:  func(ctx context.Context) sight { return sight{reports: gather(ctx, s, hosts)} },
		close: func() { s.Close() },
	}, nil
}

// localLookout is the agent that listens on a socket.
func localLookout(socket string) *lookout {
	return &lookout{
		look: func(ctx context.Context) sight {
			host, err := askAgent(ctx, socket)
			if err != nil {
				return sight{err: err}
			}
			return sight{reports: []board.Report{{Host: host.Host, Status: host}}}
		},
		tell: func(ctx context.Context, happened func()) {
			stream, err := openEvents(ctx, eventsFlags{socket: socket, follow: true})
			if err != nil {
				return
			}
			defer stream.Close()
			_ = readEvents(stream, func(event.Event, []byte) error { happened(); return nil }) // it is opened again
		},
		close: func() {},
	}
}

// run looks every interval, and after events, until ctx ends. Looks are never
// closer to each other than shortestWatch.
func (s *lookout) run(ctx context.Context, interval time.Duration, sights chan<- sight) {
	happened := make(chan struct{}, 1)
	if s.tell != nil {
		go s.listen(ctx, interval, happened)
	}
	for {
		begun := time.Now()
		select {
		case sights <- s.look(ctx):
		case <-ctx.Done():
			return
		}
		wait(ctx, time.Until(begun.Add(shortestWatch)), nil)
		if !wait(ctx, time.Until(begun.Add(interval)), happened) {
			return
		}
	}
}

// listen notes in happened that there were events, and listens again when the
// stream has ended.
func (s *lookout) listen(ctx context.Context, interval time.Duration, happened chan<- struct{}) {
	for ctx.Err() == nil {
		s.tell(ctx, func() {
			select {
			case happened <- struct{}{}:
			default: // that is known already
			}
		})
		wait(ctx, interval, nil)
	}
}

// wait waits until a time is over or early has something, and reports whether ctx
// goes on.
func wait(ctx context.Context, d time.Duration, early <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-early:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
