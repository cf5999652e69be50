package vrrp

import "net/netip"

// outranks says whether the sender of in is to be Active rather than this
// router, when both are: the greater priority wins, and of equal ones the
// numerically greater primary address (RFC 9568 section 6.4.3).
func (r *Router) outranks(in Advert) bool {
	if in.Priority != r.effective {
		return in.Priority > r.effective
	}
	return greater(in.Source, r.primary)
}

// greater compares addresses as unsigned integers in network byte order. A
// zone is not on the wire.
func greater(a, b netip.Addr) bool {
	return a.Unmap().WithZone("").Compare(b.Unmap().WithZone("")) > 0
}

// preempt is the mode that counts: an owner always preempts (RFC 9568 section
// 6.1).
func (r *Router) preempt() Preempt {
	if r.effective == Owner {
		return PreemptAlways
	}
	return r.cfg.Preempt
}
