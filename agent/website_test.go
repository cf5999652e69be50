package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// website is a cluster on whose first host an nginx serves, which is upgraded while
// clients ask.
type website struct {
	*cluster
	one, other rehearsal.Build // one is there at first
	orders     int             // so far
}

// newWebsite builds a website of n hosts without agents, which listens on a port.
func newWebsite(t *testing.T, n int, port string) *website {
	t.Helper()
	w := &website{cluster: newCluster(t, n)}
	pair, err := rehearsal.Nginx()
	if err != nil {
		t.Skipf("needs %v", err)
	}
	w.one, w.other = pair.One, pair.Other
	w.must(os.WriteFile(w.path("nginx.conf"), rehearsal.NginxConf(w.dir, port), 0o644))
	w.must(os.WriteFile(w.path("big"), bytes.Repeat([]byte("x"), 4<<20), 0o644))
	touch(t, w.path("good"))
	data, err := os.ReadFile(w.one.Path)
	w.must(err)
	w.must(os.WriteFile(w.path("nginx"), data, 0o755))
	t.Cleanup(w.end)
	_, err = w.hosts["lb01"].Start(rehearsal.Echo("127.0.0.1:9000"))
	w.must(err)
	_, err = w.hosts["lb01"].Start(exec.Command(w.path("nginx"), "-p", w.dir, "-c", "nginx.conf", "-e", w.path("error.log")))
	w.must(err)
	w.await("nginx to serve", func() bool {
		return w.hosts["lb01"].Do(func() error { return rehearsal.Ask("127.0.0.1:"+port, "/", nil) }) == nil
	})
	return w
}

func (w *website) path(name string) string { return filepath.Join(w.dir, name) }

// end ends what runs nginx.
func (w *website) end() {
	w.await("nginx to end", func() bool {
		ended := true
		exes, _ := filepath.Glob("/proc/[0-9]*/exe")
		for _, exe := range exes {
			if is, _ := os.Readlink(exe); strings.HasPrefix(is, w.path("nginx")) {
				var pid int
				_, _ = fmt.Sscanf(exe, "/proc/%d/exe", &pid)
				_ = syscall.Kill(pid, syscall.SIGKILL)
				ended = false
			}
		}
		return ended
	})
}

// plan is that of a host with routers, to whose upgrade a build is the release: of
// 300 ms of soak, during which the file good has to be there.
func (w *website) plan(host string, to rehearsal.Build, routers ...plan.Router) *plan.Plan {
	return &plan.Plan{
		Host: host, Routers: routers,
		Checks: []plan.Check{{
			Name: "web", Interval: 50, Timeout: 40, Fall: 1, Rise: 1, Initial: plan.Unknown,
			File: &plan.FileProbe{Path: w.path("good"), Expect: plan.Exists},
		}},
		Upgrades: []plan.Upgrade{{
			Name:    "nginx",
			Nginx:   &plan.NginxStrategy{Binary: w.path("nginx"), PIDFile: w.path("nginx.pid"), WorkerTimeout: 20000},
			Release: plan.Build{Version: to.Version, Source: to.Path, SHA256: to.SHA256},
			Verify:  plan.Verify{Checks: []string{"web"}, Soak: 300}, OnFailure: plan.Halt,
		}},
	}
}

// order asks lb01 for a build; the zero one for what ran before.
func (w *website) order(to rehearsal.Build) {
	w.t.Helper()
	w.orders++
	h := &intent.Host{Host: "lb01"}
	h.SetOrder(intent.Order{
		Name: "nginx", ID: fmt.Sprint(w.orders), SHA256: to.SHA256, Back: to.SHA256 == "",
		Mark: intent.Mark{By: "test", Since: time.Now().UTC()},
	})
	w.want(h)
}

// want replaces the intents of lb01.
func (w *website) want(h *intent.Host) {
	w.t.Helper()
	is, _ := w.store.Intents(context.Background(), "lb01")
	w.must(w.store.PutIntents(context.Background(), "lb01", intent.Encode(h), is))
}

// line returns how lb01 reports the upgrade; nothing while it does not answer.
func (w *website) line() (l status.Upgrade) {
	if s := w.status("lb01"); s != nil && len(s.Upgrades) == 1 {
		l = s.Upgrades[0]
	}
	return l
}

// ends waits until the last order has ended, and checks how, and what lb01 has looked
// at since.
func (w *website) ends(v upgrade.Verdict, runs rehearsal.Build) status.Upgrade {
	w.t.Helper()
	var l status.Upgrade
	w.await("the order to end", func() bool {
		l = w.line()
		return l.Order != nil && l.Order.ID == fmt.Sprint(w.orders) && l.Verdict != "" && l.SHA256 == runs.SHA256
	})
	if l.Verdict != string(v) {
		w.t.Errorf("%s: %s, want %s", l.Verdict, l.Text, v)
	}
	return l
}

// stage is that of the record; 0: there is none.
func (w *website) stage() upgrade.Stage {
	data, err := os.ReadFile(filepath.Join(w.store.Upgrades("lb01"), "nginx.record"))
	if err != nil {
		return 0
	}
	r, err := upgrade.DecodeRecord(data)
	w.must(err)
	return r.Stage
}

// load starts clients of an address; the function that it returns ends them, and checks
// that they have noticed nothing.
func (w *website) load(address string) (stop func()) {
	w.t.Helper()
	clients := rehearsal.Usual
	clients.Address = address
	return w.ask(w.client, clients)
}

// ask is load for clients on a host.
func (w *website) ask(on *netlab.Host, clients rehearsal.Clients) (stop func()) {
	w.t.Helper()
	var out bytes.Buffer
	cmd := clients.Command()
	cmd.Stdout = &out
	p, err := on.Start(cmd)
	w.must(err)
	return func() {
		w.t.Helper()
		w.must(p.Signal(syscall.SIGTERM))
		w.must(p.Wait())
		var seen rehearsal.Tally
		w.must(json.Unmarshal(out.Bytes(), &seen))
		w.t.Log(seen)
		if seen.Noticed() != "" || seen.Fresh == 0 || seen.Kept == 0 || seen.Slow == 0 || seen.Messages == 0 {
			w.t.Errorf("clients noticed %s", seen.Noticed())
		}
	}
}

// restart starts the agent of a host, as a service manager does: again, until what a
// killed one was about to start has let go of its lock.
func (w *website) restart(host string) {
	w.t.Helper()
	w.start(host)
	w.await(host+" to run", func() bool {
		select {
		case <-w.agents[host].Done():
			w.start(host)
		default:
		}
		return w.status(host) != nil
	})
}
