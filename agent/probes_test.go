package agent_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hactl/schemas/plan"
)

// Probes on real hosts, by an agent that has other things to do.

// A check runs with the rights of its user, and what it lacks is named in the
// status.
func TestKernelCheckRights(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	run := func(user string) plan.Check {
		return plan.Check{
			Name: "web", Interval: 100, Timeout: 1000, Fall: 1, Rise: 1, Initial: plan.Unknown,
			Exec: &plan.ExecProbe{Command: []string{"/bin/sh", "-c", `test "$(id -un)" = "$WANTED"`}, User: user, Environment: map[string]string{"WANTED": user}},
		}
	}
	put := func(check plan.Check) {
		t.Helper()
		c.put(&plan.Plan{Host: "lb01", Routers: []plan.Router{router(254, track("web", plan.Fault, 0))}, Checks: []plan.Check{check}})
	}
	says := func(cause string) {
		t.Helper()
		c.await("the check to say "+cause, func() bool {
			s := c.status("lb01")
			return s != nil && len(s.Checks) == 1 && s.Checks[0].State == "down" && s.Checks[0].Cause == cause
		})
		c.awaitState("lb01", "initialize")
	}
	put(run("nobody"))
	c.start("lb01")
	if os.Geteuid() == 0 && !inUserNamespace() {
		c.awaitState("lb01", "active")
	}
	put(run("nobody-of-that-name"))
	says("user nobody-of-that-name does not exist on this host")
	gone := run("root")
	gone.Exec.Command = []string{"/usr/lib/no/such/check"}
	put(gone)
	says("/usr/lib/no does not exist")
}

// Every probe without a program, asked by an agent on its host: the service of the
// host is a web server, its gateway the client.
func TestKernelProbes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	var l net.Listener
	c.must(c.hosts["lb01"].Do(func() (err error) {
		l, err = net.Listen("tcp", "127.0.0.1:8080")
		return err
	}))
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "well") })}
	go server.Serve(l)
	defer server.Close()
	daemon, err := c.hosts["lb01"].Start(exec.Command("sleep", "1000"))
	c.must(err)
	pid := filepath.Join(c.dir, "pid")
	c.must(os.WriteFile(pid, fmt.Append(nil, daemon.Pid()), 0o644))

	p := &plan.Plan{Host: "lb01", Routers: []plan.Router{router(254)}, Checks: []plan.Check{
		{Name: "http", HTTP: &plan.HTTPProbe{URL: "http://127.0.0.1:8080/", Method: "GET", Status: []plan.StatusRange{{From: 200, To: 299}}, Body: "^well$"}},
		{Name: "ping", Ping: &plan.PingProbe{Address: "10.0.0.200"}},
		{Name: "process", Process: &plan.ProcessProbe{PIDFile: pid, Minimum: 1}},
		{Name: "tcp", TCP: &plan.TCPProbe{Address: "127.0.0.1:8080"}},
	}}
	for i := range p.Checks {
		check := &p.Checks[i]
		check.Interval, check.Timeout, check.Fall, check.Rise, check.Initial = 100, 50, 1, 1, plan.Unknown
		track(check.Name, plan.Demote, -10)(&p.Routers[0])
	}
	c.put(p)
	c.start("lb01")
	say := func(want ...string) {
		t.Helper()
		var got []string
		c.await(fmt.Sprintf("the checks to say %q", want), func() bool {
			s := c.status("lb01")
			got = nil
			if s != nil {
				for _, check := range s.Checks {
					got = append(got, strings.TrimSpace(check.State+" "+check.Cause))
				}
			}
			return slices.Equal(got, want)
		})
	}
	say("up", "up", "up", "up")
	server.Close()
	c.must(daemon.Close())
	c.must(c.client.LinkDown("eth0"))
	const refused = "down dial tcp 127.0.0.1:8080: connect: connection refused"
	say(refused, "down no answer within 50ms", fmt.Sprintf("down process %d of %s does not run", daemon.Pid(), pid), refused)
	c.await("all of it to count", func() bool { return c.status("lb01").Routers[0].Effective == 214 })
}

// Scripts that hang, ignore SIGTERM, leave others behind and print 10 MiB hold
// nothing up: adverts keep their time, and no client notices.
func TestKernelScriptsHoldNothingUp(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	script := func(name, text string) plan.Check {
		return plan.Check{
			Name: name, Interval: 200, Timeout: 100, Fall: 1, Rise: 1, Initial: plan.Unknown,
			Exec: &plan.ExecProbe{Command: []string{"/bin/sh", "-c", text}, User: c.user()},
		}
	}
	p := &plan.Plan{Host: "lb01", Routers: []plan.Router{router(254, fast)}, Checks: []plan.Check{
		script("deaf", "trap '' TERM; while :; do sleep 1000; done"),
		script("forks", "sleep 1000 & sleep 1000 & wait"),
		script("hangs", "sleep 1000"),
		script("prints", "head -c 10485760 /dev/zero; exit 1"),
	}}
	for _, check := range p.Checks {
		track(check.Name, plan.Weigh, -1)(&p.Routers[0])
	}
	c.put(p)
	c.publish("lb02", router(244, fast))
	c.start("lb01")
	t.Cleanup(func() { c.terminate("lb01") }) // one that is killed cannot end its scripts
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	probe := c.probe("10.0.0.100", "lb01")
	c.await("50 adverts", func() bool { return c.received("lb02") >= 50 })
	for _, check := range c.status("lb01").Checks {
		if check.State != "down" || len(check.Output) > 4096 {
			t.Errorf("check %s is %s, with %d bytes of output", check.Name, check.State, len(check.Output))
		}
	}
	r := probe.Stop()
	unnoticed(t, r)
	if s := c.status("lb02").Routers[0]; s.Transitions != 1 && !stood(t, r) {
		t.Errorf("lb02 has changed its state %d times, last because %s", s.Transitions, s.Cause)
	}
}

// user is whose rights tests run programs with: their own.
func (c *cluster) user() string { return strconv.Itoa(os.Geteuid()) }

// inUserNamespace reports whether this is root of some users only.
func inUserNamespace() bool {
	users, _ := os.ReadFile("/proc/self/uid_map")
	words := strings.Fields(string(users))
	return len(words) != 3 || words[2] != "4294967295"
}
