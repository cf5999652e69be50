package agent_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// builds are two builds of hactl, as make makes it, that differ in their version.
var builds = sync.OnceValues(func() (map[string]string, error) {
	dir, err := os.MkdirTemp("", "hactl-builds")
	if err != nil {
		return nil, err
	}
	buildsDir = dir
	paths := map[string]string{}
	for _, version := range []string{"1.0.0", "2.0.0"} {
		paths[version] = filepath.Join(dir, version)
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -X main.release="+version, "-o", paths[version], "../cmd/hactl")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, out)
		}
	}
	return paths, nil
})

// buildsDir is where they are; empty when there are none.
var buildsDir string

// program is where the agent of a host lies.
func (c *cluster) program(host string) string { return filepath.Join(c.dir, "bin", host) }

// install puts a build where the agent of a host lies, as packages do: another file
// takes the name.
func (c *cluster) install(host, version string) {
	c.t.Helper()
	paths, err := builds()
	c.must(err)
	c.must(os.MkdirAll(filepath.Dir(c.program(host)), 0o755))
	fresh := c.program(host) + ".new"
	_ = os.Remove(fresh)
	c.must(os.Link(paths[version], fresh))
	c.must(os.Rename(fresh, c.program(host)))
}

// startBuild starts the agent of a host as hactl itself.
func (c *cluster) startBuild(host, version string) {
	c.t.Helper()
	c.install(host, version)
	c.startFile(host, c.program(host), "--realtime", strconv.Itoa(c.realtime))
}

// startFile starts the agent of a host from a file, with more options.
func (c *cluster) startFile(host, path string, options ...string) {
	c.t.Helper()
	log, err := os.OpenFile(c.logFile(host), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	c.must(err)
	defer log.Close()
	cmd := exec.Command(path, append([]string{"agent", "--host", host, "--dir", c.dir, "--socket", c.socket(host)}, options...)...)
	cmd.Stderr = log
	c.agents[host], err = c.hosts[host].Start(cmd)
	c.must(err)
}

// replaceable is a pair of which lb01, Active, is a build of hactl, and lb02 a
// Backup that has heard it.
func replaceable(t *testing.T, change ...func(*plan.Router)) *cluster {
	t.Helper()
	c := newCluster(t, 2)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, change...))
		c.startBuild(host, "1.0.0")
	}
	c.awaitState("lb01", "active")
	c.awaitState("lb02", "backup")
	c.await("lb02 to have heard three adverts", func() bool { return c.received("lb02") >= 3 })
	return c
}

// handOver lets the agent of a host hand over to a version, and returns its report
// afterwards.
func (c *cluster) handOver(host, version string) *status.Host {
	c.t.Helper()
	c.install(host, version)
	var before *status.Host
	c.await(host+" to answer", func() bool { before = c.status(host); return before != nil })
	c.must(c.agents[host].Signal(syscall.SIGUSR2))
	return c.handedOver(before, version)
}

// handedOver waits until an agent has handed over to a version.
func (c *cluster) handedOver(before *status.Host, version string) *status.Host {
	c.t.Helper()
	var now *status.Host
	c.await(before.Host+" to be hactl "+version, func() bool {
		now = c.status(before.Host)
		return now != nil && now.Version == version && now.Started.After(before.Started)
	})
	if now.PID != before.PID {
		c.t.Errorf("%s was process %d and is %d", before.Host, before.PID, now.PID)
	}
	if now.Handover == nil || now.Handover.From != before.Version {
		c.t.Errorf("%s reports the hand-over %+v", before.Host, now.Handover)
	}
	return now
}

// next is the version that is not v.
func next(v string) string { return map[string]string{"1.0.0": "2.0.0", "2.0.0": "1.0.0"}[v] }

// Five hand-overs in a row, of the Active router and of the Backup: nobody notices.
// It is not parallel to others: on a machine that is overloaded, 300 ms without a
// turn are a takeover.
func TestKernelHandOver(t *testing.T) {
	for name, change := range map[string][]func(*plan.Router){"1s": nil, "100ms": {fast}} {
		t.Run(name, func(t *testing.T) {
			c := replaceable(t, change...)
			p := c.probe("10.0.0.100", "lb01")
			before := map[string]*status.Host{"lb01": c.status("lb01"), "lb02": c.status("lb02")}
			var silent []string
			for range 5 {
				for _, host := range []string{"lb01", "lb02"} {
					now := c.handOver(host, next(c.status(host).Version))
					silent = append(silent, fmt.Sprintf("%.0f ms", now.Handover.Silent))
				}
				heard := c.received("lb02")
				c.await("another advert", func() bool { return c.received("lb02") > heard })
			}
			t.Logf("silent for %s", strings.Join(silent, ", "))
			heard := c.received("lb02") // beyond any lifetime of addresses: somebody refreshes them
			c.await("adverts of 4 s", func() bool { return c.received("lb02") >= heard+uint64(4000/router(254, change...).AdvertInterval) })
			r := p.Stop()
			unnoticed(t, r)
			overtaken := name == "100ms" && stood(t, r) // by a neighbour that heard nothing for 300 ms
			for host, was := range before {
				is := c.status(host).Routers[0]
				if !overtaken && (is.Transitions != was.Routers[0].Transitions || !is.Since.Round(time.Millisecond).Equal(was.Routers[0].Since.Round(time.Millisecond))) {
					t.Errorf("%s: %d transitions and %v since %v; before, %d and %v since %v", host,
						is.Transitions, is.State, is.Since, was.Routers[0].Transitions, was.Routers[0].State, was.Routers[0].Since)
				}
				if is.Sent+is.Received < was.Routers[0].Sent+was.Routers[0].Received {
					t.Errorf("%s: its counters began anew", host)
				}
			}
			c.oneOwner("lb01")
		})
	}
}
