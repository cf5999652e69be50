package agent

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"

	"hactl/agent/node"
	"hactl/agent/packet"
	"hactl/agent/socket"
	"hactl/agent/vrrp"
)

// wires are the sockets for adverts of an agent, one for each that the node needs,
// and those that hear announcements. Only the loop calls its methods; its
// receivers are goroutines that post what they hear.
type wires struct {
	agent    *Agent
	links    map[string]node.Link
	conns    map[node.Socket]*line
	outgoing []*line // those with something pending
	received []node.Received
	inputs   []node.Input                     // received
	watchers map[string]*socket.Announcements // interfaces on which a router yields
	guards   map[string]guard                 // interfaces with addresses that nobody else is to have
	troubles troubles
	failures map[node.Socket]int // of open sockets, since the last look at the links
	running  sync.WaitGroup
}

// line is one open socket for adverts.
type line struct {
	*socket.Conn
	pending []socket.Packet // that are to be sent together
	senders []string        // their routers, by ID
	emptied vrrp.Instant    // when nothing waited in it last
}

// newWires returns wires without any socket.
func newWires(a *Agent) *wires {
	return &wires{
		agent:    a,
		conns:    map[node.Socket]*line{},
		watchers: map[string]*socket.Announcements{},
		guards:   map[string]guard{},
		troubles: troubles{},
	}
}

// know takes note of the links.
func (w *wires) know(links []node.Link) {
	w.links, w.failures = map[string]node.Link{}, map[node.Socket]int{}
	for _, l := range links {
		w.links[l.Name] = l
	}
}

// open makes the open sockets those that are needed, opening before closing. It
// returns the open ones among them, in the order of need.
func (w *wires) open(need []node.Socket) []node.Socket {
	var open []node.Socket
	for _, s := range need {
		if w.conns[s] != nil || w.listen(s) {
			open = append(open, s)
		}
	}
	for s, conn := range w.conns {
		if !slices.Contains(need, s) {
			conn.Close()
			delete(w.conns, s)
			w.reopened()
		}
	}
	return open
}

// listen opens one socket. One that cannot be opened is tried again later.
func (w *wires) listen(s node.Socket) bool {
	if w.failures[s] > 1 {
		return false
	}
	var groups []netip.Addr
	if s.Group.IsValid() {
		groups = append(groups, s.Group)
	}
	conn, err := socket.Listen(socket.Interface{Name: s.Interface, Index: s.Index}, int(s.Family), groups)
	w.trouble("cannot hear adverts", s.Interface+" "+s.Family.String(), err)
	if err != nil {
		w.agent.retryLater()
		return false
	}
	w.attend(s, conn, w.agent.clock.now())
	return true
}

// attend listens to a socket in which nothing waited at an instant.
func (w *wires) attend(s node.Socket, conn *socket.Conn, emptied vrrp.Instant) {
	l := &line{Conn: conn, emptied: emptied}
	w.conns[s] = l
	w.reopened()
	if w.agent.thread == nil {
		w.running.Go(func() { w.wait(s, l) })
	}
}

// reopened lets the loop's thread see that other sockets are open.
func (w *wires) reopened() {
	if w.agent.thread != nil {
		w.agent.thread.stale = true
	}
}

// wait wakes the loop whenever packets wait in a socket. The loop reads them
// itself, so that none is ever on its way between the two when a timer fires.
func (w *wires) wait(s node.Socket, conn *line) {
	heard := make(chan struct{}, 1)
	for {
		if err := conn.Wait(); err != nil {
			w.agent.post(func() { w.lost(s, conn, err) })
			return
		}
		woken := w.agent.post(func() {
			w.hear(s, conn)
			heard <- struct{}{}
		})
		if !woken {
			return
		}
		select {
		case <-heard:
		case <-w.agent.done:
			return
		}
	}
}

// hear handles what waits in one socket.
//
// A packet arrived when it says, but not before the socket was empty last: the wall
// clock, by which it says so, may have been set.
func (w *wires) hear(s node.Socket, conn *line) {
	now := w.agent.clock.now()
	err := conn.Batches(func(all []socket.Received) {
		w.inputs, w.received = w.inputs[:0], slices.Grow(w.received[:0], len(all))
		for _, r := range all {
			w.received = append(w.received, node.Received{
				Socket:  s,
				Header:  packet.Header{Source: r.Source, Destination: r.Destination, TTL: r.TTL},
				Payload: r.Payload,
				Arrived: max(conn.emptied, now.Add(-r.Age)),
			})
			w.inputs = append(w.inputs, &w.received[len(w.received)-1])
		}
		w.agent.step(w.inputs...)
	})
	conn.emptied = now
	if err != nil {
		w.lost(s, conn, err)
	}
}

// lost forgets a socket that failed, and opens it again: at once the first time,
// after the next look at the links when it failed again.
func (w *wires) lost(s node.Socket, conn *line, err error) {
	if w.conns[s] != conn || errors.Is(err, net.ErrClosed) {
		return
	}
	w.agent.cfg.Log.Warn("a socket failed; it is opened again", "interface", s.Interface, "error", err)
	conn.Close()
	delete(w.conns, s)
	w.reopened()
	w.failures[s]++
	w.agent.retryLater()
	w.agent.connect()
}

// drain handles all packets that wait in the sockets.
func (w *wires) drain() {
	for s, conn := range w.conns {
		w.hear(s, conn)
	}
}

// send lets one advert leave with the next flush.
func (w *wires) send(e *node.Send) {
	if l := w.conns[e.Socket]; l != nil {
		if len(l.pending) == 0 {
			w.outgoing = append(w.outgoing, l)
		}
		l.pending = append(l.pending, socket.Packet{Source: e.Source, Destination: e.Destination, Payload: e.Payload})
		l.senders = append(l.senders, e.Router)
	}
}

// flush sends what is to be sent. What cannot be sent is not heard: neighbours take
// over by their timers, and the interface's state says why.
func (w *wires) flush() {
	for _, l := range w.outgoing {
		failed := l.Send(l.pending...)
		for i, p := range l.pending {
			if err := failed[i]; err != nil || len(w.troubles) > 0 {
				w.trouble("cannot send adverts", l.senders[i]+" to "+p.Destination.String(), err)
			}
		}
		l.pending, l.senders = l.pending[:0], l.senders[:0]
	}
	w.outgoing = w.outgoing[:0]
}

// trouble logs what failed, once, and once that it works again.
func (w *wires) trouble(what, where string, err error) {
	w.troubles.note(w.agent.cfg.Log, what, where, err)
}

// watch listens for announcements on these interfaces, and no others.
func (w *wires) watch(names []string) {
	for name, f := range w.watchers {
		if !slices.Contains(names, name) {
			w.dismiss(f)
			delete(w.watchers, name)
		}
	}
	for _, name := range names {
		if w.watchers[name] != nil {
			continue
		}
		f, err := socket.ListenAnnouncements(socket.Interface{Name: name, Index: w.links[name].Index})
		if err != nil {
			w.agent.cfg.Log.Warn("cannot hear announcements", "interface", name, "error", err)
			continue // the yielding router releases by its timer
		}
		w.watchers[name] = f
		w.running.Go(func() { w.overhear(name, f) })
	}
}

// overhear posts the announcements that an interface hears.
func (w *wires) overhear(name string, f *socket.Announcements) {
	_ = f.Receive(func(frame []byte) {
		if mac, addr, ok := packet.ParseAnnouncement(frame); ok {
			w.agent.post(func() {
				w.agent.step(node.Announced{Interface: name, Address: addr, MAC: mac})
			})
		}
	})
}

// close closes every socket and waits for the receivers.
func (w *wires) close() {
	w.open(nil)
	w.watch(nil)
	w.guard(nil)
	w.running.Wait()
}
