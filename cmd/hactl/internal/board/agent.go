package board

import (
	"fmt"
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"
)

// origin says since when an agent runs, and what it went on with.
func origin(s *status.Host, now time.Time) string {
	if h := s.Handover; h != nil && h.From != "" {
		return fmt.Sprintf("took over from %s %s", h.From, fleet.Ago(h.Asked, now))
	}
	return "started " + fleet.Ago(s.Started, now)
}

// tooLate is how late a loop may be before people are told, in seconds: a tenth of
// the usual interval.
const tooLate = 0.1

// agentProblems says what is wrong with an agent itself.
func agentProblems(s *status.Host, now time.Time) []string {
	var words []string
	if h := s.Handover; h != nil && h.Refused != "" {
		words = append(words, fmt.Sprintf("the hand-over of %s was refused, and the agent goes on as it was: %s", fleet.Ago(h.Asked, now), h.Refused))
	}
	if l := s.Lateness; l != nil && l.Worst > tooLate {
		words = append(words, fmt.Sprintf("the agent was up to %.0f ms late within the last minutes: look at steal time, swap and real-time processes", l.Worst*1000))
	}
	return words
}

// agentNotes says what is worth to know of an agent, though nothing is wrong: what a
// hand-over waits for, and which addresses do not end as soon as neighbours take
// over when the agent is gone.
func agentNotes(s *status.Host, now time.Time) []string {
	var words []string
	if h := s.Handover; h != nil && h.Waiting != "" {
		words = append(words, fmt.Sprintf("hands over, asked %s, and waits: %s", fleet.Ago(h.Asked, now), h.Waiting))
	}
	return append(words, lasting(s.Routers)...)
}

// lasting says which addresses outlast their agent, one that has died, by another time
// than neighbours wait: a line for each time and reason.
func lasting(routers []status.Router) []string {
	vips := map[string][]string{}
	var order []string
	for _, r := range routers {
		if r.LifetimeReason == "" {
			continue
		}
		how := "outlast the agent: " + r.LifetimeReason
		if r.Lifetime > 0 {
			how = fmt.Sprintf("outlast the agent by %d s: %s", r.Lifetime, r.LifetimeReason)
		}
		if !slices.Contains(order, how) {
			order = append(order, how)
		}
		if before := vips[how]; len(before) == 0 || before[len(before)-1] != r.Vip { // a vip of two families is two routers
			vips[how] = append(before, r.Vip)
		}
	}
	var words []string
	for _, how := range order {
		words = append(words, fmt.Sprintf("addresses of %s %s", several(vips[how]), how))
	}
	return words
}

// several names the first of some, and counts the others.
func several(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
}
