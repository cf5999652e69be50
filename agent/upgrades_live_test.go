package agent_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

// An agent carries out orders while clients ask: there, back, and there again.
func TestKernelUpgrade(t *testing.T) {
	t.Parallel()
	w := newWebsite(t, 1, "8080")
	w.put(w.plan("lb01", w.other, router(254, fast)))
	w.start("lb01")
	w.await("the agent to look", func() bool { return w.line().SHA256 == w.one.SHA256 })
	if l := w.line(); l.Current || l.Outdated == "" {
		t.Errorf("before: %+v", l)
	}
	stop := w.load("10.0.0.5:8080")
	w.order(w.other)
	if l := w.ends(upgrade.Committed, w.other); l.Previous == nil || l.Previous.SHA256 != w.one.SHA256 || !l.Current {
		t.Errorf("after: %+v", l)
	}
	w.order(rehearsal.Build{})
	if l := w.ends(upgrade.Committed, w.one); l.Previous == nil || l.Previous.SHA256 != w.other.SHA256 || l.Current {
		t.Errorf("back: %+v", l)
	}
	w.order(w.other)
	w.ends(upgrade.Committed, w.other)
	stop()
	w.await("the record to go", func() bool { return w.stage() == 0 })
	kept, err := filepath.Glob(w.path("*.hactl"))
	w.must(err)
	if len(kept) != 1 {
		t.Errorf("kept %v", kept)
	}
}

// A check that fails during the soak, and an order that is taken back, lead back.
func TestKernelUpgradeGoesBack(t *testing.T) {
	t.Parallel()
	w := newWebsite(t, 1, "8080")
	p := w.plan("lb01", w.other, router(254, fast))
	p.Upgrades[0].Verify.Soak = 60_000
	w.put(p)
	w.start("lb01")
	stop := w.load("10.0.0.5:8080")
	w.order(w.other)
	w.await("the soak", func() bool { return w.stage() == upgrade.Verify })
	w.must(os.Remove(w.path("good")))
	if l := w.ends(upgrade.Reverted, w.one); !strings.Contains(l.Text, "check web is down: ") {
		t.Errorf("it says %s", l.Text)
	}
	touch(t, w.path("good"))
	w.order(w.other)
	w.await("the soak", func() bool { return w.stage() == upgrade.Verify })
	w.want(&intent.Host{Host: "lb01"})
	if l := w.ends(upgrade.Reverted, w.one); !strings.Contains(l.Text, " was taken back; version ") {
		t.Errorf("it says %s", l.Text)
	}
	stop()
}

// Killed at any stage, and stopped, the agent that is started next finishes the order;
// clients do not notice that either.
func TestKernelUpgradeKilled(t *testing.T) {
	t.Parallel()
	w := newWebsite(t, 1, "8080")
	w.put(w.plan("lb01", w.other, router(254, fast)))
	w.start("lb01")
	stop := w.load("10.0.0.5:8080")
	begun := func() bool {
		data, _ := w.store.History("lb01", "nginx")
		h, err := upgrade.DecodeHistory(data)
		return err == nil && h.Underway() != nil && h.Underway().Order.ID == fmt.Sprint(w.orders)
	}
	for i, at := range []upgrade.Stage{upgrade.Preflight, upgrade.Backup, upgrade.Replace, upgrade.Start, upgrade.Retire, upgrade.Verify, upgrade.Commit} {
		next, runs := w.other, w.other
		if i%2 == 1 { // back
			next, runs = rehearsal.Build{}, w.one
		}
		w.order(next)
		w.await("stage "+at.String(), func() bool { return begun() && max(w.stage(), upgrade.Preflight) >= at })
		if i%3 == 2 {
			w.terminate("lb01")
		} else {
			w.kill("lb01")
		}
		t.Logf("ended at stage %d", w.stage())
		w.restart("lb01")
		w.ends(upgrade.Committed, runs)
	}
	stop()
}

// letGo makes the upgrade of a plan let the vip go first.
func letGo(p *plan.Plan) *plan.Plan {
	p.Upgrades[0].Vips, p.Upgrades[0].DrainTimeout = []string{"web/public"}, 1000
	return p
}

// With drain the address is on the other host before anything is touched, although
// lb01 always takes it back, and no reply is lost; it comes back at the end. It stays
// away when the agent is killed meanwhile. It is not parallel to others, whose clients
// ask without a pause: it counts each reply.
func TestKernelUpgradeDrains(t *testing.T) {
	for _, killed := range []bool{false, true} {
		t.Run(fmt.Sprintf("killed=%v", killed), func(t *testing.T) {
			w := newWebsite(t, 2, "8080")
			p := letGo(w.plan("lb01", w.other, router(254)))
			p.Upgrades[0].Verify.Soak = 2000
			w.put(p)
			w.publish("lb02", router(244))
			w.start("lb01")
			w.awaitState("lb01", "active")
			w.start("lb02")
			w.awaitState("lb02", "backup")
			probe := w.probe("10.0.0.100", "lb01")
			var idle net.Conn // to the vip, which no client ends
			w.must(w.client.Do(func() (err error) { idle, err = net.Dial("tcp", "10.0.0.100:8080"); return err }))
			defer idle.Close()
			w.order(w.other)
			w.await("the drain to be over", func() bool { return w.stage() > upgrade.Drain })
			if w.state("lb02", "web/public/ipv4") != "active" || w.holds("lb01", "10.0.0.100") {
				t.Error("the address has not moved away before")
			}
			lossless(t, w.answeredBy(probe, "lb02"), 1)
			w.await("the connection that was cut to be said", func() bool {
				said, err := os.ReadFile(w.logFile("lb01"))
				return err == nil && strings.Contains(string(said), `"1 connection to web/public cut`)
			})
			if killed {
				w.await("the soak", func() bool { return w.stage() == upgrade.Verify })
				w.kill("lb01")
				w.restart("lb01")
				w.await("lb01 to hold the vip away", func() bool { l := w.line(); return len(l.Held) == 1 && l.Verdict == "" })
				if w.state("lb01", "web/public/ipv4") == "active" {
					t.Error("the address is back")
				}
			}
			w.ends(upgrade.Committed, w.other)
			w.awaitState("lb01", "active")
			w.answeredBy(probe, "lb01")
			r := probe.Stop()
			lossless(t, r, 2)
			if len(r.Turns) != 3 {
				t.Errorf("the client noticed:\n%v", r)
			}
		})
	}
}

// Where nobody else can have the vip, the upgrade is refused, and nothing has happened.
func TestKernelUpgradeStaysAlone(t *testing.T) {
	t.Parallel()
	w := newWebsite(t, 1, "8080")
	w.put(letGo(w.plan("lb01", w.other, router(254, fast))))
	w.start("lb01")
	w.awaitState("lb01", "active")
	probe := w.probe("10.0.0.100", "lb01")
	w.order(w.other)
	if l := w.ends(upgrade.Refused, w.one); !strings.HasPrefix(l.Text, "web/public is still here after 5.5s: no other host takes it") || len(l.Held) > 0 {
		t.Errorf("it says %s, held %v", l.Text, l.Held)
	}
	if s := w.status("lb01"); s.Routers[0].Effective != 254 || s.Routers[0].State != "active" {
		t.Errorf("it is %s with priority %d", s.Routers[0].State, s.Routers[0].Effective)
	}
	unnoticed(t, probe.Stop())
}

// Another build of hactl goes on with an upgrade that is under way.
func TestKernelUpgradeIsHandedOver(t *testing.T) {
	t.Parallel()
	w := newWebsite(t, 1, "8080")
	p := w.plan("lb01", w.other, router(254, fast))
	p.Upgrades[0].Verify.Soak = 2000
	w.put(p)
	w.startBuild("lb01", "1.0.0")
	stop := w.load("10.0.0.5:8080")
	w.order(w.other)
	w.await("the soak", func() bool { return w.stage() == upgrade.Verify })
	w.handOver("lb01", "2.0.0")
	w.ends(upgrade.Committed, w.other)
	if said, err := os.ReadFile(w.logFile("lb01")); err != nil || strings.Count(string(said), "text=resumed") != 1 {
		t.Errorf("it was resumed %d times, want once: %v", strings.Count(string(said), "text=resumed"), err)
	}
	stop()
	w.must(w.agents["lb01"].Signal(syscall.SIGTERM))
}

// With the rights that the unit of the service names for upgrades an agent carries them
// out; without, it says which it lacks, and touches nothing.
func TestKernelUpgradeRights(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("setpriv"); err != nil {
		t.Skip("needs setpriv")
	}
	unit, err := os.ReadFile("../deploy/hactl.service")
	if err != nil {
		t.Fatal(err)
	}
	rights := func(pattern string) string {
		m := regexp.MustCompile(pattern).FindSubmatch(unit)
		if m == nil {
			t.Fatalf("%s is not in the unit", pattern)
		}
		return strings.ToLower(strings.NewReplacer(" ", ",+", "CAP_", "").Replace("+" + string(m[1])))
	}
	usual := rights(`(?m)^CapabilityBoundingSet=(.*)$`)
	w := newWebsite(t, 1, "80")
	w.put(w.plan("lb01", w.other, router(254, fast)))
	run := func(set string) {
		w.startAs("lb01", "setpriv", "--bounding-set=-all,"+set, "--inh-caps=-all")
		w.order(w.other)
	}
	run(usual)
	w.await("the refusal", func() bool { return w.line().Verdict == string(upgrade.Refused) })
	if l := w.line(); !strings.Contains(l.Text, ": permission denied: that takes CAP_SYS_PTRACE (") || !strings.Contains(l.Outdated, "is there, not") {
		t.Errorf("it says %q, and %q", l.Text, l.Outdated)
	}
	w.terminate("lb01")
	run(usual + "," + rights(`(?m)^# CapabilityBoundingSet=(CAP_SYS_PTRACE .*)$`))
	w.ends(upgrade.Committed, w.other)
}
