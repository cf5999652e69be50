package agent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"hactl/schemas/plan"
)

// needRealtime skips a test where the real-time class cannot be had.
func needRealtime(t *testing.T) {
	t.Helper()
	var limit unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_RTPRIO, &limit)
	status, readErr := os.ReadFile("/proc/self/status")
	if err != nil || readErr != nil {
		t.Fatal(err, readErr)
	}
	var effective uint64
	for line := range strings.Lines(string(status)) {
		_, _ = fmt.Sscanf(line, "CapEff: %x", &effective)
	}
	if uint64(limit.Cur) < 10 && effective&(1<<unix.CAP_SYS_NICE) == 0 {
		t.Skip("needs CAP_SYS_NICE, or the limit RTPRIO")
	}
}

// priorities counts a process's threads by their priority in the real-time class; 0: they
// are not in it.
func priorities(t *testing.T, pid int) map[uint32]int {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	count := map[uint32]int{}
	for _, task := range tasks {
		var tid int
		if _, err := fmt.Sscan(filepath.Base(task), &tid); err != nil {
			t.Fatal(err)
		}
		if attr, err := unix.SchedGetAttr(tid, 0); err == nil { // else it has ended
			if attr.Policy != unix.SCHED_FIFO {
				attr.Priority = 0
			}
			count[attr.Priority]++
		}
	}
	return count
}

// With the real-time class all threads are in it, the loop's above the others, and no
// program that the agent starts is. What a pair does is the same: it hears, takes over,
// gives back, and leaves.
func TestKernelRealtime(t *testing.T) {
	t.Parallel()
	needRealtime(t)
	c := newCluster(t, 2)
	c.realtime = 10
	noted := filepath.Join(c.dir, "class")
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.put(&plan.Plan{Host: host, Routers: []plan.Router{router(priority, fast, track("web", plan.Demote, -20))}, Checks: []plan.Check{{
			Name: "web", Interval: 1000, Timeout: 1000, Fall: 1, Rise: 1, Initial: plan.Unknown,
			Exec: &plan.ExecProbe{Command: []string{"/bin/sh", "-c", "cut -d ' ' -f 41 /proc/$$/stat >" + noted + "." + host}, User: c.user()},
		}}})
	}
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	for _, host := range []string{"lb01", "lb02"} {
		c.await("the other threads of "+host+" to be in the class, below the loop's", func() bool {
			count := priorities(t, c.agents[host].Pid())
			return count[10] == 1 && count[9] > 1 && count[0] == 0
		})
		var class string
		c.await("the check of "+host+" to have noted its class", func() bool {
			data, _ := os.ReadFile(noted + "." + host) // empty while it is written
			class = strings.TrimSpace(string(data))
			return class != ""
		})
		if class != "0" {
			t.Errorf("a check of %s runs in class %s", host, class)
		}
	}
	p := c.probe("10.0.0.100", "lb01")
	c.must(c.hosts["lb01"].Unplug("eth0"))
	c.answeredBy(p, "lb02")
	c.must(c.hosts["lb01"].Plug("eth0"))
	c.answeredBy(p, "lb01")
	bounded(t, "death and return", p.Stop(), activeDown(router(244, fast)))
	c.terminate("lb01")
	c.awaitState("lb02", "active")
}
