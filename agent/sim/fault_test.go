package sim

import (
	"slices"
	"testing"
	"time"

	"hactl/schemas/plan"
)

// What can happen to hosts happens, and ends again. lb0 is preferred.
func TestFaults(t *testing.T) {
	type expect struct {
		what   string
		happen func(*team)
		active []string
		gap    time.Duration // for which nobody answered, at most
	}
	both := []string{"lb0", "lb1"}
	for _, c := range [][]expect{
		{
			{"power off", func(m *team) { m.Power("lb0", false) }, both[1:], 3100 * time.Millisecond},
			{"power on", func(m *team) { m.Power("lb0", true) }, both[:1], 0},
		},
		{
			{"carrier lost", func(m *team) { m.Carrier("lb0", "eth0", false) }, both[1:], 3100 * time.Millisecond},
			{"carrier back", func(m *team) { m.Carrier("lb0", "eth0", true) }, both[:1], 0},
		},
		{
			{"cut off", func(m *team) { m.Cut("lb0", true) }, both, 0},
			{"heard again", func(m *team) { m.Cut("lb0", false) }, both[:1], 0},
		},
		{
			{"check down", func(m *team) { m.turn(0, 0) }, both[1:], 0},
			{"check up", func(m *team) { m.turn(0, 0) }, both[:1], 0},
		},
		{
			{"drained", func(m *team) { m.Drain("lb0", "drained") }, both[1:], 0},
			{"in service", func(m *team) { m.Drain("lb0", "") }, both[:1], 0},
		},
	} {
		m := &team{LAN: New(time.Millisecond, 0), t: t, mode: plan.Always, checks: 1, vips: 1, effect: plan.Demote, cost: 20}
		m.join(254)
		m.join(244)
		m.Run(settled)
		for _, e := range c {
			before := m.gap()
			e.happen(m)
			m.Run(settled)
			active, _ := m.Active(vip(0))
			if gap := m.gap() - before; !slices.Equal(active, e.active) || gap > e.gap || (gap == 0) != (e.gap == 0) {
				t.Errorf("%s: %v are Active, want %v; nobody answered for %v, want up to %v", e.what, active, e.active, gap, e.gap)
			}
		}
	}
}
