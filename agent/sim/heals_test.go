package sim

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hactl/schemas/plan"
)

// TestAllIsWellAgain lets hosts die, lose carriers, be cut off and be drained at random
// instants, and ends all of that. One host has all addresses then, under "always" the
// preferred one.
func TestAllIsWellAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawTeam(t, plan.Demote)
		wrong := map[string]bool{} // what ails whom
		turn := func(host string, ill int) {
			key := fmt.Sprint(host, ill)
			is := !wrong[key]
			wrong[key] = is
			switch ill {
			case 0:
				m.Power(host, !is)
			case 1:
				m.Cut(host, is)
			case 2:
				m.Drain(host, map[bool]string{true: "drained"}[is])
			default:
				m.Carrier(host, fmt.Sprint("eth", ill-3), !is)
			}
		}
		ills := 3 + m.vips
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			turn(name(rapid.IntRange(0, len(m.failed)-1).Draw(t, "host")), rapid.IntRange(0, ills-1).Draw(t, "ill"))
			m.pause(t)
		}
		for i := range m.failed {
			for ill := range ills {
				if wrong[fmt.Sprint(name(i), ill)] {
					turn(name(i), ill)
					m.pause(t)
				}
			}
			m.Drain(name(i), "") // whoever was dead when it was drained, too
		}
		m.Run(settled)
		if is := m.active(); is < 0 || m.mode == plan.Always && is != 0 {
			t.Fatalf("host %d is Active", is)
		}
	})
}

// TestOneOfAUnitIsMadeAnew gives one vip of a unit another VRID, on one host after the
// other, in any order. The other vip notices nothing of it, and in the end one host has
// both.
func TestOneOfAUnitIsMadeAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawTeam(t, plan.Demote)
		if m.vips == 1 {
			t.Skip("no unit")
		}
		all := make([]int, len(m.failed))
		for i := range all {
			all[i] = i
		}
		was, gap := m.active(), m.Gap(vip(0))
		watch := func(d time.Duration) {
			for end := m.Now().Add(d); m.Now() < end; m.Run(5 * time.Millisecond) {
				if hosts, _ := m.Active(vip(0)); len(hosts) != 1 || hosts[0] != name(was) {
					t.Fatalf("at %v %v are Active for the other vip, not host %d", m.Now(), hosts, was)
				}
			}
		}
		for _, i := range rapid.Permutation(all).Draw(t, "order") {
			p := *m.host(name(i)).plan
			p.Routers = []plan.Router{p.Routers[0], p.Routers[1]}
			p.Routers[1].VRID = 77
			m.Follow(&p)
			watch(time.Duration(rapid.IntRange(5, 3000).Draw(t, "pause")) * time.Millisecond)
		}
		watch(settled)
		if is := m.active(); is != was || m.Gap(vip(0)) > gap {
			t.Fatalf("host %d is Active, and was %d; the other vip was on no host for %v", is, was, m.Gap(vip(0))-gap)
		}
	})
}
