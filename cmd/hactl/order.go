package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

// order is who stands aside for a vip so that it goes where it is to: whoever
// would win against the new host.
type order struct {
	fleet   *fleet.Fleet
	vip     string
	routers []string // IDs of those that move
	from    string   // the host that is Active
	mark    intent.Mark
	until   bool     // another plan ends what lasts
	lasting []string // hosts that stand aside from now on
	passing []string // hosts that do so until the vip has moved
}

// newOrder works out who stands aside. Whoever is preferred to the new host would
// take the vip from it at once or after a delay, but under "never" no more when
// it is there.
func newOrder(f *fleet.Fleet, vip, from string, to fleet.Standing, until, force bool) (*order, error) {
	o := &order{fleet: f, vip: vip, routers: f.Routers(vip), from: from, until: until}
	o.mark = fleet.NewMark()
	for _, s := range f.Standings(vip) {
		better := s.Rank >= to.Rank
		switch {
		case s.Host == to.Host:
		case better && s.Kind != plan.Hactl:
			return nil, fmt.Errorf("nothing was changed, as %s is preferred to %s, and speaks %s: it cannot be told to stand aside for %s", s.Host, to.Host, s.Kind, vip)
		case better && f.Deaf(s.Host) && !force:
			return nil, fmt.Errorf("nothing was changed, as %s is preferred to %s, and cannot be told to stand aside for %s: %s. If it is dead, go on with --force", s.Host, to.Host, vip, s.Unknown)
		case f.Deaf(s.Host):
		case better && f.Mode(vip) != plan.Never:
			o.lasting = append(o.lasting, s.Host)
		case from != to.Host && (better || s.Host == from):
			o.passing = append(o.passing, s.Host)
		}
	}
	return o, nil
}

// standAside tells the hosts: the one that is Active last, when the others have
// reported that they will not be in the way.
func (o *order) standAside(ctx context.Context, m *move) error {
	f := o.fleet
	var told []*fleet.Member
	for _, h := range f.Having(o.routers) {
		if h.Host == o.from {
			continue
		}
		if err := o.tell(ctx, h); err != nil {
			return err
		}
		told = append(told, h)
	}
	err := f.Await(ctx, m.flags.wait, func() bool {
		return !slices.ContainsFunc(told, func(h *fleet.Member) bool { return h.Alive && f.ReportsHold(h, o.routers) != o.aside(h.Host) })
	})
	switch {
	case errors.Is(err, fleet.ErrLate) && m.flags.wait > 0:
		return exit{exitUnconfirmed, fmt.Sprintf("%s stays on %s: not every agent that is to stand aside reports that it does", o.vip, o.from)}
	case err != nil && !errors.Is(err, fleet.ErrLate):
		return errors.New("interrupted; nothing has moved")
	}
	return o.tell(ctx, f.Member(o.from))
}

// aside reports whether a host is to stand aside.
func (o *order) aside(host string) bool {
	return slices.Contains(o.lasting, host) || slices.Contains(o.passing, host)
}

// tell writes down what is wanted of a host.
func (o *order) tell(ctx context.Context, h *fleet.Member) error {
	if !o.aside(h.Host) {
		_, err := o.fleet.Free(ctx, h, o.routers)
		return err
	}
	hold := intent.Hold{Vip: o.vip, Mark: o.mark}
	if o.until && h.Status != nil {
		hold.Plan = h.Status.Plan.Hash
	}
	return o.fleet.Want(ctx, h, func(w *intent.Host) bool {
		w.Set(hold)
		return true
	})
}

// end puts those into their ranks again that stood aside for the move alone, also
// when it has failed or was interrupted.
func (o *order) end(ctx context.Context, m *move) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	for _, host := range o.passing {
		h := o.fleet.Member(host)
		h.Read(ctx, o.fleet.Store) // the answer may have been lost, and others may have told the host something
		if _, err := o.fleet.Free(ctx, h, o.routers); err != nil {
			m.say("%s is still held back for %s, as it cannot be told otherwise: %v", host, o.vip, err)
		}
	}
}

// held returns which of the lasting hosts have been told: all of them, unless one
// could not be, or an interrupt came first.
func (o *order) held() []string {
	return slices.DeleteFunc(slices.Clone(o.lasting), func(host string) bool {
		return o.fleet.Member(host).Wanted.Hold(o.vip) == nil
	})
}
