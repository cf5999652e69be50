package agent_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Planned moves on real hosts, with a client that counts. Adverts are sent every
// second unless a test says otherwise.

// want changes what is wanted of a host.
func (c *cluster) want(host string, change func(*intent.Host)) {
	c.t.Helper()
	h, was := &intent.Host{Host: host}, []byte(nil)
	data, err := c.store.Intents(context.Background(), host)
	if !errors.Is(err, fs.ErrNotExist) {
		c.must(err)
		was = data
		h, err = intent.Decode(data)
		c.must(err)
	}
	change(h)
	c.must(c.store.PutIntents(context.Background(), host, intent.Encode(h), was))
}

// wish is who wants it.
func wish() intent.Mark { return intent.Mark{By: "test", Since: time.Now().UTC()} }

// drain drains a host, and returns when.
func (c *cluster) drain(host string) time.Time {
	c.t.Helper()
	at := time.Now()
	c.want(host, func(h *intent.Host) { m := wish(); h.Drain = &m })
	return at
}

// undrain puts it into service again, and returns when.
func (c *cluster) undrain(host string) time.Time {
	c.t.Helper()
	at := time.Now()
	c.want(host, func(h *intent.Host) { h.Drain = nil })
	return at
}

// hold holds the vip of the pair away from a host, and returns when.
func (c *cluster) hold(host string) time.Time {
	c.t.Helper()
	at := time.Now()
	c.want(host, func(h *intent.Host) { h.Set(intent.Hold{Vip: "web/public", Mark: wish()}) })
	return at
}

// release ends that.
func (c *cluster) release(host string) time.Time {
	c.t.Helper()
	at := time.Now()
	c.want(host, func(h *intent.Host) { h.Release("web/public") })
	return at
}

// effective is the priority of the first router of a host, 0 while nobody answers.
func (c *cluster) effective(host string) int {
	s := c.status(host)
	if s == nil || len(s.Routers) == 0 {
		return 0
	}
	return s.Routers[0].Effective
}

// A drain moves the address within a Skew_Time, and an undrain brings it back. A
// drain of the other host moves nothing. Nothing is lost.
func TestKernelDrain(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	away := c.movesTo("lb02", p, c.drain("lb01"), skew)
	c.oneOwner("lb02")
	if s := c.status("lb01"); s.Intents == nil || s.Intents.Drained == nil || s.Intents.Drained.By != "test" || s.Routers[0].Effective != 1 {
		t.Errorf("lb01 reports %+v, %+v", s.Intents, s.Routers)
	}
	back := c.movesTo("lb01", p, c.undrain("lb01"), activeDown(router(254)))
	c.oneOwner("lb01")
	c.drain("lb02")
	c.await("lb02 to be drained", func() bool { return c.effective("lb02") == 1 })
	c.oneOwner("lb01")
	r := p.Stop()
	lossless(t, r, 2)
	t.Logf("moved after %v, back after %v, %d lost in two moves", away, back, r.Lost)
	c.peaceful()
}

// With nobody to take over, a drained host goes on answering.
func TestKernelDrainOfTheLast(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	c.terminate("lb02")
	p := c.probe("10.0.0.100", "lb01")
	c.drain("lb01")
	c.await("lb01 to be Active in the last rank", func() bool {
		s := c.status("lb01")
		return s != nil && s.Routers[0].Effective == 1 && s.Routers[0].State == "active" && !s.Routers[0].Yielding
	})
	c.start("lb02")
	c.answeredBy(p, "lb02")
	r := p.Stop()
	lossless(t, r, 1)
	t.Logf("nobody there, and then somebody: %d lost", r.Lost)
}

// An agent that is killed and started again on a drained host is drained still,
// and so is one that finds a damaged file meanwhile.
func TestKernelDrainSurvives(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	c.drain("lb01")
	c.awaitState("lb02", "active")
	p := c.probe("10.0.0.100", "lb02")
	c.kill("lb01")
	c.start("lb01")
	c.awaitState("lb01", "backup")
	c.await("lb01 to have heard 50 adverts", func() bool { return c.received("lb01") >= 50 })
	c.must(os.WriteFile(filepath.Join(c.dir, "intents", "lb01.json"), []byte(`{"format": 1, "host": "lb01", "drain": `), 0o644))
	c.await("lb01 to name the damaged file", func() bool {
		s := c.status("lb01")
		return s.Intents != nil && s.Intents.Drained != nil &&
			s.Intents.Problem == "the intents in the store are not followed: decode intents: unexpected end of JSON input"
	})
	heard := c.received("lb01")
	c.await("lb01 to have heard 20 more", func() bool { return c.received("lb01") >= heard+20 })
	unnoticed(t, p.Stop())
	c.oneOwner("lb02")
	c.must(os.Remove(filepath.Join(c.dir, "intents", "lb01.json")))
	c.awaitState("lb01", "active")
}

// To a host that is not the next: who would win against it stands aside first.
func TestKernelHoldOfTwo(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244, "lb03": 234} {
		c.publish(host, router(priority))
		c.start(host)
	}
	c.awaitState("lb01", "active")
	c.awaitState("lb02", "backup")
	c.awaitState("lb03", "backup")
	p := c.probe("10.0.0.100", "lb01")
	c.hold("lb02")
	c.await("lb02 to stand aside", func() bool { return c.effective("lb02") == 1 })
	took := c.movesTo("lb03", p, c.hold("lb01"), time.Second*(256-234)/256)
	c.oneOwner("lb03")
	r := p.Stop()
	lossless(t, r, 1)
	t.Logf("moved to the third after %v, %d lost", took, r.Lost)
	c.peaceful()
}

// A vip that is held elsewhere stays there under "always"; under "never" it does
// so without the hold, too. In both families.
func TestKernelHold(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*plan.Router){"always": func(*plan.Router) {}, "never": never} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, 2)
			for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
				c.publish(host, router(priority, fast, change), router(priority, fast, change, ipv6))
			}
			c.start("lb01")
			c.await("lb01 to be Active for IPv6", func() bool { return c.state("lb01", "web/public/ipv6") == "active" })
			c.start("lb02")
			c.awaitState("lb02", "backup")
			p4, p6 := c.probe("10.0.0.100", "lb01"), c.probe("2001:db8::100", "lb01")
			c.hold("lb01")
			c.answeredBy(p4, "lb02")
			c.answeredBy(p6, "lb02")
			heard := c.received("lb01")
			c.await("lb01 to have heard 20 more adverts", func() bool { return c.received("lb01") >= heard+20 })
			c.oneOwner("lb02")
			c.release("lb01")
			moves := 1
			if name == "always" {
				c.answeredBy(p4, "lb01")
				c.answeredBy(p6, "lb01")
				moves = 2
			} else {
				c.await("lb01 to have its rank back", func() bool { return c.effective("lb01") == 254 })
				heard := c.received("lb01")
				c.await("lb01 to have heard 20 more adverts", func() bool { return c.received("lb01") >= heard+20 })
				c.oneOwner("lb02")
			}
			r4, r6 := p4.Stop(), p6.Stop()
			lossless(t, r4, moves)
			lossless(t, r6, moves)
			t.Logf("%d moves: %d lost over IPv4, %d over IPv6", moves, r4.Lost, r6.Lost)
		})
	}
}

// Planned moves with keepalived as the other router, there and back.
func TestKernelDrainMixed(t *testing.T) {
	t.Parallel()
	for _, tr := range []transport{transports[0], transports[2], transports[4]} {
		t.Run(tr.String(), func(t *testing.T) {
			t.Parallel()
			m := newMixed(t, setup{transport: tr, preferred: us})
			m.startBoth()
			m.drain(us)
			m.answeredBy(m.probe, them)
			m.await("hactl to be Backup", func() bool { return m.isBackup(us) })
			away := m.probe.Report().Lost
			m.undrain(us)
			m.answeredBy(m.probe, us)
			r := m.probe.Stop()
			lossless(t, r, 2)
			t.Logf("%d lost on the way to keepalived, %d on the way back, where keepalived lets go at once", away, r.Lost-away)
		})
	}
}

// hook is a hook that is a line of shell.
func hook(when plan.When, timeout time.Duration, line string) plan.Hook {
	return plan.Hook{When: when, Command: []string{"/bin/sh", "-c", line}, User: "root", Timeout: int(timeout / time.Millisecond)}
}

// with adds hooks to a router.
func with(hooks ...plan.Hook) func(*plan.Router) {
	return func(r *plan.Router) { r.Hooks = append(r.Hooks, hooks...) }
}

// hooksOf are those of a host's hooks that have run, by their moment.
func (c *cluster) hooksOf(host string, when plan.When) []status.Hook {
	var some []status.Hook
	if s := c.status(host); s != nil {
		for _, h := range s.Hooks {
			if h.When == string(when) {
				some = append(some, h)
			}
		}
	}
	return some
}

// A hook that hangs, and ignores SIGTERM, delays a drain by its deadline and no
// more. Meanwhile the host is Active, and its adverts come in time.
func TestKernelHookHangs(t *testing.T) {
	t.Parallel()
	needRoot(t)
	const deadline = 1500 * time.Millisecond
	c := newCluster(t, 2)
	notes := filepath.Join(c.dir, "notes")
	note := func(host, text string) string { return fmt.Sprintf("echo %s %s $HACTL_HOOK >>%s", host, text, notes) }
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, fast, with(
			hook(plan.BeforeRelease, deadline, "trap '' TERM; "+note(host, "hangs")+"; while :; do sleep 1; done"),
			hook(plan.BeforeRelease, deadline, note(host, "$HACTL_VIP")),
			hook(plan.AfterAcquire, deadline, note(host, "$HACTL_ADDRESSES")),
			hook(plan.AfterAcquire, deadline, "echo no such thing >&2; exit 3"))))
	}
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	p := c.probe("10.0.0.100", "lb01")
	began := c.drain("lb01")
	c.answeredBy(p, "lb02")
	took := time.Since(began).Round(time.Millisecond)
	if took < deadline || took > deadline+leeway {
		t.Errorf("moved after %v, want the hook's deadline of %v and a little more", took, deadline)
	}
	c.await("the hooks of lb02", func() bool { return len(c.hooksOf("lb02", plan.AfterAcquire)) == 2 })
	r := p.Stop()
	lossless(t, r, 1)
	t.Logf("a hook hangs for %v: moved after %v, %d lost", deadline, took, r.Lost)

	if r := c.status("lb02").Routers[0]; r.Transitions != 2 {
		t.Errorf("lb02 went through %d transitions: it missed adverts while the hook hung", r.Transitions)
	}
	before := c.hooksOf("lb01", plan.BeforeRelease)
	if len(before) != 2 || !strings.Contains(before[0].Problem, "killed, with all that it had started") || before[1].Problem != "" {
		t.Errorf("lb01 reports %+v", before)
	}
	if after := c.hooksOf("lb02", plan.AfterAcquire); after[0].Problem != "" || after[1].Problem != "exit status 3" || after[1].Output != "no such thing\n" {
		t.Errorf("lb02 reports %+v", after)
	}
	data, err := os.ReadFile(notes)
	c.must(err)
	want := "lb01 10.0.0.100/24 after_acquire\nlb01 hangs before_release\nlb01 web/public before_release\nlb02 10.0.0.100/24 after_acquire\n"
	if string(data) != want {
		t.Errorf("hooks noted\n%s\nwant\n%s", data, want)
	}
}

// SIGTERM waits for hooks as a drain does, and systemd is told how long that may
// take.
func TestKernelHookBeforeSIGTERM(t *testing.T) {
	needRoot(t)
	m := newServiceManager(t)
	defer m.conn.Close()
	t.Setenv("WATCHDOG_USEC", "")
	c := pair(t, fast, with(hook(plan.BeforeRelease, 5*time.Second, "sleep 0.5")))
	p := c.probe("10.0.0.100", "lb01")
	began := time.Now()
	c.terminate("lb01")
	c.answeredBy(p, "lb02")
	if took := time.Since(began); took < 500*time.Millisecond {
		t.Errorf("left after %v, before its hook had ended", took)
	}
	m.await("STOPPING=1")
	m.await("EXTEND_TIMEOUT_USEC=21000000")
	lossless(t, p.Stop(), 1)
}

// SIGTERM waits for hooks that a drain has begun, too, and systemd is told so: it
// would kill the agent, with the addresses on the host.
func TestKernelHookBeforeDrainAndSIGTERM(t *testing.T) {
	needRoot(t)
	m := newServiceManager(t)
	defer m.conn.Close()
	t.Setenv("WATCHDOG_USEC", "")
	begun := filepath.Join(t.TempDir(), "begun")
	c := pair(t, fast, with(hook(plan.BeforeRelease, 5*time.Second, "touch "+begun+"; sleep 1")))
	c.drain("lb01")
	c.await("the hook to begin", func() bool { _, err := os.Stat(begun); return err == nil })
	c.terminate("lb01")
	m.await("STOPPING=1")
	m.await("EXTEND_TIMEOUT_USEC=21000000")
	c.awaitState("lb02", "active")
}

// A hook that could not run is named before anybody needs it, and no longer when
// a plan does without it.
func TestKernelHookMissing(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	missing := plan.Hook{When: plan.BeforeRelease, Command: []string{"/nowhere/drain"}, User: "root", Timeout: 1000}
	sound := hook(plan.AfterAcquire, time.Second, "true")
	c.publish("lb01", router(254, fast, with(missing, sound)))
	c.start("lb01")
	c.await("the missing hook to be named", func() bool {
		all := c.hooksOf("lb01", plan.BeforeRelease)
		return len(all) == 1 && all[0].Ended.IsZero() && strings.Contains(all[0].Problem, "/nowhere")
	})
	c.publish("lb01", router(254, fast, with(sound)))
	c.await("it to be forgotten", func() bool { return len(c.hooksOf("lb01", plan.BeforeRelease)) == 0 })
}
