package agent

import (
	"slices"
	"time"

	"hactl/agent/node"
)

// retryAfter is how long the kernel is left alone after it refused an address.
const retryAfter = time.Second

// linksChanged lets the links be looked at soon. Changes that come before that
// are seen together.
func (a *Agent) linksChanged() {
	if a.linksPending.CompareAndSwap(false, true) {
		a.post(a.lookAtLinks)
	}
}

// lookAtLinks lets the links be looked at as soon as the hands are free.
func (a *Agent) lookAtLinks() {
	a.hands.look()
	a.hands.begin()
}

// linked tells the node what links there are, if that is known.
func (a *Agent) linked(links []node.Link, err error) {
	if err != nil {
		a.cfg.Log.Error("cannot read the interfaces; the last known state stands", "error", err)
		a.retryLater()
		return
	}
	a.wires.know(links)
	a.step(node.Links{Links: links})
	a.connect()
}

// connect opens and closes sockets as the node needs them.
func (a *Agent) connect() {
	open := a.wires.open(a.node.Sockets())
	if !slices.Equal(open, a.open) {
		a.open = open
		a.step(node.Sockets{Open: open})
	}
}

// retryLater looks at the kernel again after a while.
func (a *Agent) retryLater() {
	if a.retry == nil {
		a.retry = time.AfterFunc(retryAfter, func() {
			a.post(func() { a.retry = nil; a.lookAtLinks() })
		})
	}
}
