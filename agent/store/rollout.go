package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Rollout is the record of one publication of plans, or of one upgrade that is
// carried through its hosts, rollout.json. It is advisory: it tells a second person who is at it, and whoever comes later what
// an interrupted rollout had in mind. It binds nobody who writes plans by hand.
type Rollout struct {
	ID      string    `json:"id"`      // differs between any two rollouts, never empty
	By      string    `json:"by"`      // user@host
	Started time.Time `json:"started"` // UTC
	Written time.Time `json:"written"` // UTC; the newest record of a rollout counts

	// Upgrade is the name of what is carried through; empty: plans are published.
	Upgrade string `json:"upgrade,omitempty"`

	// Plans are the hashes of the plans to be published, or of the upgrade's releases,
	// by host; Done those of the hosts that have confirmed.
	Plans map[string]string `json:"plans"`
	Done  []string          `json:"done,omitempty"`

	// Back is why the hosts of an upgrade that are done go back, each no more Done when
	// it has: what became of another one. Empty: they do not, or it has ended.
	Back string `json:"back,omitempty"`

	// Finished is set by whoever ended the rollout in order: nobody is at it any
	// more. An unfinished one was interrupted, or is under way.
	Finished bool `json:"finished"`
}

// Hosts returns the hosts of the rollout, sorted.
func (r *Rollout) Hosts() []string { return slices.Sorted(maps.Keys(r.Plans)) }

// String says who is at what since when, and how far.
func (r *Rollout) String() string {
	what := "rollout"
	if r.Upgrade != "" {
		what = "upgrade " + r.Upgrade + ", rollout"
	}
	return fmt.Sprintf("%s %s of %s to %s, begun %s, last heard of %s, %d of %d hosts done",
		what, r.ID, r.By, strings.Join(r.Hosts(), ", "), r.Started.Format(time.RFC3339), r.Written.Format(time.RFC3339), len(r.Done), len(r.Plans))
}

// BusyError says that another rollout is under way, or was interrupted.
type BusyError struct {
	Rollout Rollout // the other one
}

// Error returns who is at it.
func (e *BusyError) Error() string { return "another one is not finished: " + e.Rollout.String() }

// yields reports whether the record r may be replaced by one of the rollout id,
// which may replace over.
func (r *Rollout) yields(id, over string) bool {
	return r.Finished || r.ID == id || r.ID == over
}

// check refuses a record that could not be found again.
func (r *Rollout) check() error {
	if r.ID == "" || len(r.Plans) == 0 {
		return fmt.Errorf("rollout %q to %d hosts: it needs an id and a host", r.ID, len(r.Plans))
	}
	for host := range r.Plans {
		if err := checkHost(host); err != nil {
			return err
		}
	}
	return nil
}

// encode returns r as a file.
func (r *Rollout) encode() []byte {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic("store: own type cannot be encoded: " + err.Error())
	}
	return append(data, '\n')
}

// newer returns the one of two records, each of which may be nil, that counts.
func newer(a, b *Rollout) *Rollout {
	if a == nil || b != nil && b.Written.After(a.Written) {
		return b
	}
	return a
}
