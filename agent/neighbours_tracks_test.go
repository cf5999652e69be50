package agent_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// tracked is the transport on which checks are tried: version 3, adverts every
// second.
var tracked = transports[2]

// Our check fails, and keepalived takes over within its Skew_Time, also where its
// nopreempt would have kept it from that: nothing is lost.
func TestKeepalivedOurCheckFails(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]setup{
		"demote":                {ours: track("web", plan.Demote, -20)},
		"demote, its nopreempt": {ours: track("web", plan.Demote, -20), theirs: "nopreempt"},
		"demote, our never": {ours: func(r *plan.Router) {
			never(r)
			track("web", plan.Demote, -20)(r)
		}},
		"fault":  {ours: track("web", plan.Fault, 0)},
		"weight": {ours: track("web", plan.Weigh, -20)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.transport, s.preferred = tracked, us
			m := newMixed(t, s)
			m.startBoth()
			took := m.movesTo(them, m.probe, m.fail(us), detection+skew)
			m.serve(us)
			want := []string{us, them, us}
			if strings.HasSuffix(name, "never") {
				want = want[:2]
				m.await("our check to pass", func() bool { return m.status(us).Routers[0].Effective == 254 })
				heard := m.received(us)
				m.await("our router to have heard five more adverts", func() bool { return m.received(us) >= heard+5 })
			} else {
				m.answeredBy(m.probe, us)
			}
			r := m.saw(want...)
			lossless(t, r, len(want)-1)
			t.Logf("moved after %v, %d lost in %d moves", took, r.Lost, len(want)-1)
		})
	}
}

// scripted is keepalived's check of its service.
const scripted = `global_defs {
 script_user root
}
vrrp_script web {
 script "/usr/bin/test -e SERVICE"
 interval 1
 fall 1
 rise 1
 %s
}
`

// Its check fails, and we take over as keepalived tells us to: by a weight after
// an Active_Down_Interval in which it answers on, by a fault after our Skew_Time,
// since it gives the address up first.
func TestKeepalivedItsCheckFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, weight string
		bound        time.Duration // of the move, from the failure; its check runs every second
		outage       time.Duration
	}{
		{"weight", "weight -20", time.Second + activeDown(router(244)), 0},
		{"fault", "", time.Second + skew, skew},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			needRoot(t) // keepalived runs no script as anybody else here
			m := newMixed(t, setup{transport: tracked, preferred: them, above: fmt.Sprintf(scripted, c.weight), theirs: "track_script {\n web\n }"})
			m.startBoth()
			took := m.movesTo(us, m.probe, m.fail(them), c.bound)
			m.serve(them)
			m.answeredBy(m.probe, them)
			r := m.saw(them, us, them)
			within(t, "two moves", r, c.outage+100*time.Millisecond)
			t.Logf("moved after %v, no answer for %v, %d lost in two moves", took, silence(r, 0), r.Lost)
		})
	}
}

// grouped is keepalived's configuration of two vips that move together.
func grouped(priority int) string {
	instance := func(name, link, address string, vrid int) string {
		return fmt.Sprintf("vrrp_instance %s {\n state BACKUP\n interface %s\n virtual_router_id %d\n version 3\n priority %d\n advert_int 1\n virtual_ipaddress {\n  %s\n }\n}\n",
			name, link, vrid, priority, address)
	}
	return "vrrp_sync_group nat {\n group {\n  in\n  out\n }\n}\n" +
		instance("in", "eth1", "10.1.0.100/24", 61) + instance("out", "eth0", "10.0.0.100/24", 60)
}

// Vips that move together, keepalived's sync group as the other router, and a link
// of one of the hosts dies. Ours takes both over after a Skew_Time. Its group
// waits until it hears nothing on the dead segment for an Active_Down_Interval, and
// on the other segment we answer until then.
func TestKeepalivedTogether(t *testing.T) {
	t.Parallel()
	program := needKeepalived(t)
	for _, active := range []string{us, them} {
		t.Run(speaks[active]+" loses a link", func(t *testing.T) {
			t.Parallel()
			priority := map[string]int{active: 254, other(active): 244}
			c := twoSegments(t)
			k := newKeepalived(c, them, program, grouped(priority[them]))
			c.publish(us, nat(priority[us])...)
			run := map[string]func(){us: func() { c.start(us) }, them: k.start}
			run[active]()
			c.holders("eth1", "10.1.0.100", active)
			run[other(active)]()
			in, out := c.probe("10.1.0.100", active), c.probe("10.0.0.100", active)
			if active == them {
				c.await("our routers to hear both", func() bool {
					s := c.status(us)
					return s != nil && !slices.ContainsFunc(s.Routers, func(r status.Router) bool { return r.ActivePeer == "" })
				})
			} else {
				c.await("keepalived to be Backup", func() bool { return k.said("(out) Entering BACKUP STATE") })
				sent := c.status(us).Routers[0].Sent
				c.await("keepalived to hear two adverts", func() bool { return c.status(us).Routers[0].Sent >= sent+2 })
			}
			c.must(c.hosts[active].Unplug("eth1"))
			c.answeredBy(in, other(active))
			c.answeredBy(out, other(active))
			c.must(c.hosts[active].Plug("eth1"))
			c.answeredBy(in, active)
			c.answeredBy(out, active)
			dead, alive := in.Stop(), out.Stop()
			t.Logf("dead segment %d lost in %v, other segment %d lost in %v", dead.Lost, dead.Outage.Round(time.Millisecond), alive.Lost, alive.Outage.Round(time.Millisecond))
			const load = 200 * time.Millisecond
			within(t, "dead segment", dead, map[string]time.Duration{us: activeDown(router(244)), them: skew}[active]+load)
			within(t, "other segment", alive, map[string]time.Duration{us: 0, them: skew}[active]+load)
		})
	}
}
