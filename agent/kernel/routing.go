package kernel

import (
	"slices"

	"golang.org/x/sys/unix"
)

// The kernel takes IPv4 routes away with their link or source address, and does
// not always say so. What is known of routes is read anew then; of all else the
// kernel tells, and nothing is read where there may be a million routes of others.

// doubt notes that routes may have gone, if any are known and something happened.
func (t *rtnetlink) doubt(happened bool) {
	t.stale = t.stale || happened && len(t.routing.routes) > 0
}

// tellRoute notes that a route of ours is there, or no longer. One that may have
// taken the place of another makes for doubt.
func (t *rtnetlink) tellRoute(there bool, body []byte) (news bool, what any) {
	r, ours := decodeRoute(body)
	at := placeOf(r.Route)
	if ours {
		taken := there && slices.ContainsFunc(t.routing.routes, func(x route) bool { return placeOf(x.Route) == at })
		t.stale = t.stale || taken || !amend(&t.routing.routes, r, there)
	}
	return ours, at
}

// tellRule notes that a rule of ours is there, or no longer.
func (t *rtnetlink) tellRule(there bool, body []byte) (news bool, what any) {
	r, ours, _ := decodeRule(body)
	if ours {
		t.stale = !amend(&t.routing.rules, r, there) || t.stale
	}
	return ours, r
}

// amend puts x in a list, or takes it out, and says whether that was news. The old
// list does not change.
func amend[T comparable](list *[]T, x T, there bool) (news bool) {
	at := slices.Index(*list, x)
	switch {
	case there && at < 0:
		*list = append(slices.Clip(*list), x)
		return true
	case !there && at >= 0:
		*list = slices.Concat((*list)[:at], (*list)[at+1:])
		return true
	}
	return false
}

// readRouting reads our routes and rules anew.
func (t *rtnetlink) readRouting() {
	t.routing, t.stale = routing{}, false
	for _, family := range []int{unix.AF_INET, unix.AF_INET6} {
		routes, err := t.requests.routes(family)
		if err != nil {
			t.routing.failure, t.stale = err, true
			return
		}
		for _, body := range routes {
			if r, ours := decodeRoute(body); ours && r.Destination.Addr().Is6() == (family == unix.AF_INET6) {
				t.routing.routes = append(t.routing.routes, r)
			}
		}
	}
	t.readRules()
}

// readRules reads our rules anew.
func (t *rtnetlink) readRules() {
	rules, err := t.requests.rules()
	if err != nil {
		t.routing.failure, t.stale = err, true
		return
	}
	t.routing.unmarked = t.unmarked
	for _, body := range rules {
		r, ours, marked := decodeRule(body)
		t.routing.unmarked = t.routing.unmarked || !marked
		if ours {
			t.routing.rules = append(t.routing.rules, r)
		}
	}
}
