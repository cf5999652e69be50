package kernel

import (
	"slices"

	"golang.org/x/sys/unix"
)

// tell notes what a message says in links. It reports whether that is news, and
// what it is about, in the sense of change. A message that does not fit makes
// links nil.
func (t *rtnetlink) tell(kind uint16, body []byte) (news bool, what any) {
	if t.links == nil {
		return false, nil
	}
	switch kind {
	case unix.RTM_NEWLINK, unix.RTM_DELLINK:
		news = t.tellLink(kind == unix.RTM_NEWLINK, body)
		t.doubt(news)
		return news, nil
	case unix.RTM_NEWADDR, unix.RTM_DELADDR:
		news, what = t.tellAddress(kind == unix.RTM_NEWADDR, body)
		t.doubt(news && kind == unix.RTM_DELADDR)
		return news, what
	case unix.RTM_NEWNETCONF:
		return t.tellForwards(body), nil
	case unix.RTM_NEWROUTE, unix.RTM_DELROUTE:
		return t.tellRoute(kind == unix.RTM_NEWROUTE, body)
	case unix.RTM_NEWRULE, unix.RTM_DELRULE:
		return t.tellRule(kind == unix.RTM_NEWRULE, body)
	}
	return false, nil
}

// tellLink notes that a link is there, or no longer.
func (t *rtnetlink) tellLink(there bool, body []byte) (news bool) {
	e, ok, err := decodeLink(body)
	if err != nil {
		t.links = nil
		return true
	}
	if !ok {
		return false
	}
	old := t.links[e.index]
	if !there {
		delete(t.links, e.index)
		return old != nil
	}
	if old != nil {
		e.addresses, e.forwards6 = old.addresses, old.forwards6
	}
	t.links[e.index] = &e
	return old == nil || !e.sameLink(*old)
}

// tellAddress notes that an address is there, or no longer. Its lifetime alone
// is no news.
func (t *rtnetlink) tellAddress(there bool, body []byte) (news bool, what key) {
	index, a, err := decodeAddress(body)
	e := t.links[index]
	what = key{index, a.prefix}
	if err != nil || e == nil && there {
		t.links = nil
		return true, what
	}
	if e == nil {
		return false, what
	}
	if t.unmarked {
		a.mark = 0
	}
	a.flags &= telling
	at := e.find(a.prefix)
	switch {
	case there && at < 0:
		e.addresses = append(e.addresses, a)
		return true, what
	case there:
		news = e.addresses[at] != a
		e.addresses[at] = a
		return news, what
	case at >= 0:
		e.addresses = slices.Delete(e.addresses, at, at+1)
		return true, what
	}
	return false, what
}

// tellForwards notes whether a link forwards IPv6 packets.
func (t *rtnetlink) tellForwards(body []byte) (news bool) {
	index, forwards, ok := decodeForwards(body)
	e := t.links[index]
	if !ok || e == nil {
		return false
	}
	news = e.forwards6 != forwards
	e.forwards6 = forwards
	return news
}
