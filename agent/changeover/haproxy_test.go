package changeover

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// haproxyConf is the configuration of an HAProxy that keeps its files in one folder.
const haproxyConf = `global
	maxconn 2000
	chroot /usr
	uid 65534
	gid 65534
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
	s.behind(origin)
	s.must(os.WriteFile(s.path("haproxy.cfg"), []byte(haproxyConf), 0o644))
	s.put(s.one.Path, s.path("haproxy"))
	s.start(s.path("haproxy"), append([]string{"-D", "-f", "haproxy.cfg", "-p", s.path("haproxy.pid")}, arguments...)...)
	return s
}

// There, back, and there again, while clients ask all the time.
func TestKernelClientsDoNotNoticeHAProxy(t *testing.T) { thereAndBack(t, newHAProxyStage(t, "-W")) }

// Killed before any act of its own, the next process goes on.
func TestKernelKilledAnywhereHAProxy(t *testing.T) { killedAnywhere(t, newHAProxyStage(t, "-W")) }

// Connections that outlast worker_timeout are cut.
func TestKernelWorkerTimeoutHAProxy(t *testing.T) {
	newHAProxyStage(t, "-W").cuts(func(u plan.Upgrade) { u.HAProxy.WorkerTimeout = 1000 })
}

// A release that its own build, the live configuration or a trial speaks against is not
// begun, and neither is one beside an HAProxy that has no workers.
func TestKernelRefusedHAProxy(t *testing.T) {
	s := newHAProxyStage(t, "-W")
	stop := s.load()
	broken := func(flaw rehearsal.Flaw) rehearsal.Build {
		path := s.path("release")
		s.must(rehearsal.Broken{Flaw: flaw, Real: s.other.Path}.Write(path))
		b, err := rehearsal.Inspect(path)
		s.must(err)
		return b
	}
	wrongVersion := s.other
	wrongVersion.Version = "3.0"
	for _, c := range []struct {
		name, more string // at the end of the configuration
		release    rehearsal.Build
		says       string
	}{
		{"another version", "", wrongVersion, "says that it is version " + s.other.Version + ", not 3.0"},
		{"ends at once", "", broken(rehearsal.AtOnce), "ends soon after its start: exit status 1"},
		{"refuses the configuration", "garbage\n", s.other, "refuses the configuration: config : parsing [haproxy.cfg:21] : unknown keyword 'garbage'"},
	} {
		s.must(os.WriteFile(s.path("haproxy.cfg"), []byte(haproxyConf+c.more), 0o644))
		o, _ := s.change(job{Upgrade: s.upgrade(c.release)})
		if o.Verdict != upgrade.Refused || !strings.Contains(o.Text, c.says) {
			t.Errorf("%s: %s: %s, want %s", c.name, o.Verdict, o.Text, c.says)
		}
		s.runs(s.one)
	}
	stop()

	s.end()
	s.must(os.WriteFile(s.path("haproxy.cfg"), []byte(haproxyConf), 0o644))
	s.start(s.path("haproxy"), "-D", "-f", "haproxy.cfg", "-p", s.path("haproxy.pid"))
	o, _ := s.change(job{Upgrade: s.upgrade(s.other)})
	if want := "has no workers: it does not run in master-worker mode (-W or -Ws); "; o.Verdict != upgrade.Refused || !strings.Contains(o.Text, want) {
		t.Errorf("%s: %s, want %s", o.Verdict, o.Text, want)
	}
}

// The configuration breaks after it was tested: the master waits, and the workers of
// before serve. Mended in time, it goes back; otherwise a person is needed, and the next
// upgrade goes through once it is mended.
func TestKernelHAProxyThatWaits(t *testing.T) {
	s := newHAProxyStage(t, "-W")
	stop := s.load()
	for _, c := range []struct {
		mends bool
		want  upgrade.Verdict
		says  string
	}{
		{true, upgrade.Reverted, "could not start workers of version " + s.other.Version + "; those of before serve on; version " + s.one.Version + " serves again"},
		{false, upgrade.Stuck, "could not start workers of version " + s.one.Version + "; those of before serve on; the master "},
	} {
		good := func() upgrade.Checks { return upgrade.Checks{Health: upgrade.Up} }
		back := false
		r := NewRunner(s.upgrade(s.other), s.path("record"), good, func(p Progress) {
			switch {
			case p.Stage == upgrade.Start && !back:
				s.must(os.WriteFile(s.path("haproxy.cfg"), []byte(haproxyConf+"garbage\n"), 0o644))
				back = true
			case p.Stage == upgrade.Replace && back && c.mends:
				s.must(os.WriteFile(s.path("haproxy.cfg"), []byte(haproxyConf), 0o644))
			}
		})
		o, err := r.Run(t.Context())
		s.must(err)
		if o.Verdict != c.want || !strings.Contains(o.Text, c.says) {
			t.Errorf("%s: %s, want %s: %s", o.Verdict, o.Text, c.want, c.says)
		}
		s.must(expect(s.path("haproxy"), s.one.SHA256))
	}
	s.must(os.WriteFile(s.path("haproxy.cfg"), []byte(haproxyConf), 0o644))
	if o, _ := s.change(job{Upgrade: s.upgrade(s.other)}); o.Verdict != upgrade.Committed {
		t.Errorf("%s: %s", o.Verdict, o.Text)
	}
	s.runs(s.other)
	stop()
}

// A worker of the release crashes, and HAProxy ends with it. Whoever supervises it starts
// what is back at its path by then; nobody does, and it is said.
func TestKernelHAProxyDies(t *testing.T) {
	for _, supervised := range []bool{true, false} {
		t.Run(fmt.Sprintf("supervised %v", supervised), func(t *testing.T) {
			s := newHAProxyStage(t, "-W")
			u := s.upgrade(s.other)
			u.Verify.Soak = 60000
			good := func() upgrade.Checks { return upgrade.Checks{Health: upgrade.Up} }
			r := NewRunner(u, s.path("record"), good, func(p Progress) {
				switch {
				case p.Stage == upgrade.Verify:
					limp.happen(s.path("record"))
				case p.Stage == upgrade.Restore && supervised && s.left() == 0:
					s.start(s.path("haproxy"), "-W", "-D", "-f", "haproxy.cfg", "-p", s.path("haproxy.pid"))
				}
			})
			r.Patience = 3 * time.Second
			o, err := r.Run(t.Context())
			s.must(err)
			want, says := upgrade.Down, "no master is left, "+s.path("haproxy")+" is that of version "+s.one.Version+" again: start it"
			if supervised {
				want, says = upgrade.Reverted, " has ended; version "+s.one.Version+" serves again"
			}
			if o.Verdict != want || !strings.Contains(o.Text, says) {
				t.Errorf("%s: %s, want %s: %s", o.Verdict, o.Text, want, says)
			}
			if supervised {
				s.runs(s.one)
			} else {
				s.must(expect(s.path("haproxy"), s.one.SHA256))
			}
		})
	}
}

// What HAProxy says is read.
func TestHAProxySays(t *testing.T) {
	version, features := haproxySays("HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/\nFeature list : -51DEGREES +ACCEPT4 +LUA -QUIC\n")
	if version != "2.6.12-1+deb12u4" || strings.Join(features, " ") != "+ACCEPT4 +LUA" {
		t.Errorf("%q, %q", version, features)
	}
	if version, _ := haproxySays("HA-Proxy version 2.2.9-2 2021/01/01\n"); version != "2.2.9-2" {
		t.Errorf("%q", version)
	}
	const said = "[NOTICE]   (7) : haproxy version is 2.6.12\n[ALERT]    (7) : config : parsing [a.cfg:3] : unknown keyword 'x' in 'global' section\n[ALERT]    (7) : config : Fatal errors\n"
	if got := alert(said); got != "config : parsing [a.cfg:3] : unknown keyword 'x' in 'global' section" {
		t.Errorf("%q", got)
	}
	got := lasting([]string{"-sf", "12", "13", "-x", "sockpair@4", "-Ws", "-f", "a.cfg", "-p", "a.pid"})
	if strings.Join(got, " ") != "-Ws -f a.cfg -p a.pid" {
		t.Errorf("%q", got)
	}
}
