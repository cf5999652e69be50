package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// fakeSSH is a folder whose program ssh plays all hosts on this machine: the
// store of DESTINATION is the folder of that name.
//
// %s are the words that run this program as hactl store serve.
const fakeSSH = `#!/bin/sh
echo "$@" >>"$0.log"
for last; do :; done               # what the remote shell is given
while [ "$1" != -- ]; do shift; done
cd "$(dirname "$0")/$2" || exit 255
if [ -e trouble ]; then . ./trouble; fi
exec %s "$PWD/store"
`

// fake returns an ssh store to fake hosts, and the folder where they live.
func fake(t *testing.T, hosts ...string) (*SSH, string) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	root := t.TempDir()
	script := fmt.Sprintf(fakeSSH, strings.Join(as(t, "serve"), " "))
	check(t, os.WriteFile(root+"/ssh", []byte(script), 0o755))
	t.Setenv(SSHCommand, root+"/ssh")
	var targets []Target
	for _, host := range hosts {
		check(t, os.MkdirAll(root+"/at-"+host, 0o755))
		targets = append(targets, Target{Host: host, SSH: "at-" + host})
	}
	s := must(Open("ssh:", targets))(t).(*SSH)
	s.terminal = false
	t.Cleanup(func() {
		check(t, s.Close())
		goleak.VerifyNone(t, before)
	})
	return s, root
}

// trouble makes a fake host run a piece of shell before it answers.
func trouble(t *testing.T, root, host, shell string) {
	t.Helper()
	check(t, os.WriteFile(root+"/at-"+host+"/trouble", []byte(shell+"\n"), 0o644))
}

func TestSSH(t *testing.T) {
	s, root := fake(t, "lb01", "lb02", "lb03")
	ctx := soon(t)
	for _, host := range []string{"lb01", "lb02"} {
		if _, err := s.Plan(ctx, host); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("plan: got %v, want fs.ErrNotExist", err)
		}
		doc := document(t, host, 3, 100)
		check(t, s.PutPlan(ctx, host, doc))
		same(t, "plan", string(doc), string(must(s.Plan(ctx, host))(t)))
	}
	_, err := s.Status(ctx, "lb01")
	wantError(t, err, "ssh at-lb01: read status of lb01: open ", "no such file")
	check(t, openDir(t, root+"/at-lb01/store").PutStatus("lb01", words("fine")))
	same(t, "status", "fine", string(must(s.Status(ctx, "lb01"))(t)))
	same(t, "hosts", "[lb01 lb02]", fmt.Sprint(must(s.Hosts(ctx))(t)))
	wantError(t, second(s.Plan(ctx, "lb09")), `host "lb09": the ssh store was not told of it`)

	log := string(must(os.ReadFile(root + "/ssh.log"))(t))
	if n := strings.Count(log, "\n"); n != 3 {
		t.Errorf("%d ssh processes for 3 hosts:\n%s", n, log)
	}
	first, _, _ := strings.Cut(log, "\n")
	same(t, "arguments", "-T -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -o BatchMode=yes -- at-lb01 hactl store serve", first)
}

func TestSSHRollout(t *testing.T) {
	s, root := fake(t, "lb01", "lb02", "lb03")
	ctx := soon(t)
	if r, err := s.Rollout(ctx); r != nil || err != nil {
		t.Fatalf("got %v and %v", r, err)
	}
	check(t, s.PutRollout(ctx, rollout("a"), ""))
	later := rollout("a")
	later.Written, later.Done = later.Written.Add(time.Second), []string{"lb01"}
	check(t, openDir(t, root+"/at-lb02/store").PutRollout(ctx, later, ""))
	if r := must(s.Rollout(ctx))(t); len(r.Done) != 1 {
		t.Errorf("got %v, want the newest record", r)
	}

	// Another person's rollout goes to lb02 and lb03 first: none of its hosts
	// keeps a record of one that did not begin.
	other := rollout("b")
	other.Plans = map[string]string{"lb02": "", "lb03": ""}
	check(t, os.RemoveAll(root+"/at-lb02/store"))
	other.Plans["lb01"] = ""
	err := s.PutRollout(ctx, other, "")
	var busy *BusyError
	if !errors.As(err, &busy) || busy.Rollout.ID != "a" {
		t.Fatalf("got %v, want a BusyError about a", err)
	}
	last := rollout("c")
	last.Plans = map[string]string{"lb02": "", "lb03": ""}
	check(t, s.PutRollout(ctx, last, ""))
}

// The one who comes second has told some hosts already: it takes that back.
func TestSSHRolloutTakenBack(t *testing.T) {
	s, root := fake(t, "lb01", "lb02")
	ctx := soon(t)
	check(t, openDir(t, root+"/at-lb02/store").PutRollout(ctx, rollout("a"), ""))
	wantError(t, s.PutRollout(ctx, rollout("b"), ""), "ssh at-lb02: record rollout: another one is not finished: rollout a of ops@desk")
	if r := must(openDir(t, root+"/at-lb01/store").Rollout(ctx))(t); r.ID != "b" || !r.Finished {
		t.Errorf("lb01 has %v, finished %v", r, r.Finished)
	}
}

// What a login shell writes before the hello does no harm, with or without the
// end of its line.
func TestSSHNoise(t *testing.T) {
	for _, noise := range []string{"echo Welcome to lb01", "printf 'no end of line'", "echo '{}'; echo; printf '\\r\\n> '"} {
		s, root := fake(t, "lb01")
		trouble(t, root, "lb01", noise)
		check(t, s.PutPlan(soon(t), "lb01", document(t, "lb01", 1, 100)))
	}
}

func TestSSHSaysWhy(t *testing.T) {
	cases := []struct{ name, trouble, want string }{
		{"ssh fails", "echo 'Host key verification failed.' >&2; exit 255", "ssh at-lb01: no store answered: exit status 255: Host key verification failed."},
		{"two lines", `printf 'one\r\ntwo\r\n' >&2; exit 255`, "ssh at-lb01: no store answered: exit status 255: one; two"},
		{"no hactl there", "echo 'sh: 1: hactl: not found' >&2; exit 127", "ssh at-lb01: no store answered: exit status 127: sh: 1: hactl: not found"},
		{"hactl without the verb", `echo 'Error: unknown command "store"' >&2; exit 1`, `ssh at-lb01: no store answered: exit status 1: Error: unknown command "store"`},
		{"not allowed in", "echo 'This account is not available.'; exit 0", `ssh at-lb01: no store answered: EOF (it wrote "This account is not available.")`},
		{"killed", "kill -9 $$", "ssh at-lb01: no store answered: signal: killed"},
		{"other protocol", `echo '{"hello":"hactl store","protocol":7,"version":"v9.0.0"}'; cat >/dev/null; exit 0`,
			"ssh at-lb01: no store answered: its hactl v9.0.0 speaks version 7 of the store protocol, and this one, " + version() + ", version 1: install one version on both"},
		{"no end of noise", "yes; exit 0", `ssh at-lb01: no store answered: too much noise (it wrote "y\ny`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, root := fake(t, "lb01")
			trouble(t, root, "lb01", c.trouble)
			_, err := s.Plan(soon(t), "lb01")
			wantError(t, err, c.want)
			if !strings.Contains(c.name, "noise") {
				same(t, "error", c.want, err.Error())
			}
			check(t, os.Remove(root+"/at-lb01/trouble")) // mended: the next request connects
			check(t, s.PutPlan(soon(t), "lb01", document(t, "lb01", 1, 100)))
		})
	}
}

func TestSSHCommandMissing(t *testing.T) {
	t.Setenv(SSHCommand, "/nonexistent/ssh -v")
	s := must(Open("ssh:", []Target{{Host: "lb01"}}))(t)
	wantError(t, second(s.Plan(t.Context(), "lb01")), "ssh lb01: start /nonexistent/ssh: ", "no such file")
}

// A connection that breaks in the middle of a plan: the old plan stays, and the
// next request connects anew.
func TestSSHCut(t *testing.T) {
	s, root := fake(t, "lb01")
	ctx := soon(t)
	check(t, s.PutPlan(ctx, "lb01", document(t, "lb01", 1, 100)))
	check(t, s.Close())
	s.peers["lb01"].conn = nil
	trouble(t, root, "lb01", "head -c 200000 | "+strings.Join(as(t, "serve"), " ")+` "$PWD/store"; echo Connection reset >&2; exit 255`)
	err := s.PutPlan(ctx, "lb01", document(t, "lb01", 2000, 110))
	wantError(t, err, "ssh at-lb01: ", "unexpected EOF")
	check(t, os.Remove(root+"/at-lb01/trouble"))
	s.peers["lb01"].conn = nil
	same(t, "plan", string(document(t, "lb01", 1, 100)), string(must(s.Plan(ctx, "lb01"))(t)))
	same(t, "files", "drwx------ plans\n-rw------- plans/lb01.json\n", listing(t, root+"/at-lb01/store"))
}

// A host that does not answer holds nobody longer than the context says, and
// others not at all.
func TestSSHContext(t *testing.T) {
	s, root := fake(t, "lb01", "lb02")
	trouble(t, root, "lb01", "exec sleep 1000")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	hung := make(chan error)
	go func() { hung <- second(s.Plan(ctx, "lb01")) }()
	check(t, s.PutPlan(soon(t), "lb02", document(t, "lb02", 1, 100)))
	if err := <-hung; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want context.DeadlineExceeded", err)
	}
	hosts, err := s.Hosts(ctx)
	if len(hosts) > 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v and %v", hosts, err)
	}
	check(t, os.Remove(root+"/at-lb01/trouble"))
	same(t, "hosts", "[lb02]", fmt.Sprint(must(s.Hosts(soon(t)))(t)))
}

// Those who can be asked are told of, and the others named.
func TestSSHHostsInPart(t *testing.T) {
	s, root := fake(t, "lb01", "lb02", "lb03")
	check(t, s.PutPlan(soon(t), "lb02", document(t, "lb02", 1, 100)))
	trouble(t, root, "lb01", "exit 255")
	trouble(t, root, "lb03", "exit 255")
	hosts, err := s.Hosts(soon(t))
	same(t, "hosts", "[lb02]", fmt.Sprint(hosts))
	same(t, "error", "ssh at-lb01: no store answered: exit status 255\nssh at-lb03: no store answered: exit status 255", fmt.Sprint(err))
}

// Many hosts are connected to at a time, but not all.
func TestSSHConnectsInParts(t *testing.T) {
	var hosts []string
	for n := range 3 * connecting {
		hosts = append(hosts, fmt.Sprintf("lb%02d", n))
	}
	s, root := fake(t, hosts...)
	for _, host := range hosts {
		trouble(t, root, host, `mkdir ../now-$$; set -- ../now-*; echo $# >>../counts; ls -R / 2>/dev/null | head -n 2000 >/dev/null; rmdir ../now-$$; set -- "$PWD"`)
	}
	check(t, second(s.Hosts(soon(t))))
	most := 0
	for _, n := range strings.Fields(string(must(os.ReadFile(root + "/counts"))(t))) {
		most = max(most, must(strconv.Atoi(n))(t))
	}
	if most > connecting {
		t.Errorf("%d at a time, want at most %d", most, connecting)
	}
}

// A terminal is asked on when the first ssh failed for want of that, and only
// then; one host after the other.
func TestSSHAsksOnATerminal(t *testing.T) {
	s, root := fake(t, "lb01", "lb02", "lb03")
	s.terminal = true
	for _, host := range []string{"lb01", "lb02"} {
		trouble(t, root, host, `case "$(tail -n1 "$0.log")$*" in *BatchMode*at-`+host+`*) echo 'Permission denied (publickey).' >&2; exit 255;; esac
mkdir "$0.asking" || exit 255
rmdir "$0.asking"`)
	}
	trouble(t, root, "lb03", "echo 'Connection refused' >&2; exit 255")
	check(t, s.PutPlan(soon(t), "lb01", document(t, "lb01", 1, 100)))
	check(t, s.PutPlan(soon(t), "lb02", document(t, "lb02", 1, 100)))
	wantError(t, second(s.Plan(soon(t), "lb03")), "Connection refused")
	var batch []bool
	for _, line := range strings.Split(strings.TrimSpace(string(must(os.ReadFile(root+"/ssh.log"))(t))), "\n") {
		batch = append(batch, strings.Contains(line, "BatchMode=yes"))
	}
	if want := []bool{true, false, true, false, true}; !slices.Equal(batch, want) {
		t.Errorf("BatchMode of each ssh: %v, want %v", batch, want)
	}
}

func TestOpen(t *testing.T) {
	lb01 := Target{Host: "lb01"}
	cases := []struct {
		spec   string
		target Target
		want   string // error, or what is opened
	}{
		{"", lb01, "/var/lib/hactl"},
		{"/srv/plans", lb01, "/srv/plans"},
		{"./a:b", lb01, filepath.Join(must(os.Getwd())(t), "a:b")},
		{"ssh:", lb01, "ssh -- lb01 hactl store serve"},
		{"ssh:", Target{"lb01", "ops@10.0.0.5"}, "ssh -- ops@10.0.0.5 hactl store serve"},
		{"ssh:", Target{"lb01", "ssh://ops@lb01:2222"}, "ssh -- ssh://ops@lb01:2222 hactl store serve"},
		{"ssh:/srv/it's", lb01, `ssh -- lb01 hactl store serve --dir '/srv/it'\''s'`},
		{"ssh:plans", lb01, `open store "ssh:plans": want ssh: or ssh: and an absolute path on the hosts; where a host is, its own ssh attribute says`},
		{"ssh://lb01/plans", lb01, `open store "ssh://lb01/plans": want ssh: or ssh: and an absolute path on the hosts; where a host is, its own ssh attribute says`},
		{"etcd://10.0.0.9", lb01, `open store "etcd://10.0.0.9": there is no store "etcd:": a path or ssh: is needed (a path with a colon begins with ./)`},
		{"ssh:", Target{"lb01", "-oProxyCommand=reboot"}, `open store "ssh:": host "lb01": ssh destination "-oProxyCommand=reboot": want HOST, USER@HOST or ssh://USER@HOST:PORT`},
		{"ssh:", Target{Host: "-oProxyCommand=reboot"}, `open store "ssh:": host "-oProxyCommand=reboot": ssh destination "-oProxyCommand=reboot": want HOST, USER@HOST or ssh://USER@HOST:PORT`},
		{"ssh:", Target{"lb01", "lb01 reboot"}, `open store "ssh:": host "lb01": ssh destination "lb01 reboot": want HOST, USER@HOST or ssh://USER@HOST:PORT`},
		{"ssh:", Target{"a/b", "lb01"}, `open store "ssh:": host name "a/b": it cannot be the name of a file`},
	}
	t.Setenv(SSHCommand, "")
	t.Setenv(SSHRemote, "")
	for _, c := range cases {
		t.Run(c.spec+" "+c.target.SSH, func(t *testing.T) {
			s, err := Open(c.spec, []Target{c.target})
			got := fmt.Sprint(err)
			switch s := s.(type) {
			case *Dir:
				got = s.Path()
			case *SSH:
				args := s.arguments(s.peers["lb01"].destination, true)
				got = args[0] + " " + strings.Join(args[slices.Index(args, "--"):], " ")
			}
			same(t, "opened", c.want, got)
		})
	}
}

func TestSSHEnvironment(t *testing.T) {
	t.Setenv(SSHCommand, "ssh -F /etc/hactl/ssh_config")
	t.Setenv(SSHRemote, "sudo -n /opt/hactl")
	s := newSSH("")
	same(t, "command", "ssh -F /etc/hactl/ssh_config -T -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- lb01 sudo -n /opt/hactl store serve",
		strings.Join(s.arguments("lb01", false), " "))
}
