package metrics

import (
	"strconv"

	"hactl/schemas/status"
)

var (
	routerInfo       = gauge("hactl_router_info", "Always 1; its labels say which vip a virtual router serves, its number, and its interface.", "router", "vip", "vrid", "interface")
	routerState      = gauge("hactl_router_state", "1 for the state that a virtual router is in, 0 for the others. Yielding is Active, silent, and about to leave.", "router", "state")
	routerPriority   = gauge("hactl_router_priority", "The base priority of a virtual router.", "router")
	routerEffective  = gauge("hactl_router_effective_priority", "The priority that a virtual router's adverts carry.", "router")
	routerAside      = gauge("hactl_router_aside", "1 while a virtual router stands aside because people want it to.", "router")
	routerChanges    = counter("hactl_router_transitions_total", "Changes of state of a virtual router.", "router")
	routerChanged    = gauge("hactl_router_last_transition_timestamp_seconds", "When a virtual router last changed its state; the label says why.", "router", "reason")
	routerSent       = counter("hactl_router_adverts_sent_total", "Adverts that a virtual router has sent.", "router")
	routerReceived   = counter("hactl_router_adverts_received_total", "Adverts that a virtual router has accepted, by the address that sent them. Where there were more than 16, the rest is of the peer other.", "router", "peer")
	routerConflicts  = gauge("hactl_router_conflicts", "Conflicts on the wire that go on, by kind: who else is Active, who has the addresses, whose adverts differ. Absent where there is none; hactl status says what to look at.", "router", "kind")
	routerContrary   = counter("hactl_router_conflicting_packets_total", "Packets that contradict what a virtual router knows of its segment, by the kind of conflict; absent before the first.", "router", "kind")
	routerAddresses  = gauge("hactl_router_addresses", "Addresses that a virtual router has in the plan.", "router")
	routerPresent    = gauge("hactl_router_addresses_present", "Those of its addresses that are on the host, and hactl's.", "router")
	routerProblems   = gauge("hactl_router_problems", "Addresses, routes and rules of a virtual router that are not as they should be; hactl status says why.", "router")
	routerTracksDown = gauge("hactl_router_track_down", "1 while a check or an interface that a virtual router depends on is down.", "router", "kind", "name")
)

var routerFamilies = []*family{
	routerInfo, routerState, routerPriority, routerEffective, routerAside, routerChanges, routerChanged,
	routerSent, routerReceived, routerConflicts, routerContrary, routerAddresses, routerPresent, routerProblems, routerTracksDown,
}

// yielding is the state of an Active router that is silent, which status says
// beside the state.
const yielding = "yielding"

// states are the values of the label state of a router.
var states = []string{status.Initialize, status.Backup, status.Active, yielding}

// router writes what is said of one virtual router.
func (w writer) router(r *status.Router) {
	w.put(routerInfo, 1, r.ID, r.Vip, strconv.Itoa(r.VRID), r.Interface)
	state := r.State
	if r.Yielding {
		state = yielding
	}
	w.choice(routerState, state, states, r.ID)
	w.put(routerPriority, float64(r.Priority), r.ID)
	w.put(routerEffective, float64(r.Effective), r.ID)
	w.flag(routerAside, r.Aside != "", r.ID)
	w.put(routerChanges, float64(r.Transitions), r.ID)
	if r.Reason != "" {
		w.instant(routerChanged, r.Since, r.ID, r.Reason)
	}
	w.put(routerSent, float64(r.Sent), r.ID)
	w.heard(r)
	w.conflicts(r)
	w.held(r)
	for _, t := range r.Tracks {
		kind, name := "check", t.Check
		if t.Interface != "" {
			kind, name = "interface", t.Interface
		}
		w.flag(routerTracksDown, t.State == status.Down, r.ID, kind, name)
	}
}

// heard writes from whom a router has adverts.
func (w writer) heard(r *status.Router) {
	rest := r.Received
	for _, h := range r.Heard {
		w.put(routerReceived, float64(h.Adverts), r.ID, h.Peer)
		rest -= min(rest, h.Adverts)
	}
	if rest > 0 {
		w.put(routerReceived, float64(rest), r.ID, "other")
	}
}

// conflicts writes what contradicts a router.
func (w writer) conflicts(r *status.Router) {
	going := map[string]int{}
	for _, c := range r.Conflicts {
		going[c.Kind]++
	}
	for kind, n := range going {
		w.put(routerConflicts, float64(n), r.ID, kind)
	}
	for kind, n := range r.Contradicted {
		w.put(routerContrary, float64(n), r.ID, kind)
	}
}

// held writes what a router has of what it should have.
func (w writer) held(r *status.Router) {
	var present, problems int
	for _, a := range r.Addresses {
		if a.Present {
			present++
		}
		if a.Problem != "" {
			problems++
		}
	}
	for _, list := range [][]status.Companion{r.Routes, r.Rules} {
		for _, c := range list {
			if c.Problem != "" {
				problems++
			}
		}
	}
	w.put(routerAddresses, float64(len(r.Addresses)), r.ID)
	w.put(routerPresent, float64(present), r.ID)
	w.put(routerProblems, float64(problems), r.ID)
}
