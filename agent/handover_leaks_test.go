package agent_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hactl/schemas/plan"
)

// After many hand-overs the agent has no more files open than after one, and programs
// that it starts find no more of them, and no other signals ignored, than those that
// this test starts.
func TestKernelHandOverLeaksNothing(t *testing.T) {
	t.Parallel()
	needRoot(t)
	c := newCluster(t, 1)
	const finds = `ls /proc/self/fd >%[1]s.new; awk '/^Sig(Blk|Ign)/ { print $2 }' /proc/self/status >>%[1]s.new; mv %[1]s.new %[1]s`
	found := filepath.Join(c.dir, "found")
	r := router(254, fast, func(r *plan.Router) {
		r.Neighbours, r.Tracks = nil, []plan.Track{{Check: "finds", Effect: plan.Weigh, Weight: -10}}
	})
	c.put(&plan.Plan{Host: "lb01", Routers: []plan.Router{r}, Checks: []plan.Check{{
		Name: "finds", Interval: 100, Timeout: 3000, Fall: 1, Rise: 1, Initial: plan.Unknown,
		Exec: &plan.ExecProbe{Command: []string{"/bin/sh", "-c", fmt.Sprintf(finds, found)}, User: "root"},
	}}})
	c.startBuild("lb01", "1.0.0")
	c.awaitState("lb01", "active")
	finding := func() []byte { // what a check's program finds from now on
		_ = os.Remove(found)
		var said []byte
		c.await("a check that says what it finds", func() bool {
			said, _ = os.ReadFile(found)
			return len(said) > 0
		})
		return said
	}
	want := finding() // the test's own process may have let something through, too
	now := c.handOver("lb01", "2.0.0")
	files := func() (open int) {
		entries, err := os.ReadDir(filepath.Join("/proc", itoa(now.PID), "fd"))
		c.must(err)
		for _, e := range entries { // but pipes, which checks come and go with
			to, _ := os.Readlink(filepath.Join("/proc", itoa(now.PID), "fd", e.Name()))
			if strings.HasPrefix(to, "socket:") || strings.Contains(to, "memfd") {
				open++
			}
		}
		return open
	}
	first := files()
	const more = 4
	for range more / 2 {
		c.handOver("lb01", "1.0.0")
		now = c.handOver("lb01", "2.0.0")
	}
	c.await("the agent to have no more sockets open than before", func() bool { return files() < first+more })
	said := finding()
	if !bytes.Equal(said, want) {
		t.Errorf("a program finds descriptors and signals\n%s, want\n%s", said, want)
	}
}
