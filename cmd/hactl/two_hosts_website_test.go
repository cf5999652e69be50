//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"hactl/agent/rehearsal"
)

// website is the network of two hosts with a real nginx on each. The files of these are
// in HOST/opt/nginx, and their releases in HOST/opt/releases.
type website struct {
	*twoHosts
	rehearsal.Pair
	masters map[string]int // by host: the first one, which leads the session of all that follow
}

// newWebsite returns the network with nginx and hactl on both hosts.
func newWebsite(t *testing.T) *website {
	t.Helper()
	pair, err := rehearsal.Nginx()
	if err != nil {
		t.Skipf("needs %v", err)
	}
	if pair.Without != "" {
		t.Log(pair.Without)
	}
	w := &website{newTwoHosts(t), pair, map[string]int{}}
	for _, host := range []string{"lb01", "lb02"} {
		w.serve(t, host)
	}
	w.install(t, binary(t))
	return w
}

// serve starts nginx on a host, and the echo behind it.
func (w *website) serve(t *testing.T, host string) {
	t.Helper()
	for _, folder := range []string{"nginx/sbin", "releases"} {
		check(t, os.MkdirAll(w.path(host, "opt", folder), 0o755))
	}
	check(t, os.WriteFile(w.path(host, "opt/nginx/nginx.conf"), rehearsal.NginxConf("/opt/nginx", "8080"), 0o644))
	check(t, os.WriteFile(w.path(host, "opt/nginx/big"), bytes.Repeat([]byte("x"), 8<<20), 0o644))
	for path, build := range map[string]rehearsal.Build{w.inReleases(w.One): w.One, w.inReleases(w.Other): w.Other, "/opt/nginx/sbin/nginx": w.One} {
		data, err := os.ReadFile(build.Path)
		check(t, err)
		check(t, os.WriteFile(w.path(host, path), data, 0o755))
	}
	_, err := w.hosts[host].Start(rehearsal.Echo("127.0.0.1:9000"))
	check(t, err)
	w.start(t, host, "/opt/nginx/sbin/nginx -p /opt/nginx -c nginx.conf -e error.log", w.path(host+".nginx.log"))
	await(t, "nginx on "+host, func() bool { w.masters[host] = w.master(host); return w.masters[host] > 0 })
	t.Cleanup(func() { _ = syscall.Kill(-w.masters[host], syscall.SIGKILL) })
}

// inReleases is where a build lies on the hosts.
func (w *website) inReleases(b rehearsal.Build) string {
	path := "/opt/releases/nginx-" + b.Version
	if w.Without != "" {
		path += "-" + b.SHA256[:8]
	}
	return path
}

// master returns the number in the pid file of a host; 0: there is none.
func (w *website) master(host string) int {
	data, _ := os.ReadFile(w.path(host, "opt/nginx/nginx.pid"))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return pid
}

// configure replaces a part of the configuration of a host's nginx, and lets it read that.
func (w *website) configure(t *testing.T, host, part, by string) {
	t.Helper()
	path := w.path(host, "opt/nginx/nginx.conf")
	text := strings.Replace(w.read(t, host, "opt/nginx/nginx.conf"), part, by, 1)
	check(t, os.WriteFile(path, []byte(text), 0o644))
	check(t, syscall.Kill(w.master(host), syscall.SIGHUP))
}

// release makes a build the release of the configuration, with more in its block.
func (w *website) release(t *testing.T, b rehearsal.Build, more string) {
	t.Helper()
	text := fmt.Sprintf(upgradeBlock, b.Version, w.inReleases(b), b.SHA256, more)
	check(t, os.WriteFile(w.path("production", "nginx.ha.hcl"), []byte(text), 0o644))
}

const upgradeBlock = `check "nginx" {
  http {
    url = "http://127.0.0.1:8080/"
  }
  interval = "500ms"
  timeout  = "400ms"
}

upgrade "nginx" {
  cluster = cluster.web

  nginx {
    binary         = "/opt/nginx/sbin/nginx"
    pid_file       = "/opt/nginx/nginx.pid"
    worker_timeout = "1m"
  }

  release {
    version = %q
    source  = %q
    sha256  = %q
  }

  verify {
    checks = [check.nginx]
    soak   = "2s"
  }
%s}
`

// clients starts the usual clients at the desk, which ask the vip; the function that it
// returns ends them.
func (w *website) clients(t *testing.T) (stop func() rehearsal.Tally) {
	t.Helper()
	some := rehearsal.Usual
	some.Address = "10.0.0.100:8080"
	var out bytes.Buffer
	cmd := some.Command()
	cmd.Stdout = &out
	p, err := w.hosts["desk"].Start(cmd)
	check(t, err)
	return func() (seen rehearsal.Tally) {
		t.Helper()
		check(t, p.Signal(syscall.SIGTERM))
		check(t, p.Wait())
		check(t, json.Unmarshal(out.Bytes(), &seen))
		t.Log(seen)
		return seen
	}
}
