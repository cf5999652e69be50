package agent_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/store"
	"hactl/schemas/plan"
)

// A link that flaps is given up and taken up again each time; nobody else has the
// address for longer than the timers say, and the preferred host has it in the end.
func TestFaultLinkFlaps(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	for range 5 {
		c.must(c.hosts["lb01"].Unplug("eth0"))
		c.awaitState("lb01", "initialize")
		c.must(c.hosts["lb01"].Plug("eth0"))
	}
	c.awaitState("lb01", "active")
	c.awaitState("lb02", "backup")
	c.answeredBy(p, "lb01")
	c.oneOwner("lb01")
	bounded(t, "five flaps", p.Stop(), activeDown(router(244, fast)))
}

// An interface that is deleted takes the addresses with it. Made again, it is heard
// on and announced on as before.
func TestFaultInterfaceDeleted(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	for range 2 {
		c.must(c.hosts["lb01"].DeleteLink("eth0"))
		c.answeredBy(p, "lb02")
		c.must(c.hosts["lb01"].Connect(c.bridge, "eth0", "10.0.0.5/24"))
		c.answeredBy(p, "lb01")
		c.oneOwner("lb01")
	}
	bounded(t, "an interface deleted twice", p.Stop(), activeDown(router(244, fast)))
}

// An address that others delete is put back in place: no transition, and the client
// waits for no timer.
func TestFaultForeignDeletes(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	before := c.status("lb01").Routers[0].Transitions
	for range 20 {
		c.await("the address to be back", func() bool { return c.holds("lb01", "10.0.0.100") })
		c.must(c.hosts["lb01"].DelAddress("eth0", "10.0.0.100/32"))
	}
	c.await("the address to be back", func() bool { return c.holds("lb01", "10.0.0.100") })
	if after := c.status("lb01").Routers[0].Transitions; after != before {
		t.Errorf("deleted addresses made %d transitions", after-before)
	}
	c.oneOwner("lb01")
	bounded(t, "twenty deletions", p.Stop(), 0)
}

// A disk without room stops nothing: the routers go on, hand over, and start. When
// there is room again the report is written.
func TestFaultFullDisk(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	if err := syscall.Mount("hactl-test", c.dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("needs the right to mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(c.dir, syscall.MNT_DETACH) })
	var err error
	c.store, err = store.OpenDir(c.dir)
	c.must(err)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, fast))
		c.start(host)
	}
	c.awaitState("lb01", "active")
	c.awaitState("lb02", "backup")
	p := c.probe("10.0.0.100", "lb01")

	ballast := filepath.Join(c.dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err == nil {
		t.Fatal("the disk has room for everything")
	}
	c.terminate("lb01")
	c.answeredBy(p, "lb02")
	c.start("lb01")
	c.answeredBy(p, "lb01")
	if s := c.status("lb01"); s.Plan.Hash == "" {
		t.Error("lb01 follows no plan")
	}
	c.oneOwner("lb01")
	r := p.Stop()
	t.Logf("the client lost %d replies in two moves", r.Lost)
	within(t, "two moves", r, 100*time.Millisecond) // a Skew_Time of 5 ms, and a busy machine
	c.must(os.Remove(ballast))
	c.await("the report to be written", func() bool {
		data, err := c.store.Status(context.Background(), "lb01")
		return err == nil && strings.Contains(string(data), fmt.Sprintf(`"pid": %d`, c.agents["lb01"].Pid()))
	})
}

// open returns how many files a process has open.
func (c *cluster) open(host string) int {
	c.t.Helper()
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", c.agents[host].Pid()))
	c.must(err)
	return len(files)
}

// resident returns how much memory a process has, in bytes.
func (c *cluster) resident(host string) int {
	c.t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", c.agents[host].Pid()))
	c.must(err)
	var size, resident int
	_, err = fmt.Sscan(string(data), &size, &resident)
	c.must(err)
	return resident * os.Getpagesize()
}

// spare is how much more memory a process may have after a fault than before: what
// the garbage collector has not given back yet.
const spare = 32 << 20

// Plans that come and go leave no file open and no memory behind.
func TestFaultManyPlans(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	follow := func(i int) {
		list := []string{"10.0.0.100/24"}
		for n := range i % 50 {
			list = append(list, fmt.Sprintf("10.0.0.%d/24", 110+n))
		}
		vrid := func(r *plan.Router) { r.VRID = 50 + i%3 }
		doc := c.publish("lb01", router(254, fast, vrid, addresses(list...)))
		c.awaitStarted("lb01", doc)
	}
	for i := range 10 {
		follow(i)
	}
	files, memory := c.open("lb01"), c.resident("lb01")
	began := time.Now()
	for i := range 200 {
		follow(i)
	}
	t.Logf("200 plans in %v: %d files open, then %d; %d MB, then %d", time.Since(began).Round(time.Millisecond), files, c.open("lb01"), memory>>20, c.resident("lb01")>>20)
	c.await("the sockets of the last move to close", func() bool { return c.open("lb01") <= files+2 })
	if after := c.resident("lb01"); after > memory+spare {
		t.Errorf("%d MB of memory, after %d before", after>>20, memory>>20)
	}
}
