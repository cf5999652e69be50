package changeover

import (
	"os"
	"strings"
	"testing"
	"time"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// newConfigStage starts nginx on a host of its own. What is replaced is its
// configuration: other starts three workers instead of two.
func newConfigStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	live := string(rehearsal.NginxConf(s.dir, "127.0.0.1:8080"))
	s.one = s.written("one.conf", live)
	s.other = s.written("other.conf", strings.Replace(live, "worker_processes 2", "worker_processes 3", 1))
	s.upgrade = func(to rehearsal.Build) plan.Upgrade {
		u := s.release(to)
		u.Nginx = &plan.NginxStrategy{Config: s.path("nginx.conf"), PIDFile: s.path("nginx.pid"), WorkerTimeout: 20000}
		return u
	}
	return s
}

// written writes a configuration, which is called as its file.
func (s *stage) written(name, text string) rehearsal.Build {
	s.t.Helper()
	path := s.path(name)
	s.must(os.WriteFile(path, []byte(text), 0o644))
	sha256, err := hash(path)
	s.must(err)
	return rehearsal.Build{Path: path, Version: name, SHA256: sha256}
}

// There, back, and there again, while clients ask all the time.
func TestKernelClientsDoNotNoticeConfigurations(t *testing.T) { thereAndBack(t, newConfigStage(t)) }

// Killed before any act of its own, the next process goes on.
func TestKernelKilledAnywhereConfigurations(t *testing.T) { killedAnywhere(t, newConfigStage(t)) }

// A configuration that nginx does not want is refused in its words, when it is tested
// or at HUP, and what was there serves throughout.
func TestKernelConfigurationsThatNginxRefuses(t *testing.T) {
	s := newConfigStage(t)
	stop := s.load()
	live := string(rehearsal.NginxConf(s.dir, "127.0.0.1:8080"))
	s.must(os.WriteFile(s.path("beside.conf"), []byte("tcp_nodelay on;\n"), 0o644))
	for _, c := range []struct {
		name, from, to string
		want           upgrade.Verdict
		says           string
	}{
		{"wrong.conf", "events {}", "events {}\nhttp3 on;", upgrade.Refused,
			"nginx refuses " + s.path("wrong.conf") + `: unknown directive "http3" in ` + s.path("wrong.conf") + ":6"},
		{"absent.conf", "http {", "http {\ninclude absent/x.conf;", upgrade.Refused, "absent/x.conf"},
		{"taken.conf", "listen 127.0.0.1:8080;", "listen 127.0.0.1:8080; listen 127.0.0.1:9000;", upgrade.Reverted,
			"nginx refuses " + s.path("nginx.conf") + ": bind() to 127.0.0.1:9000 failed (98: Address already in use); the workers of before serve on; what was there before serves again"},
		{"relative.conf", "http {", "http {\ninclude beside.conf;", upgrade.Committed, "version relative.conf serves"},
	} {
		release := s.written(c.name, strings.Replace(live, c.from, c.to, 1))
		o, _ := s.change(job{Upgrade: s.upgrade(release), Patience: 8 * time.Second})
		if o.Verdict != c.want || !strings.Contains(o.Text, c.says) {
			t.Errorf("%s: %s: %s, want %s: %s", c.name, o.Verdict, o.Text, c.want, c.says)
		}
		is := s.one
		if c.want == upgrade.Committed {
			is = release
		}
		s.runs(is)
	}
	stop()
}

// Only the file that the master was started with is replaced.
func TestKernelAnotherConfiguration(t *testing.T) {
	s := newConfigStage(t)
	s.written("unused.conf", "")
	u := s.upgrade(s.other)
	u.Nginx.Config = s.path("unused.conf")
	o, _ := s.change(job{Upgrade: u})
	if want := "was started with the configuration " + s.path("nginx.conf") + ", which is not " + s.path("unused.conf"); o.Verdict != upgrade.Refused || !strings.Contains(o.Text, want) {
		t.Errorf("%s: %s, want %s", o.Verdict, o.Text, want)
	}
	s.runs(s.one)
}

// What nginx reads is known from how it was started, and how it was built.
func TestReads(t *testing.T) {
	const said = "nginx version: nginx/1.26.3\nconfigure arguments: --prefix=/usr/share/nginx --conf-path=/etc/nginx/nginx.conf --with-debug\n"
	for want, arguments := range map[string][]string{
		"/etc/nginx/nginx.conf":      nil,
		"/srv/nginx.conf":            {"-q", "-c", "/srv/nginx.conf"},
		"/usr/share/nginx/site.conf": {"-c", "site.conf"},
		"/srv/web/site.conf":         {"-p", "/srv/web", "-c", "site.conf"},
	} {
		if got := reads(arguments, said); got != want {
			t.Errorf("%q: %s, want %s", arguments, got, want)
		}
	}
	if got := without([]string{"-p", "/srv", "-c", "x", "-q"}, "-c"); strings.Join(got, " ") != "-p /srv -q" {
		t.Errorf("left %q", got)
	}
}

// What is in the way is the last that this master has said since.
func TestEmergency(t *testing.T) {
	path := t.TempDir() + "/error.log"
	const before = "2026/03/01 12:00:00 [emerg] 7#7: an older one\n"
	const since = "2026/03/01 12:01:00 [notice] 7#7: signal 1 (SIGHUP) received\n" +
		"2026/03/01 12:01:00 [emerg] 7#7: bind() to 10.0.0.100:81 failed (98: Address already in use)\n" +
		"2026/03/01 12:01:02 [emerg] 7#7: still could not bind()\n" +
		"2026/03/01 12:01:03 [emerg] 77#77: of another nginx\n"
	if err := os.WriteFile(path, []byte(before+since), 0o600); err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int64]string{
		int64(len(before)):         "bind() to 10.0.0.100:81 failed (98: Address already in use)",
		int64(len(before + since)): "",
	} {
		if got := emergency(7, map[string]int64{path: size, "/absent": 0}); got != want {
			t.Errorf("since %d: %q, want %q", size, got, want)
		}
	}
}
