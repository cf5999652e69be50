package upgrade

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

// memory is how many orders a History knows at most.
const memory = 16

// History is what a host keeps of the orders of one upgrade, beside the record of the
// one that is under way. The zero value is that of a host without any.
type History struct {
	Orders []Past `json:"orders,omitempty"` // that were begun or refused, the newest last, at most 16

	// Release is what was committed last; zero: nothing was. Previous is what ran before
	// that; its Source is the file that is kept; empty: the user's own commands keep it. Zero: nothing is.
	Release  plan.Build `json:"release,omitzero"`
	Previous plan.Build `json:"previous,omitzero"`
}

// Past is an order, and what became of it.
type Past struct {
	Order   intent.Order `json:"order"`
	Begun   time.Time    `json:"begun"`
	Ended   time.Time    `json:"ended,omitzero"`
	Verdict Verdict      `json:"verdict,omitempty"` // empty: it has not ended, and is the newest
	Text    string       `json:"text,omitempty"`    // of the outcome
}

// Last returns the newest order; nil: there was none.
func (h *History) Last() *Past {
	if len(h.Orders) == 0 {
		return nil
	}
	return &h.Orders[len(h.Orders)-1]
}

// Underway returns the order that has been begun and has not ended; nil: there is none.
func (h *History) Underway() *Past {
	if last := h.Last(); last != nil && last.Verdict == "" {
		return last
	}
	return nil
}

// Down reports whether the order that last touched anything has left no master.
func (h *History) Down() bool {
	for _, p := range slices.Backward(h.Orders) {
		if p.Verdict != "" && p.Verdict != Refused {
			return p.Verdict == Down
		}
	}
	return false
}

// Knows reports whether the order of an ID was begun, and may have ended.
func (h *History) Knows(id string) bool {
	return slices.ContainsFunc(h.Orders, func(p Past) bool { return p.Order.ID == id })
}

// Begin notes that an order is begun, when none is under way.
func (h *History) Begin(o intent.Order, at time.Time) {
	h.Orders = append(slices.Clone(h.Orders), Past{Order: o, Begun: at})
	h.Orders = h.Orders[max(0, len(h.Orders)-memory):]
}

// End notes how the order that is under way has ended; nothing when there is none.
// After a commit, now is what runs, and before what ran until then.
func (h *History) End(o Outcome, before, now plan.Build, at time.Time) {
	h.Orders = slices.Clone(h.Orders) // a copy of h keeps what it has
	p := h.Underway()
	if p == nil {
		return
	}
	p.Ended, p.Verdict, p.Text = at, o.Verdict, o.Text
	if o.Verdict != Committed {
		return
	}
	before.Version = cmp.Or(before.Version, h.Version(before.SHA256))
	h.Release, h.Previous = now, plan.Build{}
	if kept(before.Source) || before.Source == "" && now.Source != "" { // the user's own commands keep it, until they went back
		h.Previous = before
	}
}

// Version returns what a file of that hash is called; empty: that is not known.
func (h *History) Version(sha256 string) string {
	switch sha256 {
	case h.Release.SHA256:
		return h.Release.Version
	case h.Previous.SHA256:
		return h.Previous.Version
	}
	return ""
}

// historyFormat is the number of the form in which histories are written, as format
// is for records.
const historyFormat = 1

// writtenHistory is a history in a file.
type writtenHistory struct {
	Format int `json:"format"`
	History
}

// Encode returns the history as a file has it.
func (h History) Encode() []byte {
	data, err := json.MarshalIndent(writtenHistory{historyFormat, h}, "", "  ")
	if err != nil {
		panic("upgrade: encode a history: " + err.Error())
	}
	return append(data, '\n')
}

// DecodeHistory reads what Encode wrote, and nothing else: nobody begins an upgrade or
// removes a file for it.
func DecodeHistory(data []byte) (History, error) {
	var w writtenHistory
	err := decodeWhole(data, &w)
	switch {
	case err != nil:
	case w.Format != historyFormat:
		err = fmt.Errorf("it has format %d, and this program knows %d", w.Format, historyFormat)
	default:
		err = w.credible()
	}
	if err != nil {
		return History{}, fmt.Errorf("decode the history of an upgrade: %w", err)
	}
	return w.History, nil
}

// credible says what is wrong with a history that nobody keeps.
func (h *History) credible() error {
	if len(h.Orders) > memory {
		return fmt.Errorf("it has %d orders, and %d are kept", len(h.Orders), memory)
	}
	for i, p := range h.Orders {
		over := p.Verdict != ""
		switch {
		case p.Order.ID == "" || p.Order.Name == "" || p.Begun.IsZero():
			return errors.New("an order is not whole")
		case over && !slices.Contains(Verdicts(), p.Verdict):
			return fmt.Errorf("there is no verdict %q", p.Verdict)
		case over == p.Ended.IsZero() || !over && i < len(h.Orders)-1:
			return errors.New("an order has not ended, and another one was begun")
		}
	}
	if b := h.Release; b != (plan.Build{}) && !hash(b.SHA256) {
		return errors.New("what was committed is not whole")
	}
	if b := h.Previous; b != (plan.Build{}) && (b.Source != "" && !kept(b.Source) || !hash(b.SHA256)) {
		return errors.New("what ran before is not whole")
	}
	return nil
}

// kept reports whether a path is one of a backup.
func kept(path string) bool { return filepath.IsAbs(path) && filepath.Ext(path) == backupEnd }
