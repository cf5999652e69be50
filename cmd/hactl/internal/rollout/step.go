package rollout

import (
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Step is one plan for one host.
type Step struct {
	Host     string         // that gets it
	Document *plan.Document // as it is published
	Data     []byte         // Document, encoded
	Stored   bool           // the store has the plan already: it is not published again
	Before   *status.Host   // its last report before the rollout; nil: none
	Alive    bool           // that report came from an agent that runs
	Retried  []plan.Check   // that the plan changes: they are to succeed once more before others follow
}

// NewStep returns a plan for a host, signed and encoded. What the host has is not
// known.
func NewStep(host string, p *plan.Plan, hash string, e plan.Envelope) Step {
	d := plan.Document{Format: plan.Format, Hash: hash, Envelope: signed(e), Plan: *p}
	data, err := plan.Encode(p, d.Envelope)
	if err != nil {
		panic("rollout: compiled plan does not encode: " + err.Error())
	}
	return Step{Host: host, Document: &d, Data: data}
}

// signed returns e as applied now by whoever runs this.
func signed(e plan.Envelope) plan.Envelope {
	e.AppliedBy = fleet.Whoami()
	e.AppliedAt = time.Now().UTC().Format(time.RFC3339)
	return e
}

// followed tells whether the host had the plan before the rollout, and its
// report confirms it.
func (s Step) followed() bool {
	return s.Stored && s.Alive && fleet.Judge(s.Document, nil, s.Before).Confirmed
}

// Confirmed tells whether the reports confirm all steps already.
func Confirmed(steps []Step) bool {
	return !slices.ContainsFunc(steps, func(s Step) bool { return !s.followed() })
}
