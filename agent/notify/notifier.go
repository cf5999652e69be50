package notify

import (
	"context"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"

	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Notifier serves the targets of a plan. Its methods but Run may be called from
// anywhere, and never wait for a target.
type Notifier struct {
	log     *slog.Logger
	open    opener
	arrived *inbox[*target] // to be served by Run; a nil one: no more will come

	mu      sync.Mutex
	targets map[string]*target // by name: those that the plan names, and those that it has dropped while it does not name them again
	dropped map[string]bool    // names of the latter
}

// New returns a notifier without targets. Nothing is told before Run.
func New(log *slog.Logger) *Notifier {
	return &Notifier{log: log, open: open, arrived: newInbox[*target](), targets: map[string]*target{}, dropped: map[string]bool{}}
}

// Run serves the targets until Leave has been called and all of them have heard
// what they had still to hear, or ctx ends.
func (n *Notifier) Run(ctx context.Context) {
	var tasks sync.WaitGroup
	defer tasks.Wait()
	for {
		select {
		case <-n.arrived.more:
			for _, t := range n.arrived.take() {
				if t == nil { // Leave
					return
				}
				tasks.Go(func() { t.serve(ctx) })
			}
		case <-ctx.Done():
			return
		}
	}
}

// Follow takes over the targets of a plan. One that stays keeps what it has still
// to hear; one that goes is served for a little longer.
func (n *Notifier) Follow(targets []plan.Notify) {
	n.mu.Lock()
	defer n.mu.Unlock()
	named := map[string]bool{}
	for _, p := range targets {
		named[p.Name] = true
		n.follow(p)
	}
	for name, t := range n.targets {
		if !named[name] && !n.dropped[name] {
			n.dropped[name] = true
			t.inbox.put(expire{})
		}
	}
}

// follow takes over one target.
func (n *Notifier) follow(p plan.Notify) {
	t := n.targets[p.Name]
	switch {
	case t == nil || n.dropped[p.Name]: // one that was dropped goes on beside it
		t = newTarget(p, n.open, n.log)
		n.targets[p.Name] = t
		delete(n.dropped, p.Name)
		n.arrived.put(t)
	case !reflect.DeepEqual(t.named, p):
		t.named = p
		t.inbox.put(replace{p})
	}
}

// Tell lets the targets of these names hear of an event, if they want to.
func (n *Notifier) Tell(names []string, e event.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, name := range names {
		if t := n.targets[name]; t != nil {
			t.inbox.put(told{e})
		}
	}
}

// Leave lets Run return when every target has heard what it had still to hear.
func (n *Notifier) Leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, t := range n.targets {
		t.inbox.put(leave{})
	}
	n.arrived.put(nil)
}

// Report says how the targets of the plan do, sorted by name.
func (n *Notifier) Report() []status.Target {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []status.Target
	for name, t := range n.targets {
		if !n.dropped[name] {
			list = append(list, t.reported())
		}
	}
	slices.SortFunc(list, func(a, b status.Target) int { return strings.Compare(a.Name, b.Name) })
	return list
}
