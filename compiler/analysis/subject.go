package analysis

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"hactl/schemas/plan"
)

// Subject is what fails over as one: a vip, or the vips of a unit.
type Subject struct {
	Vips  []string // "web/public", sorted; several move together
	Hosts []string // sorted, neighbours for which no plan is made among them

	// Assumed are those of Hosts without a plan, sorted. They count as healthy whatever
	// fails there, and preempt as the others do.
	Assumed []string

	shape  *shape
	checks []string   // names, sorted
	links  [][]string // by host: the interfaces that it uses, then the tracked ones
}

// Of returns what the plans of a number of hosts are about, sorted by the first
// vip. Plans of hosts that are missing are made up for by what the others say of
// them.
func Of(plans map[string]*plan.Plan) []*Subject {
	found := map[string]*draft{}
	for _, host := range slices.Sorted(maps.Keys(plans)) {
		p := plans[host]
		for i := range p.Routers {
			r := &p.Routers[i]
			name := cmp.Or(r.Unit, r.Vip)
			d := found[name]
			if d == nil {
				d = &draft{hosts: map[string]*seat{}}
				found[name] = d
			}
			d.add(p, r)
		}
	}
	all := make([]*Subject, 0, len(found))
	shapes := map[string]*shape{} // by key
	for _, d := range found {
		s := d.subject()
		key := s.shape.key()
		if shapes[key] == nil {
			shapes[key] = s.shape
		}
		s.shape = shapes[key]
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Subject) int { return strings.Compare(a.Vips[0], b.Vips[0]) })
	return all
}

// draft is a subject while plans are read.
type draft struct {
	vips  []string
	beats []beat
	hosts map[string]*seat
	mode  plan.Preemption // of a host with a plan
}

// seat is a host of a draft.
type seat struct {
	plan       *plan.Plan     // nil: there is none
	routers    []*plan.Router // of the subject
	neighbour  plan.Neighbour // without a plan
	interfaces []string       // that it uses
}

// add takes note of a router of a host's plan.
func (d *draft) add(p *plan.Plan, r *plan.Router) {
	if !slices.Contains(d.vips, r.Vip) {
		d.vips = append(d.vips, r.Vip)
	}
	if b := (beat{r.Version, r.AdvertInterval}); !slices.Contains(d.beats, b) {
		d.beats = append(d.beats, b)
	}
	d.mode = r.Preemption
	s := d.seat(p.Host)
	s.plan, s.routers = p, append(s.routers, r)
	if !slices.Contains(s.interfaces, r.Interface) {
		s.interfaces = append(s.interfaces, r.Interface)
	}
	for _, n := range r.Neighbours {
		d.seat(n.Host).neighbour = n
	}
}

func (d *draft) seat(host string) *seat {
	s := d.hosts[host]
	if s == nil {
		s = &seat{}
		d.hosts[host] = s
	}
	return s
}

// subject returns what has been read.
func (d *draft) subject() *Subject {
	slices.Sort(d.vips)
	slices.SortFunc(d.beats, func(a, b beat) int {
		return cmp.Or(cmp.Compare(a.version, b.version), cmp.Compare(a.interval, b.interval))
	})
	s := &Subject{Vips: d.vips, Hosts: slices.Sorted(maps.Keys(d.hosts)), shape: &shape{beats: d.beats}}
	s.checks = d.checks()
	s.shape.checks = len(s.checks)
	for _, host := range s.Hosts {
		seat := d.hosts[host]
		s.shape.members = append(s.shape.members, d.member(seat, s.checks))
		s.links = append(s.links, seat.names())
		if seat.plan == nil {
			s.Assumed = append(s.Assumed, host)
		}
	}
	return s
}

// checks returns the names of the checks that any host runs for the subject,
// sorted.
func (d *draft) checks() []string {
	var names []string
	for _, s := range d.hosts {
		for _, t := range s.tracks() {
			if t.Check != "" && !slices.Contains(names, t.Check) {
				names = append(names, t.Check)
			}
		}
	}
	slices.Sort(names)
	return names
}

// tracks returns what a host's routers depend on: all on the same.
func (s *seat) tracks() []plan.Track {
	if s.plan == nil {
		return nil
	}
	return s.routers[0].Tracks
}

// names returns the interfaces that the host uses, then those that it tracks.
func (s *seat) names() []string {
	names := slices.Clone(s.interfaces)
	for _, t := range s.tracks() {
		if t.Interface != "" {
			names = append(names, t.Interface)
		}
	}
	return names
}

// member returns a host of the shape.
func (d *draft) member(s *seat, checks []string) member {
	if s.plan == nil {
		n := s.neighbour
		return member{priority: n.Priority, mode: d.mode.Mode, delay: millis(d.mode.Delay)}
	}
	r := s.routers[0]
	m := member{
		priority: r.Priority, mode: r.Preemption.Mode, delay: millis(r.Preemption.Delay), quiet: millis(r.QuietStart),
		settling: millis(r.QuietLink), hooks: s.hooks(), links: len(s.interfaces),
	}
	for _, n := range r.Neighbours {
		m.rival = max(m.rival, n.Priority)
	}
	for _, t := range r.Tracks {
		m.tracks = append(m.tracks, s.track(t, checks))
	}
	slices.SortStableFunc(m.tracks, func(a, b track) int { return cmp.Compare(min(0, b.check), min(0, a.check)) })
	return m
}

// track returns one of the host's tracks.
func (s *seat) track(t plan.Track, checks []string) track {
	is := track{check: -1, effect: t.Effect, weight: t.Weight, up: steady}
	if t.Check != "" {
		is.check, _ = slices.BinarySearch(checks, t.Check)
		i, there := slices.BinarySearchFunc(s.plan.Checks, t.Check, func(c plan.Check, name string) int { return strings.Compare(c.Name, name) })
		if there {
			is.down, is.up = detection(&s.plan.Checks[i])
		}
	}
	return is
}

// hooks returns how long those take at most that run before a release: one after
// the other for a vip, at the same time for several.
func (s *seat) hooks() time.Duration {
	var most time.Duration
	for _, r := range s.routers {
		var sum time.Duration
		for _, h := range r.Hooks {
			if h.When == plan.BeforeRelease {
				sum += millis(h.Timeout)
			}
		}
		most = max(most, sum)
	}
	return most
}

// millis turns a plan's milliseconds into a duration.
func millis(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }

// Alike reports whether s and o have the same hosts, and the same becomes of them
// whatever fails: they are two names for one table.
func (s *Subject) Alike(o *Subject) bool {
	return s.shape == o.shape && slices.Equal(s.Hosts, o.Hosts) && slices.Equal(s.checks, o.checks) &&
		slices.EqualFunc(s.links, o.links, slices.Equal)
}
