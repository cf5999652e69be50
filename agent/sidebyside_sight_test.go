package agent_test

import (
	"os"
	"slices"
	"time"

	"hactl/agent/netlab"
)

// sight is what the client of a contender saw when something happened to lb01.
type sight struct {
	took     time.Duration // from then until lb02's first answer
	detected time.Duration // from then until the check's first failing run; 0: there is no check
	netlab.Report
}

// after is the time that the move took once it was known that it is due.
func (s sight) after() time.Duration { return s.took - s.detected }

// moves is how often another host began to answer.
func (s sight) moves() int { return len(s.Turns) - 1 }

// look lets happen what has to, a time after now, and tells what each contender's
// client saw until it was answered by lb02 alone for a second, or by lb01 for so long
// that lb02 cannot be about to take over.
func (s *scene) look(phase time.Duration) []sight {
	s.t.Helper()
	for _, c := range contenders {
		s.began = append(s.began, time.Now())
		s.probes = append(s.probes, s.probe(c.vip, "lb01"))
	}
	<-time.After(phase)
	ours, theirs := s.happen(s)
	host, alone := "lb02", time.Second
	if s.stays {
		host, alone = "lb01", time.Second+activeDown(router(contenders[1].second, s.speed))
	}
	for i, p := range s.probes {
		at := []time.Time{ours, theirs, theirs}[i].Sub(s.began[i])
		s.await(host+" to answer for "+contenders[i].name, func() bool {
			turns := p.Report().Turns
			last := turns[len(turns)-1]
			return last.Host == host && last.Last-max(last.First, at) >= alone
		})
	}
	sights := []sight{s.sight(0, ours, "hactl")}
	for i := range contenders[1:] {
		sights = append(sights, s.sight(i+1, theirs, "keepalived"))
	}
	return sights
}

// sight ends the client of a contender, whose trouble began at an instant.
func (s *scene) sight(i int, at time.Time, whose string) sight {
	s.t.Helper()
	seen := sight{Report: s.probes[i].Stop()}
	if s.stays {
		return seen
	}
	turn := slices.IndexFunc(seen.Turns, func(t netlab.Turn) bool { return t.Host == "lb02" })
	seen.took = s.began[i].Add(seen.Turns[turn].First).Sub(at)
	if info, err := os.Stat(s.noted("lb01", whose)); err == nil {
		seen.detected = max(info.ModTime().Sub(at), 0)
	}
	return seen
}
