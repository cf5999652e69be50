package agent

import (
	"fmt"
	"log/slog"

	"hactl/agent/node"
	"hactl/agent/socket"
)

// announcer sends gratuitous ARP and unsolicited neighbour advertisements, by a
// socket for each interface that it is needed on. It belongs to one goroutine.
type announcer struct {
	log      *slog.Logger
	links    map[string]int // indexes, by name
	frames   map[string]frames
	silent   map[string]bool // interfaces that took no frame, until the next look at the links
	troubles troubles
}

// frames is the socket of an interface as it is now: one made again has another
// index.
type frames struct {
	index int
	*socket.Frames
}

// newAnnouncer returns an announcer without any socket.
func newAnnouncer(log *slog.Logger) *announcer {
	return &announcer{log: log, frames: map[string]frames{}, troubles: troubles{}}
}

// know takes note of the links, and closes what belongs to those that are gone.
func (a *announcer) know(links []node.Link) {
	a.links, a.silent = map[string]int{}, map[string]bool{}
	for _, l := range links {
		a.links[l.Name] = l.Index
	}
	for name, f := range a.frames {
		if a.links[name] != f.index {
			f.Close()
			delete(a.frames, name)
		}
	}
}

// send sends one burst of frames. It is false when the interface does not take
// it, which is not waited for again before the next look at the links.
func (a *announcer) send(e node.Announce) bool {
	if a.silent[e.Interface] {
		return true
	}
	f, err := a.on(e.Interface)
	for n := 0; err == nil && n < e.Count; n++ {
		err = f.Send(e.Frame)
	}
	a.troubles.note(a.log, "cannot announce addresses", e.Interface, err)
	a.silent[e.Interface] = err != nil
	return err == nil
}

// on returns the socket of an interface.
func (a *announcer) on(name string) (frames, error) {
	if f, ok := a.frames[name]; ok {
		return f, nil
	}
	index, ok := a.links[name]
	if !ok {
		return frames{}, fmt.Errorf("interface %s does not exist", name)
	}
	f, err := socket.OpenFrames(socket.Interface{Name: name, Index: index})
	if err == nil {
		a.frames[name] = frames{index, f}
	}
	return a.frames[name], err
}

// close closes every socket.
func (a *announcer) close() { a.know(nil) }
