package agent

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"

	"hactl/agent/node"
	"hactl/agent/packet"
	"hactl/agent/socket"
)

// wires are the sockets of an agent: one for each that the node needs, and one
// for frames on each interface that announces something. Only the loop calls
// its methods; its receivers are goroutines that post what they hear.
type wires struct {
	agent    *Agent
	links    map[string]node.Link
	conns    map[node.Socket]*socket.Conn
	frames   map[frameKey]*socket.Frames
	watchers map[string]*socket.Announcements // interfaces on which a router yields
	refused  map[node.Socket]string           // why a socket could not be opened
	running  sync.WaitGroup
}

// frameKey is one interface as it is now: one made again has another index.
type frameKey struct {
	name  string
	index int
}

// newWires returns wires without any socket.
func newWires(a *Agent) *wires {
	return &wires{
		agent:    a,
		conns:    map[node.Socket]*socket.Conn{},
		frames:   map[frameKey]*socket.Frames{},
		watchers: map[string]*socket.Announcements{},
		refused:  map[node.Socket]string{},
	}
}

// know takes note of the links, and closes what belongs to those that are gone.
func (w *wires) know(links []node.Link) {
	w.links = map[string]node.Link{}
	for _, l := range links {
		w.links[l.Name] = l
	}
	for k, f := range w.frames {
		if w.links[k.name].Index != k.index {
			f.Close()
			delete(w.frames, k)
		}
	}
}

// open makes the open sockets those that are needed, opening before closing. It
// returns the open ones, and whether any were opened or closed.
func (w *wires) open(need []node.Socket) (open []node.Socket, changed bool) {
	for _, s := range need {
		if w.conns[s] == nil && w.listen(s) {
			changed = true
		}
	}
	for s, conn := range w.conns {
		if !slices.Contains(need, s) {
			conn.Close()
			delete(w.conns, s)
			changed = true
			continue
		}
		open = append(open, s)
	}
	return open, changed
}

// listen opens one socket. One that cannot be opened is tried again later.
func (w *wires) listen(s node.Socket) bool {
	var groups []netip.Addr
	if s.Group.IsValid() {
		groups = append(groups, s.Group)
	}
	conn, err := socket.Listen(socket.Interface{Name: s.Interface, Index: s.Index}, int(s.Family), groups)
	if err != nil {
		if w.refused[s] != err.Error() {
			w.agent.cfg.Log.Error("cannot hear adverts", "interface", s.Interface, "family", s.Family.String(), "error", err)
		}
		w.refused[s] = err.Error()
		w.agent.retryLater()
		return false
	}
	delete(w.refused, s)
	w.conns[s] = conn
	w.running.Go(func() { w.wait(s, conn) })
	return true
}

// wait wakes the loop whenever packets wait in a socket. The loop reads them
// itself, so that none is ever on its way between the two when a timer fires.
func (w *wires) wait(s node.Socket, conn *socket.Conn) {
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
func (w *wires) hear(s node.Socket, conn *socket.Conn) {
	err := conn.Drain(func(r socket.Received) {
		w.agent.step(node.Received{
			Socket:  s,
			Header:  packet.Header{Source: r.Source, Destination: r.Destination, TTL: r.TTL},
			Payload: r.Payload,
		})
	})
	if err != nil {
		w.lost(s, conn, err)
	}
}

// lost forgets a socket that failed, so that it is opened again.
func (w *wires) lost(s node.Socket, conn *socket.Conn, err error) {
	if w.conns[s] != conn || errors.Is(err, net.ErrClosed) {
		return
	}
	w.agent.cfg.Log.Warn("a socket failed; it is opened again", "interface", s.Interface, "error", err)
	conn.Close()
	delete(w.conns, s)
	w.agent.retryLater()
}

// drain handles all packets that wait in the sockets.
func (w *wires) drain() {
	for s, conn := range w.conns {
		w.hear(s, conn)
	}
}

// send sends one advert. What cannot be sent is not heard: neighbours take over
// by their timers, and the interface's state says why.
func (w *wires) send(e node.Send) {
	conn := w.conns[e.Socket]
	if conn == nil {
		return
	}
	if err := conn.Send(e.Payload, e.Source, e.Destination); err != nil {
		w.agent.cfg.Log.Warn("cannot send an advert", "router", e.Router, "to", e.Destination, "error", err)
	}
}

// announce sends one burst of frames.
func (w *wires) announce(e node.Announce) {
	f, err := w.framesOn(e.Interface)
	for n := 0; err == nil && n < e.Count; n++ {
		err = f.Send(e.Frame)
	}
	if err != nil {
		w.agent.cfg.Log.Warn("cannot announce an address", "router", e.Router, "address", e.Address, "error", err)
	}
}

// framesOn returns the frame socket of an interface.
func (w *wires) framesOn(name string) (*socket.Frames, error) {
	l, ok := w.links[name]
	if !ok {
		return nil, fmt.Errorf("interface %s does not exist", name)
	}
	k := frameKey{name, l.Index}
	if f := w.frames[k]; f != nil {
		return f, nil
	}
	f, err := socket.OpenFrames(socket.Interface{Name: l.Name, Index: l.Index})
	if err == nil {
		w.frames[k] = f
	}
	return f, err
}

// watch listens for announcements on these interfaces, and no others.
func (w *wires) watch(names []string) {
	for name, f := range w.watchers {
		if !slices.Contains(names, name) {
			f.Close()
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
	for _, f := range w.frames {
		f.Close()
	}
	clear(w.frames)
	w.running.Wait()
}
