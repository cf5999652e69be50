package agent_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"hactl/agent/rehearsal"
	"hactl/schemas/plan"
)

// The service of the tutorials: nginx serves, says something else, quits and is
// there again, as three checks see it.
func TestKernelNginx(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx"
	}
	if _, err := os.Stat(program); err != nil {
		t.Skip("needs nginx")
	}
	c := newCluster(t, 1)
	conf := filepath.Join(c.dir, "nginx.conf")
	c.must(os.WriteFile(conf, rehearsal.NginxConf(c.dir, "127.0.0.1:8080"), 0o644))
	p := &plan.Plan{Host: "lb01", Routers: []plan.Router{router(254)}, Checks: []plan.Check{
		{Name: "absent", HTTP: &plan.HTTPProbe{URL: "http://127.0.0.1:8080/absent", Method: "GET", Status: []plan.StatusRange{{From: 200, To: 299}}}},
		{Name: "healthz", HTTP: &plan.HTTPProbe{URL: "http://127.0.0.1:8080/", Method: "GET", Status: []plan.StatusRange{{From: 200, To: 299}}, Body: "^well"}},
		{Name: "pid", Process: &plan.ProcessProbe{PIDFile: c.dir + "/nginx.pid", Minimum: 1}},
	}}
	for i := range p.Checks {
		check := &p.Checks[i]
		check.Interval, check.Timeout, check.Fall, check.Rise, check.Initial = 100, 90, 1, 1, plan.Down
		track(check.Name, plan.Demote, -10)(&p.Routers[0])
	}
	say := func(want ...string) {
		t.Helper()
		var got []string
		c.await(fmt.Sprintf("the checks to be %q", want), func() bool {
			s := c.status("lb01")
			got = nil
			if s != nil {
				for _, check := range s.Checks {
					got = append(got, check.State)
				}
			}
			return slices.Equal(got, want)
		})
	}
	serve := func() func() {
		t.Helper()
		nginx, err := c.hosts["lb01"].Start(exec.Command(program, "-p", c.dir, "-c", conf, "-g", "daemon off;"))
		c.must(err)
		return func() {
			c.must(nginx.Signal(syscall.SIGQUIT))
			c.must(nginx.Wait())
		}
	}
	c.put(p)
	quit := serve()
	c.start("lb01")
	say("down", "up", "up")
	if cause := c.status("lb01").Checks[0].Cause; cause != "it answers 404 Not Found" {
		t.Errorf("says %q", cause)
	}
	quit()
	say("down", "down", "down")
	quit = serve()
	say("down", "up", "up")
	c.await("what has passed to count", func() bool { return c.status("lb01").Routers[0].Effective == 244 })
	quit()
}
