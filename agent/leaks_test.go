package agent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What can happen to a host happens to it time and again: its agent is frozen until the
// other has taken over, its link flaps, its interface is deleted and made again, somebody
// deletes the address, the plan is damaged, the other's agent is killed. The client waits
// for no longer than timers say, and the agent keeps nothing of it.
func TestFaultsLeakNothing(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	round := func() {
		thaw := c.freeze("lb01")
		c.awaitState("lb02", "active")
		thaw()
		c.recovered()
		c.must(c.hosts["lb01"].Unplug("eth0"))
		c.awaitState("lb01", "initialize")
		c.must(c.hosts["lb01"].Plug("eth0"))
		c.recovered()
		c.must(c.hosts["lb01"].DeleteLink("eth0"))
		c.awaitState("lb02", "active")
		c.must(c.hosts["lb01"].Connect(c.bridge, "eth0", "10.0.0.5/24"))
		c.recovered()
		c.must(c.hosts["lb01"].DelAddress("eth0", "10.0.0.100/32"))
		c.damage("lb01")
		c.kill("lb02")
		c.start("lb02")
		c.recovered()
	}
	for range 2 {
		round()
	}
	before := c.keeps("lb01")
	const rounds = 5
	for range rounds {
		round()
	}
	var now kept
	c.await("lb01 to have no more than before, but for what comes and goes", func() bool {
		now = c.keeps("lb01")
		return now.files < before.files+rounds && now.goroutines < before.goroutines+rounds
	})
	t.Logf("%d rounds: %+v, then %+v", rounds, before, now)
	if now.memory > before.memory+spare {
		t.Errorf("%d MB of memory, after %d before", now.memory>>20, before.memory>>20)
	}
	bounded(t, "rounds of faults", p.Stop(), activeDown(router(244, fast)))
}

// recovered waits until the preferred host alone has the address.
func (c *cluster) recovered() {
	c.t.Helper()
	c.awaitState("lb02", "backup")
	c.awaitState("lb01", "active")
	c.oneOwner("lb01")
}

// damage lets a host find half a plan, and then the whole of it again.
func (c *cluster) damage(host string) {
	c.t.Helper()
	file := filepath.Join(c.dir, "plans", host+".json")
	good, err := os.ReadFile(file)
	c.must(err)
	for _, text := range [][]byte{good[:len(good)/2], good} {
		c.must(os.WriteFile(file, text, 0o600))
		c.await(host+" to have read its plan", func() bool {
			return strings.Contains(c.status(host).Problem, "not followed") == (len(text) < len(good))
		})
	}
}

// kept is what a process keeps.
type kept struct{ files, goroutines, memory int }

// keeps returns what the agent of a host keeps at a moment at which it runs nothing.
func (c *cluster) keeps(host string) kept {
	c.t.Helper()
	k := kept{files: c.open(host), memory: c.resident(host)}
	_, rest, _ := strings.Cut(scrape("unix", c.socket(host)), "\ngo_goroutines ")
	_, err := fmt.Sscan(rest, &k.goroutines)
	c.must(err)
	return k
}
