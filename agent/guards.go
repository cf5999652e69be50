package agent

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"hactl/agent/node"
	"hactl/agent/packet"
	"hactl/agent/socket"
)

// guard listens on an interface for stations that say that they have an address of
// an Active router.
type guard struct {
	index     int // of the interface
	addresses []netip.Addr
	listener  *socket.Announcements
}

// claimsPerSecond is how many claims of an interface the loop hears of in a second:
// the first tells, and a flood is not to hold it up.
const claimsPerSecond = 20

// guard listens for claims of these addresses, by interface, and of no others.
func (w *wires) guard(need map[string][]netip.Addr) {
	for name, g := range w.guards {
		if w.links[name].Index != g.index || len(need[name]) == 0 {
			w.dismiss(g.listener)
			delete(w.guards, name)
		}
	}
	for name, addresses := range need {
		l, there := w.links[name]
		g, listens := w.guards[name]
		if !there || listens && slices.Equal(g.addresses, addresses) {
			continue
		}
		var err error
		if listens {
			err = g.listener.Attend(addresses)
		} else {
			g.listener, err = socket.ListenClaims(socket.Interface{Name: name, Index: l.Index}, addresses)
		}
		w.trouble("cannot hear who else has addresses", name, err)
		if err != nil { // the next report opens another
			if listens {
				w.unguard(name, g.listener)
			}
			continue
		}
		w.guards[name] = guard{l.Index, addresses, g.listener}
		if !listens {
			w.running.Go(func() { w.challenged(name, g.listener) })
		}
	}
}

// challenged posts the claims that an interface hears. Who takes over has sent an advert
// before it says that it has the addresses, so that what waits is heard first: a move
// is no contradiction.
func (w *wires) challenged(name string, listener *socket.Announcements) {
	var second time.Time
	n := 0
	err := listener.Receive(func(frame []byte) {
		if now := time.Now(); now.Sub(second) >= time.Second {
			second, n = now, 0
		}
		if mac, addr, ok := packet.ParseClaim(frame); ok && n < claimsPerSecond {
			n++
			w.agent.post(func() {
				w.drain()
				w.agent.step(node.Claimed{Interface: name, Address: addr, MAC: mac})
			})
		}
	})
	if !errors.Is(err, net.ErrClosed) {
		w.agent.post(func() { w.unguard(name, listener) })
	}
}

// unguard forgets a listener that has failed: the next report opens another.
func (w *wires) unguard(name string, listener *socket.Announcements) {
	if w.guards[name].listener == listener {
		w.dismiss(listener)
		delete(w.guards, name)
	}
}

// dismiss closes a listener, which the loop does not wait for.
func (w *wires) dismiss(listener *socket.Announcements) {
	w.running.Go(func() { _ = listener.Close() })
}
