//go:build linux

package main

import (
	"bytes"
	"context"
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

// twoHosts is the network of the README's section "On two hosts": lb01, lb02
// and the desk on one segment. In root, HOST/lib is what HOST has as
// /var/lib/hactl, HOST/run its /run/hactl, HOST/bin its /usr/local/bin and HOST/opt
// its /opt.
type twoHosts struct {
	root  string
	hosts map[string]*netlab.Host
}

// newTwoHosts returns the network with an sshd on lb01 and lb02 that lets the
// desk in.
func newTwoHosts(t *testing.T) *twoHosts {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: sshd changes users, and each host has mounts of its own")
	}
	for _, name := range []string{"/usr/sbin/sshd", "ssh", "scp", "ssh-keygen", "mount", "hostname"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("needs %s: %v", filepath.Base(name), err)
		}
	}
	lab, err := netlab.New()
	if err != nil {
		t.Skipf("needs network namespaces: %v", err)
	}
	l := &twoHosts{root: t.TempDir(), hosts: map[string]*netlab.Host{}}
	t.Cleanup(func() { check(t, lab.Close()) })
	t.Cleanup(func() { l.showLogs(t) })
	lan, err := lab.Bridge("lan")
	check(t, err)
	for i, name := range []string{"lb01", "lb02", "desk"} {
		l.connect(t, lab, lan, name, fmt.Sprintf("10.0.0.%d/24", i+5))
	}
	l.trust(t)
	return l
}

// connect makes a host with its folders and its ssh key.
func (l *twoHosts) connect(t *testing.T, lab *netlab.Lab, lan *netlab.Bridge, name, prefix string) {
	t.Helper()
	h, err := lab.Host(name)
	check(t, err)
	check(t, h.Connect(lan, "eth0", prefix))
	_, err = h.Echo()
	check(t, err)
	l.hosts[name] = h
	for _, folder := range []string{"lib", "run", "bin", "opt"} {
		check(t, os.MkdirAll(l.path(name, folder), 0o755))
	}
	out, err := exec.Command("cp", "-a", "/etc", l.path(name)).CombinedOutput()
	if err != nil {
		t.Fatalf("cp -a /etc: %v\n%s", err, out)
	}
	out, err = exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", l.path(name+".key")).CombinedOutput()
	if err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
}

// trust starts an sshd on lb01 and lb02 that knows the desk's key, and tells the
// desk their keys.
func (l *twoHosts) trust(t *testing.T) {
	t.Helper()
	var known strings.Builder
	for name, address := range map[string]string{"lb01": "10.0.0.5", "lb02": "10.0.0.6"} {
		config := fmt.Sprintf("HostKey %[1]s/%[2]s.key\nAuthorizedKeysFile %[1]s/desk.key.pub\n", l.root, name) +
			"PidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
		check(t, os.WriteFile(l.path(name+".conf"), []byte(config), 0o600))
		l.start(t, name, "/usr/sbin/sshd -D -e -f "+l.path(name+".conf"), l.path(name+".sshd.log"))
		fmt.Fprintf(&known, "%s %s", address, l.read(t, name+".key.pub"))
	}
	check(t, os.WriteFile(l.path("known_hosts"), []byte(known.String()), 0o600))
	config := fmt.Sprintf("IdentityFile %[1]s/desk.key\nIdentitiesOnly yes\nUserKnownHostsFile %[1]s/known_hosts\nGlobalKnownHostsFile none\nStrictHostKeyChecking yes\n", l.root)
	check(t, os.WriteFile(l.path("config"), []byte(config), 0o600))
	for _, name := range []string{"lb01", "lb02"} {
		await(t, "sshd on "+name, func() bool {
			return strings.Contains(l.read(t, name+".sshd.log"), "Server listening on 0.0.0.0")
		})
	}
}

// machine makes a process one of the host $0, whose folders are in $1: it has
// the host's name and files.
const machine = `hostname "$0" &&
mount -t tmpfs tmpfs /run && mkdir -m 0755 /run/sshd /run/hactl && mount --bind "$1/run" /run/hactl &&
mount -t tmpfs tmpfs /var/lib && mkdir /var/lib/hactl && mount --bind "$1/lib" /var/lib/hactl &&
mount --bind "$1/bin" /usr/local/bin && mount --bind "$1/opt" /opt && mount --bind "$1/etc" /etc && shift && exec "$@"`

// command returns words, which hold no quotes, as a command of host.
func (l *twoHosts) command(ctx context.Context, host, words string) *exec.Cmd {
	return l.execute(ctx, host, strings.Fields(words)...)
}

// execute returns a program with its arguments as a command of host.
func (l *twoHosts) execute(ctx context.Context, host string, argv ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", machine, host, l.path(host)}, argv...)...)
	cmd.Dir = l.root
	cmd.Env = []string{
		"PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HACTL_SSH_COMMAND=ssh -F " + l.path("config") + " -o ConnectTimeout=2",
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS}
	return cmd
}

// start starts words on host; it runs until the test ends.
func (l *twoHosts) start(t *testing.T, host, words, log string) {
	t.Helper()
	f, err := os.Create(log)
	check(t, err)
	defer f.Close()
	cmd := l.command(context.Background(), host, words)
	cmd.Stdout, cmd.Stderr = f, f
	_, err = l.hosts[host].Start(cmd)
	check(t, err)
}

// run runs words on host and returns what they print. The exit code must be
// code, and the output must say all of says, in this order.
func (l *twoHosts) run(t *testing.T, host, words string, code int, says ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := l.command(ctx, host, words)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := l.hosts[host].Run(cmd)
	t.Logf("%s# %s\n%s", host, words, &out)
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("%s on %s: %v, want the exit code %d", words, host, err, code)
	}
	rest := out.String()
	for _, s := range says {
		var found bool
		if _, rest, found = strings.Cut(rest, s); !found {
			t.Fatalf("%s on %s does not say %q, or not in this order: %q", words, host, s, says)
		}
	}
	return out.String()
}

// showLogs shows, after a failure, what sshd and agents said.
func (l *twoHosts) showLogs(t *testing.T) {
	logs, _ := filepath.Glob(l.path("*.log"))
	for _, log := range logs {
		if t.Failed() {
			t.Logf("%s:\n%s", filepath.Base(log), l.read(t, filepath.Base(log)))
		}
	}
}

func (l *twoHosts) path(names ...string) string {
	return filepath.Join(append([]string{l.root}, names...)...)
}

func (l *twoHosts) read(t *testing.T, names ...string) string {
	t.Helper()
	data, err := os.ReadFile(l.path(names...))
	check(t, err)
	return string(data)
}

// await waits for a condition, at most a minute.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); !done(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("waited a minute for %s, in vain", what)
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
