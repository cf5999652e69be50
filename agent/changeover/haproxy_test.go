package changeover

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"hactl/agent/rehearsal"
	"hactl/schemas/plan"
)

// haproxyConf is the configuration of an HAProxy that keeps its files in one folder.
const haproxyConf = `global
	maxconn 2000
defaults
	mode http
	timeout connect 5s
	timeout client 75s
	timeout server 75s
	timeout tunnel 1h
frontend web
	bind 127.0.0.1:8080
	http-request return status 200 content-type text/plain string "well" if { path / }
	use_backend echo if { path /echo }
	default_backend origin
backend echo
	server echo 127.0.0.1:9000
backend origin
	server origin 127.0.0.1:8081
`

// playOrigin serves the files of a folder.
func playOrigin(folder string) int {
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:8081", http.FileServer(http.Dir(folder))))
	return 1
}

// newHAProxyStage starts HAProxy, and an origin behind it, on a host of its own.
func newHAProxyStage(t *testing.T, arguments ...string) *stage {
	t.Helper()
	s := emptyStage(t, rehearsal.HAProxy)
	s.upgrade = func(to rehearsal.Build) plan.Upgrade {
		u := s.release(to)
		u.HAProxy = &plan.HAProxyStrategy{Binary: s.path("haproxy"), PIDFile: s.path("haproxy.pid"), WorkerTimeout: 20000}
		return u
	}
	origin := exec.Command("/proc/self/exe")
	origin.Env = append(os.Environ(), roleVariable+"=origin "+s.dir)
	_, err := s.host.Start(origin)
	s.must(err)
	s.must(os.WriteFile(s.path("haproxy.cfg"), []byte(haproxyConf), 0o644))
	s.put(s.one.Path, s.path("haproxy"))
	s.start(s.path("haproxy"), append([]string{"-D", "-f", "haproxy.cfg", "-p", s.path("haproxy.pid")}, arguments...)...)
	return s
}

// There, back, and there again, while clients ask all the time.
func TestKernelClientsDoNotNoticeHAProxy(t *testing.T) { thereAndBack(t, newHAProxyStage(t, "-W")) }

// Killed before any act of its own, the next process goes on.
func TestKernelKilledAnywhereHAProxy(t *testing.T) { killedAnywhere(t, newHAProxyStage(t, "-W")) }
