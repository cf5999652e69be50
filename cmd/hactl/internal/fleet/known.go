package fleet

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"hactl/agent/store"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Known is what can be known of one host from its store.
type Known struct {
	Host    string         // its name, in plans and reports
	Stored  *plan.Document // what the store has; nil: nothing, or unknown
	Status  *status.Host   // the last report; nil: none, or unknown
	Alive   bool           // Status comes from an agent that runs
	Unread  error          // why the store could not be read; nil when it could
	Damaged error          // why the plan in the store is none; nil when it is, or there is none
}

// State names what the host has now: the hash of its plan, or one of StateNone,
// StateUnknown and StateDamaged.
func (h Known) State() string {
	switch {
	case h.Unread != nil:
		return StateUnknown
	case h.Damaged != nil:
		return StateDamaged
	case h.Stored == nil:
		return StateNone
	}
	return h.Stored.Hash
}

// The states of a host that are not a hash.
const (
	StateNone    = "none"
	StateUnknown = "unknown"
	StateDamaged = "damaged"
)

// Reader is what a survey needs of a plan store. What is not there is an error that is
// fs.ErrNotExist.
type Reader interface {
	// Plan returns the encoded plan of host.
	Plan(ctx context.Context, host string) ([]byte, error)

	// Status returns the newest report of host, encoded.
	Status(ctx context.Context, host string) ([]byte, error)

	// Hosts names those that have a plan.
	Hosts(ctx context.Context) ([]string, error)
}

var _ Reader = store.Store(nil)

// Survey fills in what s has of h.Host.
func (h *Known) Survey(ctx context.Context, s Reader) {
	data, err := s.Plan(ctx, h.Host)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		h.Unread = err
		return
	default:
		h.Stored, h.Damaged = plan.Decode(data)
		if errors.Is(h.Damaged, plan.ErrNewerFormat) {
			h.Unread, h.Damaged = h.Damaged, nil
			return
		}
	}
	h.Status, err = ReadReport(ctx, s, h.Host)
	h.Alive = err == nil && Alive(h.Status, time.Now())
}

// ReadReport reads and decodes the report of host; nil without error when there
// is none.
func ReadReport(ctx context.Context, s interface {
	Status(ctx context.Context, host string) ([]byte, error)
}, host string) (*status.Host, error) {
	data, err := s.Status(ctx, host)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return status.Decode(data)
}
