package main

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

// fleet is the hosts of a store, between which vips move.
type fleet struct {
	store   store.Store
	members []*member // by name
	plans   generation
	poll    time.Duration // between two looks at the reports, greater than 0
}

// member is one host of a fleet.
type member struct {
	known               // what the store has of it
	wanted  intent.Host // what people want of it
	written []byte      // as it is in the store; nil: nothing is
	closed  error       // why it cannot be told anything; nil when it can
}

// newFleet reads what s has of hosts, which are sorted.
func newFleet(ctx context.Context, s store.Store, hosts []string) *fleet {
	f := &fleet{store: s, plans: newGeneration(), poll: lookEvery}
	for _, host := range hosts {
		f.members = append(f.members, &member{known: known{Host: host}})
	}
	together(len(hosts), func(i int) { f.members[i].read(ctx, s) })
	for _, m := range f.members {
		if m.Stored != nil {
			f.plans.add(m.Host, &m.Stored.Plan)
		}
	}
	return f
}

// read reads what the store has of a host. One that cannot be reached is part of
// the fleet all the same: others may be moved away from, or to.
func (m *member) read(ctx context.Context, s store.Store) {
	m.wanted = intent.Host{Host: m.Host}
	if m.survey(ctx, s); m.Unread != nil {
		m.closed = fmt.Errorf("%s cannot be told: %w", m.Host, m.Unread)
		return
	}
	data, err := s.Intents(ctx, m.Host)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		m.closed = fmt.Errorf("%s cannot be told: %w", m.Host, err)
		return
	}
	h, err := intent.Decode(data)
	if err != nil {
		m.closed = fmt.Errorf("what is wanted of %s is not understood, and not replaced: %w. Remove the file intents/%s.json from its store to begin anew", m.Host, err, m.Host)
		return
	}
	m.wanted, m.written = *h, data
}

// want changes what is wanted of a host, if change says that it did.
func (f *fleet) want(ctx context.Context, m *member, change func(*intent.Host) bool) error {
	if m.closed != nil {
		return m.closed
	}
	wanted := m.wanted
	wanted.Holds, wanted.Upgrades = slices.Clone(wanted.Holds), slices.Clone(wanted.Upgrades)
	if !change(&wanted) {
		return nil
	}
	data := intent.Encode(&wanted)
	if err := f.store.PutIntents(ctx, m.Host, data, m.written); err != nil {
		return err
	}
	m.wanted, m.written = wanted, data
	return nil
}

// member returns the host of that name, nil when there is none.
func (f *fleet) member(host string) *member {
	for _, m := range f.members {
		if m.Host == host {
			return m
		}
	}
	return nil
}

// require is member, for a host that is to be told something.
func (f *fleet) require(host string) (*member, error) {
	if m := f.member(host); m != nil {
		return m, m.closed
	}
	var names []string
	for _, m := range f.members {
		names = append(names, m.Host)
	}
	return nil, fmt.Errorf("there is no host %s%s: there are %s", host, meant(host, names), rule.List(names))
}

// meant suggests what was meant by a name; empty when nothing is near.
func meant(name string, candidates []string) string {
	if near := rule.Nearest(name, candidates); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	return ""
}

// look reads the newest reports. Of a host that cannot be read the last one stays.
func (f *fleet) look(ctx context.Context) {
	together(len(f.members), func(i int) {
		m := f.members[i]
		if s, err := readReport(ctx, f.store, m.Host); err == nil {
			m.Status, m.Alive = s, alive(s, time.Now())
		}
	})
}

// await looks at the reports until done is true; the error is errLate when it is
// not within wait.
func (f *fleet) await(ctx context.Context, wait time.Duration, done func() bool) error {
	return until(ctx, f.poll, time.Now().Add(wait), func() (bool, error) {
		f.look(ctx)
		return done(), nil
	})
}

// reports are those of running agents, by host.
func (f *fleet) reports() map[string]*status.Host {
	all := map[string]*status.Host{}
	for _, m := range f.members {
		if m.Alive {
			all[m.Host] = m.Status
		}
	}
	return all
}

// vips returns the names of all vips, sorted.
func (f *fleet) vips() []string {
	var names []string
	for _, id := range f.plans.ids() {
		if vip := f.plans.any(id).Vip; !slices.Contains(names, vip) {
			names = append(names, vip)
		}
	}
	slices.Sort(names)
	return names
}

// vip returns the whole name of a vip, of which the cluster may be left out where
// that is clear.
func (f *fleet) vip(name string) (string, error) {
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
		return "", fmt.Errorf("no plan in the store has a vip %s%s: there are %s", name, meant(name, all), rule.List(all))
	}
	return "", fmt.Errorf("there is more than one vip %s: name %s", name, rule.Or(some))
}

// routers returns the IDs of the routers that move with a vip, its own among
// them.
func (f *fleet) routers(vip string) []string {
	unit := ""
	for _, id := range f.plans.ids() {
		if r := f.plans.any(id); r.Vip == vip {
			unit = r.Unit
		}
	}
	var ids []string
	for _, id := range f.plans.ids() {
		if r := f.plans.any(id); r.Vip == vip || unit != "" && r.Unit == unit {
			ids = append(ids, id)
		}
	}
	return ids
}

// readAgain reads what the store has of a host now: its intents may have changed, and
// it may be reachable again. The last report stays where there is no other.
func (m *member) readAgain(ctx context.Context, s store.Store) {
	was := m.known
	*m = member{known: known{Host: was.Host}}
	m.read(ctx, s)
	if m.Unread != nil {
		m.Stored = was.Stored
	}
	if m.Status == nil {
		m.Status, m.Alive = was.Status, was.Alive
	}
}
