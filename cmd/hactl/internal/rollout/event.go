package rollout

import "fmt"

// Event is one thing that has happened in the rollout of plans.
type Event struct {
	Kind Kind   // what it is
	Host string // that it is about; empty: all of them
	Wave string // "1 of 3", of a wave that begins or ends
	Plan string // hash of the plan that a host was given, or has confirmed
	Text string // in words
}

// Kind is what an Event is.
type Kind string

// The kinds.
const (
	PlanPublished Kind = "published"   // the store has the plan of a host
	PlanConfirmed Kind = "confirmed"   // a host follows its plan
	HostPassed    Kind = "passed over" // a host is left as it is on the way back, and the others go on
	WaveBegun     Kind = "wave begun"
	WaveEnded     Kind = "wave ended"  // all its hosts have confirmed it
	Stopped       Kind = "stopped"     // the rollout goes no further
	GoingBack     Kind = "going back"  // what was published is taken back
	WentBack      Kind = "rolled back" // as far as that was possible
)

// tell says what has happened to a host.
func (r *Plans) tell(k Kind, host, format string, args ...any) {
	r.Say(Event{Kind: k, Host: host, Plan: r.published[host], Text: fmt.Sprintf(format, args...)})
}

// pace says that one of several waves begins or ends.
func (r *Plans) pace(k Kind, w Wave) {
	if w.Number != "" {
		r.Say(Event{Kind: k, Wave: w.Number, Text: w.String()})
	}
}
