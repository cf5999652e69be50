package node

import (
	"net/netip"
	"slices"

	"hactl/schemas/status"
)

// heardOf is how many senders one router counts apart: in multicast anybody on
// the segment may be one.
const heardOf = 16

// heard counts the adverts that one router has accepted.
type heard struct {
	total   uint64
	senders []sender // in the order of their first adverts, at most heardOf
}

// sender is one of them.
type sender struct {
	address netip.Addr
	adverts uint64
}

// add counts an advert.
func (h *heard) add(from netip.Addr) {
	h.total++
	for i := range h.senders {
		if h.senders[i].address == from {
			h.senders[i].adverts++
			return
		}
	}
	if len(h.senders) < heardOf {
		h.senders = append(h.senders, sender{from, 1})
	}
}

// report returns the neighbours of the plan, heard or not, and then the others
// that were heard.
func (h *heard) report(peers []netip.Addr) []status.Heard {
	var lines []status.Heard
	for _, p := range peers {
		lines = append(lines, status.Heard{Peer: p.String(), Adverts: h.of(p)})
	}
	for _, s := range h.senders {
		if !slices.Contains(peers, s.address) {
			lines = append(lines, status.Heard{Peer: s.address.String(), Adverts: s.adverts})
		}
	}
	return lines
}

// of returns how many adverts of one sender have been counted.
func (h *heard) of(address netip.Addr) uint64 {
	for _, s := range h.senders {
		if s.address == address {
			return s.adverts
		}
	}
	return 0
}
