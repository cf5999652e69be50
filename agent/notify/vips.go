package notify

import (
	"slices"
	"strings"

	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Vips makes one event of what the routers of a vip, one a family, become: a vip
// is what the best of its routers is, Active before Backup before fault before
// stop. So a host hears "active" once, when the first family comes, and "backup"
// once, when the last has gone. It is pure.
type Vips struct {
	vips    map[string]*vip
	touched []string // vips that may have changed since the last Settle, in order
}

// vip is what Vips knows of one vip.
type vip struct {
	was    plan.Event    // what was told last; empty: nothing yet
	latest []event.Event // of each router, the oldest first

	touched bool // it is among those
}

// NewVips returns one that knows no vip.
func NewVips() *Vips { return &Vips{vips: map[string]*vip{}} }

// Meaning is what a router has become. Empty: it begins to yield, or listens after
// a restart, which is nothing yet. Leaving: it will not come back.
func Meaning(to vrrp.State, yielding, leaving bool) plan.Event {
	switch {
	case yielding:
		return ""
	case to == vrrp.Active:
		return plan.OnActive
	case to == vrrp.Backup:
		return plan.OnBackup
	case leaving:
		return plan.OnStop
	}
	return plan.OnFault
}

// Set takes in what a router has become. One without a meaning changes nothing.
func (v *Vips) Set(e event.Event) {
	if e.Event == "" {
		return
	}
	of := v.vips[e.Vip]
	if of == nil {
		of = &vip{}
		v.vips[e.Vip] = of
	}
	of.latest = append(of.without(e.Router), e)
	v.touch(e.Vip, of)
}

// Forget takes a router out that will begin anew under the same name.
func (v *Vips) Forget(vip, router string) {
	if of := v.vips[vip]; of != nil {
		of.latest = of.without(router)
		v.touch(vip, of)
	}
}

// Is returns what a router is; empty when that is not known.
func (v *Vips) Is(vip, router string) plan.Event {
	if of := v.vips[vip]; of != nil {
		for _, e := range of.latest {
			if e.Router == router {
				return e.Event
			}
		}
	}
	return ""
}

// Settle returns what the vips have become since the last call, in the order in
// which they changed.
func (v *Vips) Settle() []event.Event {
	var events []event.Event
	for _, name := range v.touched {
		of := v.vips[name]
		of.touched = false
		is := of.is()
		if is != of.was && is != "" {
			events = append(events, of.event(is))
		}
		of.was = is
		if is == "" || is == plan.OnStop {
			delete(v.vips, name)
		}
	}
	v.touched = nil
	return events
}

// SavedVip is what another process needs to go on with a vip.
type SavedVip struct {
	Was    plan.Event    `json:",omitempty"`
	Latest []event.Event `json:",omitempty"`
}

// Save returns what is known of the vips, by name. All has been settled.
func (v *Vips) Save() map[string]SavedVip {
	saved := map[string]SavedVip{}
	for name, of := range v.vips {
		saved[name] = SavedVip{of.was, slices.Clone(of.latest)}
	}
	return saved
}

// Resume goes on with vips that were saved; there are none yet.
func (v *Vips) Resume(saved map[string]SavedVip) {
	for name, of := range saved {
		v.vips[name] = &vip{was: of.Was, latest: of.Latest}
	}
}

func (v *Vips) touch(name string, of *vip) {
	if !of.touched {
		of.touched, v.touched = true, append(v.touched, name)
	}
}

// without returns what the other routers are.
func (v *vip) without(router string) []event.Event {
	return slices.DeleteFunc(v.latest, func(e event.Event) bool { return e.Router == router })
}

// is returns what the best router is; empty when there is none.
func (v *vip) is() plan.Event {
	for _, best := range plan.Events() {
		if slices.ContainsFunc(v.latest, func(e event.Event) bool { return e.Event == best }) {
			return best
		}
	}
	return ""
}

// event is what the vip tells: for the reason of the router that became so last,
// about the addresses of all.
func (v *vip) event(is plan.Event) event.Event {
	var told event.Event
	routers := slices.SortedFunc(slices.Values(v.latest), func(a, b event.Event) int { return strings.Compare(a.Router, b.Router) })
	var addresses []string
	for _, e := range routers {
		addresses = append(addresses, e.Addresses...)
	}
	for _, e := range v.latest {
		if e.Event == is {
			told = e
		}
	}
	told.Router, told.Addresses = "", addresses
	told.Old, told.New = state(v.was), state(is)
	return told
}

// state is the state in which a router is what e says.
func state(e plan.Event) string {
	switch e {
	case plan.OnActive:
		return status.Active
	case plan.OnBackup:
		return status.Backup
	}
	return status.Initialize
}
