package fleet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"hactl/agent/store"
	"hactl/lang/rule"
	"hactl/schemas/intent"
	"hactl/schemas/status"
)

// Fleet is the hosts of a store, between which vips move.
type Fleet struct {
	Store   store.Store   // where all of it was read; what is wanted is written there
	Members []*Member     // by name
	Plans   Generation    // those that the store has
	Poll    time.Duration // between two looks at the reports, greater than 0
}

// Member is one host of a fleet.
type Member struct {
	Known               // what the store has of it
	Wanted  intent.Host // what people want of it
	written []byte      // as it is in the store; nil: nothing is
	Closed  error       // why it cannot be told anything; nil when it can
}

// Read reads what s has of hosts, which are sorted.
func Read(ctx context.Context, s store.Store, hosts []string) *Fleet {
	f := &Fleet{Store: s, Plans: NewGeneration(), Poll: LookEvery}
	for _, host := range hosts {
		f.Members = append(f.Members, &Member{Known: Known{Host: host}})
	}
	Together(len(hosts), func(i int) { f.Members[i].Read(ctx, s) })
	for _, m := range f.Members {
		if m.Stored != nil {
			f.Plans.Add(m.Host, &m.Stored.Plan)
		}
	}
	return f
}

// Read reads what the store has of a host. One that cannot be reached is part of
// the fleet all the same: others may be moved away from, or to.
func (m *Member) Read(ctx context.Context, s store.Store) {
	m.Wanted = intent.Host{Host: m.Host}
	if m.Survey(ctx, s); m.Unread != nil {
		m.Closed = fmt.Errorf("%s cannot be told: %w", m.Host, m.Unread)
		return
	}
	data, err := s.Intents(ctx, m.Host)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		m.Closed = fmt.Errorf("%s cannot be told: %w", m.Host, err)
		return
	}
	h, err := intent.Decode(data)
	if err != nil {
		m.Closed = fmt.Errorf("what is wanted of %s is not understood, and not replaced: %w. Remove the file intents/%s.json from its store to begin anew", m.Host, err, m.Host)
		return
	}
	m.Wanted, m.written = *h, data
}

// Want changes what is wanted of a host, if change says that it did.
func (f *Fleet) Want(ctx context.Context, m *Member, change func(*intent.Host) bool) error {
	if m.Closed != nil {
		return m.Closed
	}
	wanted := m.Wanted
	wanted.Holds, wanted.Upgrades = slices.Clone(wanted.Holds), slices.Clone(wanted.Upgrades)
	if !change(&wanted) {
		return nil
	}
	data := intent.Encode(&wanted)
	if err := f.Store.PutIntents(ctx, m.Host, data, m.written); err != nil {
		return err
	}
	m.Wanted, m.written = wanted, data
	return nil
}

// Member returns the host of that name, nil when there is none.
func (f *Fleet) Member(host string) *Member {
	for _, m := range f.Members {
		if m.Host == host {
			return m
		}
	}
	return nil
}

// Require is Member, for a host that is to be told something: an error when it does not
// exist, or cannot be told.
func (f *Fleet) Require(host string) (*Member, error) {
	if m := f.Member(host); m != nil {
		return m, m.Closed
	}
	var names []string
	for _, m := range f.Members {
		names = append(names, m.Host)
	}
	return nil, fmt.Errorf("there is no host %s%s: there are %s", host, Meant(host, names), rule.List(names))
}

// Meant suggests what was meant by a name; empty when nothing is near.
func Meant(name string, candidates []string) string {
	if near := rule.Nearest(name, candidates); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	return ""
}

// Look reads the newest reports. Of a host that cannot be read the last one stays.
func (f *Fleet) Look(ctx context.Context) {
	Together(len(f.Members), func(i int) {
		m := f.Members[i]
		if s, err := ReadReport(ctx, f.Store, m.Host); err == nil {
			m.Status, m.Alive = s, Alive(s, time.Now())
		}
	})
}

// Await looks at the reports until done is true; the error is ErrLate when it is
// not within wait.
func (f *Fleet) Await(ctx context.Context, wait time.Duration, done func() bool) error {
	return Until(ctx, f.Poll, time.Now().Add(wait), func() (bool, error) {
		f.Look(ctx)
		return done(), nil
	})
}

// Reports are those of running agents, by host.
func (f *Fleet) Reports() map[string]*status.Host {
	all := map[string]*status.Host{}
	for _, m := range f.Members {
		if m.Alive {
			all[m.Host] = m.Status
		}
	}
	return all
}

// vips returns the names of all vips, sorted.
func (f *Fleet) vips() []string {
	var names []string
	for _, id := range f.Plans.IDs() {
		if vip := f.Plans.Any(id).Vip; !slices.Contains(names, vip) {
			names = append(names, vip)
		}
	}
	slices.Sort(names)
	return names
}

// Vip returns the whole name of a vip, of which the cluster may be left out where
// that is clear.
func (f *Fleet) Vip(name string) (string, error) {
	all := f.vips()
	if slices.Contains(all, name) {
		return name, nil
	}
	var some []string
	for _, vip := range all {
		if strings.HasSuffix(vip, "/"+name) {
			some = append(some, vip)
		}
	}
	switch len(some) {
	case 1:
		return some[0], nil
	case 0:
		return "", fmt.Errorf("no plan in the store has a vip %s%s: there are %s", name, Meant(name, all), rule.List(all))
	}
	return "", fmt.Errorf("there is more than one vip %s: name %s", name, rule.Or(some))
}

// Routers returns the IDs of the routers that move with a vip, its own among
// them.
func (f *Fleet) Routers(vip string) []string {
	unit := ""
	for _, id := range f.Plans.IDs() {
		if r := f.Plans.Any(id); r.Vip == vip {
			unit = r.Unit
		}
	}
	var ids []string
	for _, id := range f.Plans.IDs() {
		if r := f.Plans.Any(id); r.Vip == vip || unit != "" && r.Unit == unit {
			ids = append(ids, id)
		}
	}
	return ids
}

// ReadAgain reads what the store has of a host now: its intents may have changed, and
// it may be reachable again. The last report stays where there is no other.
func (m *Member) ReadAgain(ctx context.Context, s store.Store) {
	was := m.Known
	*m = Member{Known: Known{Host: was.Host}}
	m.Read(ctx, s)
	if m.Unread != nil {
		m.Stored = was.Stored
	}
	if m.Status == nil {
		m.Status, m.Alive = was.Status, was.Alive
	}
}
