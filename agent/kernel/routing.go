package kernel

import "golang.org/x/sys/unix"

// The kernel takes IPv4 routes away with their link or source address, and does
// not always say so. Therefore what is known of routes is read anew, as soon as
// something may have changed, and costs nothing before.

// doubt notes that routes may have gone, if any are known and something happened.
func (t *rtnetlink) doubt(happened bool) {
	t.stale = t.stale || happened && len(t.routing.routes) > 0
}

// tellRoute notes that a route of ours has changed.
func (t *rtnetlink) tellRoute(body []byte) (news bool, what any) {
	r, ours := decodeRoute(body)
	t.stale = t.stale || ours
	return ours, placeOf(r.Route)
}

// tellRule notes that a rule of ours has changed.
func (t *rtnetlink) tellRule(body []byte) (news bool, what any) {
	r, ours, _ := decodeRule(body)
	t.stale = t.stale || ours
	return ours, r
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
