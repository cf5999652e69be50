package intent

import (
	"slices"
	"strings"
	"time"
)

// Format is the version of the document that this package reads and writes. An
// agent that meets a greater one goes on with what it knows, and says so.
const Format = 1

// Host is what people want of one host. The zero value wants nothing.
type Host struct {
	Format int    `json:"format"`          // always Format when written
	Host   string `json:"host"`            // the name that the plan has for the host, never empty
	Drain  *Mark  `json:"drain,omitempty"` // the host is drained; nil: it is in service
	Holds  []Hold `json:"holds,omitempty"` // sorted by Vip, each once

	// Upgrades are orders to carry out upgrades of the plan, sorted by Name, each once.
	// An order that has been carried out stays until another one takes its place.
	Upgrades []Order `json:"upgrades,omitempty"`

	Confirmed *Confirmation `json:"confirmed,omitempty"` // the last that was given; nil: none was
}

// Confirmation lets a host stay with a plan that it has on trial.
type Confirmation struct {
	Trial string `json:"trial"` // ID of the plan's trial, never empty; that of any other changes nothing
	Mark
}

// Order asks a host to carry out an upgrade of its plan, once: whoever has ended the
// order of an ID does not begin it again. An order that vanishes or is replaced while
// it is under way is aborted, which leads back to what ran before.
type Order struct {
	Name string `json:"name"` // of the plan's upgrade, never empty
	ID   string `json:"id"`   // differs between any two orders, never empty

	// SHA256 is the hash of the release that is to run, which has to be the plan's: an
	// order never means a release that its writer has not seen. Empty exactly with Back.
	SHA256 string `json:"sha256,omitempty"`

	// Back asks for what ran before the last release that was committed.
	Back bool `json:"back,omitempty"`
	Mark
}

// Mark is who wanted something, and when.
type Mark struct {
	By    string    `json:"by"`    // user@host; empty when unknown
	Since time.Time `json:"since"` // UTC, by the clock of whoever wanted it
}

// Hold keeps a vip away from the host for as long as another member can have it.
type Hold struct {
	Vip string `json:"vip"` // "web/public", never empty
	Mark

	// Plan is the hash of the plan that the host followed: the hold ends when it
	// follows another one. Empty: no plan ends it.
	Plan string `json:"plan,omitempty"`
}

// String is "ops@desk, 2026-11-22T15:40:00Z".
func (m Mark) String() string {
	since := m.Since.Format(time.RFC3339)
	if m.By == "" {
		return since
	}
	return m.By + ", " + since
}

// Order returns the order of an upgrade, nil when there is none.
func (h *Host) Order(upgrade string) *Order {
	i, found := h.placeOrder(upgrade)
	if !found {
		return nil
	}
	return &h.Upgrades[i]
}

// SetOrder adds an order, in the place of one of the same upgrade.
func (h *Host) SetOrder(o Order) {
	i, found := h.placeOrder(o.Name)
	if found {
		h.Upgrades[i] = o
		return
	}
	h.Upgrades = slices.Insert(h.Upgrades, i, o)
}

// Cancel takes the order of an upgrade away, and reports whether there was one.
func (h *Host) Cancel(upgrade string) bool {
	i, found := h.placeOrder(upgrade)
	if found {
		h.Upgrades = slices.Delete(h.Upgrades, i, i+1)
	}
	return found
}

// placeOrder is where the order of an upgrade is, or belongs.
func (h *Host) placeOrder(upgrade string) (int, bool) {
	return slices.BinarySearchFunc(h.Upgrades, upgrade, func(x Order, name string) int { return strings.Compare(x.Name, name) })
}

// Hold returns the hold of a vip, nil when there is none.
func (h *Host) Hold(vip string) *Hold {
	i, found := h.place(vip)
	if !found {
		return nil
	}
	return &h.Holds[i]
}

// Set adds a hold, in the place of one of the same vip.
func (h *Host) Set(hold Hold) {
	i, found := h.place(hold.Vip)
	if found {
		h.Holds[i] = hold
		return
	}
	h.Holds = slices.Insert(h.Holds, i, hold)
}

// Release takes the hold of a vip away, and reports whether there was one.
func (h *Host) Release(vip string) bool {
	i, found := h.place(vip)
	if found {
		h.Holds = slices.Delete(h.Holds, i, i+1)
	}
	return found
}

// place is where the hold of a vip is, or belongs.
func (h *Host) place(vip string) (int, bool) {
	return slices.BinarySearchFunc(h.Holds, vip, func(x Hold, vip string) int { return strings.Compare(x.Vip, vip) })
}
