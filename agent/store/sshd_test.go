package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"
)

// sshd is a real OpenSSH server on each of two hosts of a network, and a third
// one for whoever applies.
type sshd struct {
	root   string       // keys and configurations; in it HOST is what HOST has as here
	first  *netlab.Host // lb01
	client *netlab.Host
	lab    *netlab.Lab
}

// startSSHD starts lb01 (10.0.0.1) and lb02 (10.0.0.2), and makes ssh run on the
// client for the test.
func startSSHD(t *testing.T) *sshd {
	t.Helper()
	for _, name := range []string{"/usr/sbin/sshd", "ssh", "ssh-keygen", "nsenter"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("needs %s: %v", filepath.Base(name), err)
		}
	}
	netlab.Need(t)
	if os.Getenv("HACTL_NETLAB_ENTERED") != "" {
		t.Skip("needs root: sshd changes users")
	}
	l := &sshd{root: t.TempDir(), lab: must(netlab.New())(t)}
	t.Cleanup(func() { check(t, l.lab.Close()) })
	lan := must(l.lab.Bridge("lan"))(t)
	check(t, os.Mkdir(l.root+"/here", 0o755))
	for i, name := range []string{"lb01", "lb02", "desk"} {
		h := must(l.lab.Host(name))(t)
		check(t, h.Connect(lan, "eth0", fmt.Sprintf("10.0.0.%d/24", i+1)))
		l.key(t, name)
		if i == 0 {
			l.first = h
		}
		l.client = h
		if name != "desk" {
			l.serve(t, h)
		}
	}
	l.configure(t)
	return l
}

// key makes root/NAME.key and root/NAME.key.pub.
func (l *sshd) key(t *testing.T, name string) {
	t.Helper()
	out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", l.root+"/"+name+".key").CombinedOutput()
	if err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
}

// serve starts sshd on h, in a mount namespace of its own: there it has the
// empty folder /run/sshd that it wants, and its host's folder as root/here.
func (l *sshd) serve(t *testing.T, h *netlab.Host) {
	t.Helper()
	config := fmt.Sprintf(`Port 2222
HostKey %[1]s/%[2]s.key
AuthorizedKeysFile %[1]s/desk.key.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
`, l.root, h.Name)
	path := l.root + "/" + h.Name + ".conf"
	check(t, os.WriteFile(path, []byte(config), 0o600))
	check(t, os.Mkdir(l.root+"/"+h.Name, 0o755))
	const mounts = `mount -t tmpfs tmpfs /run && mkdir -m 0755 /run/sshd && mount --bind "$1" "$2" && exec /usr/sbin/sshd -D -e -f "$0"`
	cmd := exec.Command("sh", "-c", mounts, path, l.root+"/"+h.Name, l.root+"/here")
	var log lockedBuffer
	cmd.Stderr = &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	server := must(h.Start(cmd))(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("sshd on %s:\n%s", h.Name, log.String())
		}
	})
	for end := time.After(time.Minute); !strings.Contains(log.String(), "Server listening on 0.0.0.0"); {
		select {
		case <-server.Done():
			t.Fatalf("sshd on %s ended:\n%s", h.Name, log.String())
		case <-end:
			t.Fatalf("sshd on %s does not listen:\n%s", h.Name, log.String())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// configure writes the client's configuration and makes ssh use it, in the
// client's namespace.
func (l *sshd) configure(t *testing.T) {
	t.Helper()
	config := fmt.Sprintf(`Host lb01 broken
  HostName 10.0.0.1
  HostKeyAlias lb01
Host lb02
  HostName 10.0.0.2
  HostKeyAlias lb02
Host broken
  ProxyCommand %[2]s
Host *
  Port 2222
  User root
  IdentityFile %[1]s/desk.key
  IdentitiesOnly yes
  UserKnownHostsFile %[1]s/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
`, l.root, strings.Join(as(t, "cut", "%h:%p/300000"), " "))
	check(t, os.WriteFile(l.root+"/config", []byte(config), 0o600))
	l.know(t, "lb01", "lb02")

	var ns *os.File
	check(t, l.client.Do(func() (err error) {
		ns, err = os.Open("/proc/thread-self/ns/net")
		return err
	}))
	t.Cleanup(func() { check(t, ns.Close()) })
	t.Setenv(SSHCommand, fmt.Sprintf("nsenter --net=/proc/%d/fd/%d ssh -F %s/config", os.Getpid(), ns.Fd(), l.root))
	t.Setenv(SSHRemote, strings.Join(as(t, "serve"), " "))
}

// know writes known_hosts: the keys by which the client knows lb01 and lb02.
func (l *sshd) know(t *testing.T, lb01, lb02 string) {
	t.Helper()
	key := func(name string) string { return string(must(os.ReadFile(l.root + "/" + name + ".key.pub"))(t)) }
	check(t, os.WriteFile(l.root+"/known_hosts", []byte("lb01 "+key(lb01)+"lb02 "+key(lb02)), 0o600))
}

// open returns the store that apply would use; destination is lb01's.
func (l *sshd) open(t *testing.T, destination string) *SSH {
	t.Helper()
	s := must(Open("ssh:"+l.root+"/here/store", []Target{{"lb01", destination}, {Host: "lb02"}}))(t).(*SSH)
	s.terminal = false
	t.Cleanup(func() { check(t, s.Close()) })
	return s
}

// Two hosts, each with its own sshd, as in the README.
func TestSSHD(t *testing.T) {
	l := startSSHD(t)
	s := l.open(t, "ssh://root@lb01:2222")
	ctx := soon(t)
	for _, host := range []string{"lb01", "lb02"} {
		check(t, s.PutPlan(ctx, host, document(t, host, 10, 100)))
		there := openDir(t, l.root+"/"+host+"/store")
		same(t, "plan on "+host, string(document(t, host, 10, 100)), string(must(there.Plan(ctx, host))(t)))
		check(t, there.PutStatus(host, words(host+" is fine")))
		same(t, "status", host+" is fine", string(must(s.Status(ctx, host))(t)))
		same(t, "plans on "+host, "["+host+"]", fmt.Sprint(must(there.Hosts(ctx))(t)))
	}
	same(t, "hosts", "[lb01 lb02]", fmt.Sprint(must(s.Hosts(ctx))(t)))
	check(t, s.PutRollout(ctx, rollout("a"), ""))
	wantError(t, s.PutRollout(ctx, rollout("b"), ""), "rollout a of ops@desk")
}

// A host that shows another key than the known one gets nothing.
func TestSSHDWrongHostKey(t *testing.T) {
	l := startSSHD(t)
	l.know(t, "desk", "lb02")
	s := l.open(t, "")
	wantError(t, s.PutPlan(soon(t), "lb01", document(t, "lb01", 1, 100)), "ssh lb01: no store answered: exit status 255: ", "Host key verification failed.")
	check(t, s.PutPlan(soon(t), "lb02", document(t, "lb02", 1, 100)))
	same(t, "files on lb01", "", listing(t, l.root+"/lb01"))
}

// A user whose key a host does not know.
func TestSSHDWrongKey(t *testing.T) {
	l := startSSHD(t)
	check(t, os.Rename(l.root+"/lb02.key.pub", l.root+"/desk.key.pub"))
	wantError(t, second(l.open(t, "").Plan(soon(t), "lb01")), "ssh lb01: no store answered: exit status 255: ", "Permission denied (publickey).")
}

// A host without hactl.
func TestSSHDWithoutHactl(t *testing.T) {
	l := startSSHD(t)
	t.Setenv(SSHRemote, "/nonexistent/hactl")
	wantError(t, second(l.open(t, "").Plan(soon(t), "lb01")), "ssh lb01: no store answered: exit status 127: ", "/nonexistent/hactl")
}

// The line breaks in the middle of a plan: nobody has half a plan, and whoever
// applies is told.
func TestSSHDCut(t *testing.T) {
	l := startSSHD(t)
	check(t, l.open(t, "").PutPlan(soon(t), "lb01", document(t, "lb01", 1, 100)))
	err := l.open(t, "broken").PutPlan(soon(t), "lb01", document(t, "lb01", 2000, 110))
	wantError(t, err, "ssh broken: connection lost before the answer to put-plan: exit status 255: ")
	there := openDir(t, l.root+"/lb01/store")
	same(t, "plan", string(document(t, "lb01", 1, 100)), string(must(there.Plan(soon(t), "lb01"))(t)))
	same(t, "files", "drwxr-xr-x store\ndrwx------ store/plans\n-rw------- store/plans/lb01.json\n", listing(t, l.root+"/lb01"))
}

// A host that has gone holds nobody longer than the context says, and is there
// again when it is.
func TestSSHDHostGone(t *testing.T) {
	l := startSSHD(t)
	s := l.open(t, "")
	for _, host := range []string{"lb01", "lb02"} {
		check(t, s.PutPlan(soon(t), host, document(t, host, 1, 100)))
	}
	check(t, l.first.Unplug("eth0"))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := second(s.Plan(ctx, "lb01")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want context.DeadlineExceeded", err)
	}
	check(t, s.PutPlan(soon(t), "lb02", document(t, "lb02", 1, 110)))
	check(t, l.first.Plug("eth0"))
	check(t, s.PutPlan(soon(t), "lb01", document(t, "lb01", 1, 110)))
}
