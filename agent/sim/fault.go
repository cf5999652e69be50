package sim

import (
	"slices"

	"hactl/agent/node"
)

// host returns the host of that name; without a host of that name it panics.
func (l *LAN) host(name string) *host {
	i := slices.IndexFunc(l.hosts, func(h *host) bool { return h.plan.Host == name })
	if i < 0 {
		panic("sim: no host " + name)
	}
	return l.hosts[i]
}

// Power lets a host die with its addresses, or start again.
func (l *LAN) Power(name string, on bool) {
	h := l.host(name)
	h.node = nil
	if on {
		l.start(h)
	}
}

// Carrier takes the carrier from a host's link, or gives it back.
func (l *LAN) Carrier(name, link string, on bool) {
	h := l.host(name)
	for i := range h.links {
		if h.links[i].Name == link {
			h.links[i].Running = on
		}
	}
	if h.node != nil {
		l.step(h, node.Links{Links: slices.Clone(h.links)})
		l.step(h, node.Sockets{Open: h.node.Sockets()})
	}
}

// Cut keeps a host and the others from hearing each other, though its links are
// up, or ends that.
func (l *LAN) Cut(name string, cut bool) { l.host(name).cut = cut }

// Check lets a check of a host fail, or recover. The host knows at once.
func (l *LAN) Check(name, check string, up bool) {
	h := l.host(name)
	h.failed[check] = !up
	if h.node != nil {
		l.step(h, h.checked(check))
	}
}

// Drain lets a host stand aside, for a reason in words, or puts it into service
// again where there is none.
func (l *LAN) Drain(name, reason string) {
	if h := l.host(name); h.node != nil {
		l.step(h, node.Intents{Drained: reason})
	}
}
