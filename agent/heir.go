package agent

import (
	"fmt"
	"os"

	"hactl/agent/node"
	"hactl/agent/notify"
	"hactl/agent/socket"
	"hactl/agent/vrrp"
	"hactl/schemas/status"
)

// savedTarget is what a notification target has still to hear.
type savedTarget = notify.Saved

// takeUp goes on where the build before this one in the same process has stopped,
// and reports whether there is a plan to go on with.
func (a *Agent) takeUp() bool {
	h := a.cfg.Handed
	if h == nil {
		return false
	}
	a.listeners.leave(h.Listeners)
	if h.doc == nil {
		return false
	}
	a.wires.adopt(h.Sockets, h.Left)
	a.intents, a.hooks.lines = h.Intents, map[string][]status.Hook{}
	for key, lines := range h.Hooks {
		if len(lines) > 0 {
			a.hooks.lines[key] = lines
		}
	}
	a.checks.before = map[string]status.Check{}
	for _, line := range h.Checks {
		a.checks.before[line.Name] = line
	}
	a.notices.stream.Resume(h.Stream)
	a.notices.vips.Resume(h.Vips)
	a.resume, a.trials.followed = h.Node, h.doc
	a.follow(found{doc: h.doc, secrets: h.Secrets})
	a.loaded = h.Loaded
	a.notices.notifier.Resume(h.Targets)
	a.lookSoon()
	return true
}

// resumed lets the node go on as the one before, once, after its plan.
func (a *Agent) resumed() {
	if a.resume != nil {
		a.step(node.Resume{Saved: a.resume})
		a.resume = nil
	}
}

// installed says how the hand-over went, as the loop begins.
func (a *Agent) installed() {
	h := a.cfg.Handed
	if h == nil {
		return
	}
	silent := a.clock.now().Sub(h.Left)
	a.handover = &status.Handover{Asked: h.Asked, From: h.Version, Silent: float64(silent.Microseconds()) / 1000}
	a.cfg.Log.Info("took over from the program before", "from", h.Version, "to", a.cfg.Version, "silent", silent)
}

// bequeath names in h descriptors of what the successor goes on with. Undo takes
// them back.
func (a *Agent) bequeath(h *Handed) (undo func(), err error) {
	undo = func() {
		for _, fd := range h.Listeners {
			_ = os.NewFile(uintptr(fd), "kept").Close()
		}
		for _, s := range h.Sockets {
			_ = os.NewFile(uintptr(s.Descriptor), "kept").Close()
		}
	}
	if h.Listeners, err = a.listeners.keep(); err != nil {
		return undo, err
	}
	for s, conn := range a.wires.conns {
		fd, err := conn.Keep()
		if err != nil {
			return undo, fmt.Errorf("keep the socket on %s: %w", s.Interface, err)
		}
		h.Sockets = append(h.Sockets, handedSocket{s, fd})
	}
	return undo, nil
}

// adopt takes over sockets of the build before, which it has heard until then. One
// that does not work is opened anew.
func (w *wires) adopt(sockets []handedSocket, since vrrp.Instant) {
	for _, s := range sockets {
		conn, err := socket.Inherit(s.Descriptor, socket.Interface{Name: s.Socket.Interface, Index: s.Socket.Index}, int(s.Socket.Family))
		if err != nil {
			w.agent.cfg.Log.Warn("cannot go on with a socket; it is opened anew", "interface", s.Socket.Interface, "error", err)
			continue
		}
		w.attend(s.Socket, conn, since)
	}
}
