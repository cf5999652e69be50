package agent_test

import (
	"testing"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// What was seen of keepalived in seventeen situations (docs/scenarios.md), and what
// hactl makes of them. Those that are not here have tests with other names: the page
// names all.

// E1: the first to start listens for an Active_Down_Interval like everybody: there is
// no word that gives it a head start, and no need of one.
func TestScenarioStart(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.publish("lb01", router(254))
	c.start("lb01")
	c.awaitState("lb01", "backup")
	began := c.status("lb01").Routers[0].Since
	c.awaitState("lb01", "active")
	if took := c.status("lb01").Routers[0].Since.Sub(began); took < activeDown(router(254)) {
		t.Errorf("Active after %v, before an Active_Down_Interval of %v", took, activeDown(router(254)))
	}
	c.oneOwner("lb01")
}

// E9: one of the two has an address more. Both count the other's adverts, nothing
// moves, and the difference is named.
func TestScenarioAddressListsDiffer(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	c.publish("lb01", router(254, fast, known))
	c.publish("lb02", router(244, fast, known, addresses("10.0.0.100/24", "10.0.0.101/24")))
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	p := c.probe("10.0.0.100", "lb01")
	c.awaitConflict("lb02", status.OtherAddresses, "10.0.0.5", "lists other addresses")
	c.await("lb02 to have heard 50 adverts", func() bool { return c.received("lb02") > 50 })
	c.oneOwner("lb01")
	unnoticed(t, p.Stop())
}

// E9 beside keepalived before 2.3.3, which drops adverts that list other addresses:
// both are Active, and it is said.
func TestScenarioKeepalivedDropsOtherAddresses(t *testing.T) {
	t.Parallel()
	m := differ(t, setup{transport: transports[2], preferred: us, ours: func(r *plan.Router) {
		addresses("10.0.0.100/24", "10.0.0.101/24")(r)
		r.Neighbours[0].Address = "10.0.0.6"
	}})
	m.awaitSplit()
}

// awaitSplit waits until our router says that keepalived has the address, too. Its
// adverts may tell, or may not come: keepalived 2.2.7 begins its interval anew with
// every advert that it drops, so that it can be Active without a word for long. Then
// the probe five seconds after our takeover finds it.
func (m *mixed) awaitSplit() {
	m.t.Helper()
	station := mac(m.cluster, m.hosts[them])
	m.await("our router to name the split", func() bool {
		return m.conflict(us, status.DuplicateAddress, station) != nil || m.conflict(us, status.TwoActive, "10.0.0.6") != nil
	})
}

// E10: in version 2 another interval makes two Actives. Both say why.
func TestScenarioIntervalsDiffer(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	slow := func(r *plan.Router) { r.AdvertInterval = 2000 }
	c.publish("lb01", router(254, known, passVersion2))
	c.publish("lb02", router(244, known, passVersion2, slow))
	c.start("lb01")
	c.start("lb02")
	c.awaitConflict("lb01", status.OtherInterval, "10.0.0.6", "sends every 2s, this host every 1s, so its adverts are dropped")
	c.awaitConflict("lb02", status.OtherInterval, "10.0.0.5", "sends every 1s, this host every 2s, so its adverts are dropped")
	for _, host := range []string{"lb01", "lb02"} {
		if n := c.status(host).Routers[0].Contradicted[status.OtherInterval]; n < 3 {
			t.Errorf("%s counted %d", host, n)
		}
	}
}

// E14: preemption "never" on both, the lower one Active, and the segment is split. Both
// are Active, and when it heals the higher one wins, as in keepalived: only Backups
// can be kept from taking over. It is said, and clients find the winner at once.
func TestScenarioNeverAndASplit(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, fast, known, never))
	}
	c.start("lb02")
	c.awaitState("lb02", "active")
	c.start("lb01")
	c.awaitState("lb01", "backup")
	p := c.probe("10.0.0.100", "lb02")
	isolate := func(on bool) {
		for _, h := range c.hosts {
			c.must(h.Isolate("eth0", on))
		}
	}
	isolate(true)
	c.awaitState("lb01", "active")
	sent := c.status("lb01").Routers[0].Sent
	c.await("lb01 to have been Active for long", func() bool { return c.status("lb01").Routers[0].Sent > sent+15 })
	isolate(false)
	c.awaitState("lb02", "backup")
	c.awaitConflict("lb01", status.TwoActive, "10.0.0.6", "lb02")
	c.answeredBy(p, "lb01")
	c.oneOwner("lb01")
	bounded(t, "a split that heals", p.Stop(), activeDown(router(254, fast)))
}

// E17: keepalived before 2.4.2 drops signed adverts, so that both are Active: said at
// once. Under "receive-only", with which a change-over begins, nothing is signed yet.
func TestScenarioSignedBesideOldKeepalived(t *testing.T) {
	t.Parallel()
	signed := func(accept plan.Enforcing) setup {
		return setup{transport: transports[2], preferred: us, ours: func(r *plan.Router) {
			signs(accept, 1)(r)
			r.Neighbours[0].Address = "10.0.0.6"
		}}
	}
	t.Run("permissive", func(t *testing.T) {
		t.Parallel()
		m := newMixed(t, signed(plan.Permissive))
		m.run(us)
		m.await("hactl to be Active", func() bool { return m.holds(us, m.vip()) })
		m.run(them)
		m.await("keepalived to drop one, or to take it", func() bool { return m.peer.said("too long") || m.isBackup(them) && m.received(us) > 0 })
		if !m.peer.said("too long") {
			t.Skip("needs a keepalived before 2.4.2")
		}
		m.awaitSplit()
	})
	t.Run("receive-only", func(t *testing.T) {
		t.Parallel()
		m := newMixed(t, signed(plan.ReceiveOnly))
		m.startBoth()
		m.settle(time.Now(), us)
		if m.peer.said("too long") {
			t.Error("a router that only receives signatures has sent one")
		}
	})
}
