package main

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"hactl/agent/store"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// known is what can be known of one host from its store.
type known struct {
	Host    string
	Stored  *plan.Document // what the store has; nil: nothing, or unknown
	Status  *status.Host   // the last report; nil: none, or unknown
	Alive   bool           // Status comes from an agent that runs
	Unread  error          // why the store could not be read; nil when it could
	Damaged error          // why the plan in the store is none; nil when it is, or there is none
}

// state names what the host has now: a hash, "none" or "unknown".
func (h known) state() string {
	switch {
	case h.Unread != nil:
		return stateUnknown
	case h.Damaged != nil:
		return stateDamaged
	case h.Stored == nil:
		return stateNone
	}
	return h.Stored.Hash
}

// The states of a host that are not a hash.
const (
	stateNone    = "none"
	stateUnknown = "unknown"
	stateDamaged = "damaged"
)

// reader is what a survey needs of a plan store.
type reader interface {
	Plan(ctx context.Context, host string) ([]byte, error)
	Status(ctx context.Context, host string) ([]byte, error)
	Hosts(ctx context.Context) ([]string, error)
}

var _ reader = store.Store(nil)

// survey reads the plan and the report of one host.
func (h *known) survey(ctx context.Context, s reader) {
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
	h.Status, err = readReport(ctx, s, h.Host)
	h.Alive = err == nil && alive(h.Status, time.Now())
}

// readReport reads and decodes the report of host; nil without error when there
// is none.
func readReport(ctx context.Context, s interface {
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
