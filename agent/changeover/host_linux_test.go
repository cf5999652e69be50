package changeover

import (
	"os"
	"os/exec"
	"strconv"
	"testing"

	"hactl/schemas/plan"
)

// A look says what lies at a program's path, and whether somebody runs it.
func TestHostLooks(t *testing.T) {
	f := newFolder(t, t.TempDir())
	asleep := exec.Command("/bin/sleep", "1000")
	f.must(asleep.Start())
	t.Cleanup(func() { _ = asleep.Process.Kill(); _ = asleep.Wait() })
	sleeps, err := hash("/bin/sleep")
	f.must(err)
	f.must(os.WriteFile(f.path("pid"), []byte(strconv.Itoa(asleep.Process.Pid)), 0o600))
	release := plan.Build{Version: "2", Source: "/srv/x", SHA256: f.old}
	at := f.path("nginx")
	for name, c := range map[string]struct {
		upgrade plan.Upgrade
		want    Sight
	}{
		"commands":                       {plan.Upgrade{Exec: &plan.ExecStrategy{Binary: at}}, Sight{SHA256: f.old, Version: "2", Running: f.old}},
		"configuration, read by one":     {plan.Upgrade{Nginx: &plan.NginxStrategy{Config: at, PIDFile: f.path("pid")}}, Sight{SHA256: f.old, Version: "2", Running: f.old}},
		"configuration, read by none":    {plan.Upgrade{Nginx: &plan.NginxStrategy{Config: at, PIDFile: f.path("absent")}}, Sight{SHA256: f.old, Version: "2"}},
		"a master of another program":    {plan.Upgrade{HAProxy: &plan.HAProxyStrategy{Binary: at, PIDFile: f.path("pid")}}, Sight{SHA256: f.old, Version: "2", Running: sleeps}},
		"no master":                      {plan.Upgrade{Nginx: &plan.NginxStrategy{Binary: at, PIDFile: f.path("absent")}}, Sight{SHA256: f.old, Version: "2"}},
		"something else, of commands":    {plan.Upgrade{Exec: &plan.ExecStrategy{Binary: f.path("source")}}, Sight{SHA256: f.new, Running: f.new}},
		"something that says no version": {plan.Upgrade{HAProxy: &plan.HAProxyStrategy{Binary: "/bin/true", PIDFile: f.path("absent")}}, Sight{}},
	} {
		c.upgrade.Release = release
		got := NewHost(f.dir).Look(t.Context(), c.upgrade)
		if name == "something that says no version" {
			c.want.SHA256 = got.SHA256
		}
		got.Trouble = ""
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
