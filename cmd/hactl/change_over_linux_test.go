package main

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/agent/packet"
	"hactl/agent/socket"
	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"
)

// segment is lb01 and lb02 with agents on a segment with a client, who asks
// 10.0.0.100 every 5 ms, and hears what is on the wire.
type segment struct {
	t     *testing.T
	dir   string
	hactl string
	store *store.Dir
	hosts map[string]*netlab.Host
	wire  *wire
}

// wire is who has sent adverts.
type wire struct {
	mu      sync.Mutex
	senders map[netip.Addr]int
	last    packet.Advert // that was sent
}

// newSegment returns one whose agents have no plan yet.
func newSegment(t *testing.T) *segment {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: agents in network namespaces")
	}
	lab, err := netlab.New()
	if err != nil {
		t.Skipf("needs network namespaces: %v", err)
	}
	s := &segment{t: t, dir: t.TempDir(), hactl: binary(t), hosts: map[string]*netlab.Host{}, wire: &wire{senders: map[netip.Addr]int{}}}
	s.store, err = store.OpenDir(filepath.Join(s.dir, "store"))
	check(t, err)
	t.Cleanup(func() { check(t, lab.Close()) })
	t.Cleanup(s.logs)
	lan, err := lab.Bridge("lan")
	check(t, err)
	for name, address := range map[string]string{"lb01": "10.0.0.5/24", "lb02": "10.0.0.6/24", "client": "10.0.0.200/24"} {
		h, err := lab.Host(name)
		check(t, err)
		check(t, h.Connect(lan, "eth0", address))
		s.hosts[name] = h
	}
	for _, name := range []string{"lb01", "lb02"} {
		_, err := s.hosts[name].Echo()
		check(t, err)
		s.start(name)
	}
	s.listen()
	return s
}

// start starts the agent of a host; it runs until the test ends.
func (s *segment) start(host string) {
	s.t.Helper()
	log, err := os.Create(filepath.Join(s.dir, host+".log"))
	check(s.t, err)
	defer log.Close()
	cmd := exec.Command(s.hactl, "agent", "--host", host, "--dir", s.store.Path(), "--socket", filepath.Join(s.dir, host+".sock"))
	cmd.Stdout, cmd.Stderr = log, log
	_, err = s.hosts[host].Start(cmd)
	check(s.t, err)
}

// logs shows, after a failure, what the agents said.
func (s *segment) logs() {
	for _, host := range []string{"lb01", "lb02"} {
		if text, err := os.ReadFile(filepath.Join(s.dir, host+".log")); err == nil && s.t.Failed() {
			s.t.Logf("%s:\n%s", host, text)
		}
	}
}

// listen notes what the client hears until the test ends.
func (s *segment) listen() {
	s.t.Helper()
	check(s.t, s.hosts["client"].Do(func() error {
		link, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		conn, err := socket.Listen(socket.Interface{Name: link.Name, Index: link.Index}, 4, []netip.Addr{netip.MustParseAddr("224.0.0.18")})
		if err != nil {
			return err
		}
		var reading sync.WaitGroup
		reading.Go(func() { _ = conn.Receive(s.wire.note) })
		s.t.Cleanup(func() {
			check(s.t, conn.Close())
			reading.Wait()
		})
		return nil
	}))
}

// note takes one packet down.
func (w *wire) note(in socket.Received) {
	a, err := packet.Parse(in.Payload, packet.Header{Source: in.Source, Destination: in.Destination, TTL: in.TTL})
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil && a.Priority > 0 {
		w.senders[in.Source]++
		w.last = a
	}
}

// heard returns how many adverts a host has sent, and the last one of any.
func (w *wire) heard(from string) (int, packet.Advert) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.senders[netip.MustParseAddr(from)], w.last
}

// configure writes the configuration with these lines in the cluster and these
// addresses in the vip, and returns its folder.
func (s *segment) configure(lines, addresses string) string {
	s.t.Helper()
	dir := filepath.Join(s.dir, "configuration")
	check(s.t, os.MkdirAll(dir, 0o755))
	check(s.t, os.WriteFile(filepath.Join(dir, "main.ha.hcl"), fmt.Appendf(nil, `
host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24"]
  }
}

host "lb02" {
  interface "eth0" {
    addresses = ["10.0.0.6/24"]
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  %s

  vip "public" {
    vrid      = 50
    addresses = [%s]
  }
}
`, lines, addresses), 0o600))
	return dir
}

// command is hactl apply of a configuration.
func (s *segment) command(dir string, flags ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(s.t.Context(), s.hactl, append([]string{"apply", dir, "--store", s.store.Path(), "--auto-approve"}, flags...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

// apply applies a configuration, and returns what was said.
func (s *segment) apply(dir string) string {
	s.t.Helper()
	cmd, out := s.command(dir)
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("hactl apply: %v\n%s", err, out)
	}
	return out.String()
}

// report returns the newest report of a host.
func (s *segment) report(host string) *status.Host {
	s.t.Helper()
	data, err := s.store.Status(s.t.Context(), host)
	check(s.t, err)
	r, err := status.Decode(data)
	check(s.t, err)
	return r
}

// begin applies the first configuration, and waits until lb01 is Active and lb02 a
// Backup that hears it.
func (s *segment) begin(lines string) {
	s.t.Helper()
	s.apply(s.configure(lines, `"10.0.0.100/24"`))
	await(s.t, "lb01 to be Active, and lb02 to hear it", func() bool {
		one, two := fleet.ReportOf(s.report("lb01"), "web/public/ipv4"), fleet.ReportOf(s.report("lb02"), "web/public/ipv4")
		return one != nil && two != nil && one.State == status.Active && two.State == status.Backup && two.Received > 2
	})
}

// observer is a segment with a client, of whose routers nothing is to be noticed.
type observer struct {
	*segment
	client      *netlab.Probe
	transitions [2]uint64 // of lb01 and lb02, before
	stranger    int       // adverts of lb02, before
}

// watch begins to look at what must not happen.
func (s *segment) watch() *observer {
	s.t.Helper()
	w := &observer{segment: s, transitions: [2]uint64{s.report("lb01").Routers[0].Transitions, s.report("lb02").Routers[0].Transitions}}
	w.stranger, _ = s.wire.heard("10.0.0.6")
	var err error
	w.client, err = s.hosts["client"].Probe(netip.MustParseAddr("10.0.0.100"), 5*time.Millisecond)
	check(s.t, err)
	await(s.t, "an answer", func() bool { return w.client.Report().Responder() == "lb01" })
	return w
}

// quiet fails when somebody noticed what was done before. Whoever did not hear an
// advert since would be Active after three.
func (w *observer) quiet(what string) {
	w.t.Helper()
	before, _ := w.wire.heard("10.0.0.5")
	await(w.t, "four adverts after "+what, func() bool { n, _ := w.wire.heard("10.0.0.5"); return n >= before+4 })
	r := w.client.Report()
	w.t.Logf("%-32s %d of %d replies lost so far", what, r.Lost, r.Sent)
	for i, host := range []string{"lb01", "lb02"} {
		now := w.report(host).Routers[0]
		if now.Transitions != w.transitions[i] || len(now.Contradicted) > 0 || len(now.Conflicts) > 0 {
			w.t.Errorf("%s: %s made %d transitions, and is contradicted: %v", what, host, now.Transitions-w.transitions[i], now.Contradicted)
		}
	}
	if n, _ := w.wire.heard("10.0.0.6"); n != w.stranger {
		w.t.Fatalf("%s: lb02 sent %d adverts", what, n-w.stranger)
	}
}

// end fails when the client noticed anything.
func (w *observer) end() {
	w.t.Helper()
	unnoticed(w.t, w.client.Stop())
}

// The lines of a cluster that authenticates.
func passLines(secret string) string {
	return fmt.Sprintf("auth {\n    type   = \"pass\"\n    secret = %q\n  }\n", secret)
}

func hmacLines(key string) string {
	return fmt.Sprintf("auth {\n    type   = \"hmac-sha256\"\n    secret = %q\n  }\n", strings.Repeat(key, 32))
}

// Everything on which the routers of one VRID must agree is changed under a client,
// by hactl apply, with the agents and the kernel as they are. No reply is lost; no
// host but lb01 sends a single advert, nor makes a transition; nobody calls anything a
// conflict.
func TestKernelChangeOver(t *testing.T) {
	t.Parallel()
	s := newSegment(t)
	const version2, one, two = "version = 2\n  ", `"10.0.0.100/24"`, `"10.0.0.100/24", "10.0.0.101/24"`
	s.begin(version2)
	w := s.watch()
	for _, change := range []struct{ what, lines, addresses string }{
		{"a password", passLines("one"), one},
		{"another password", passLines("two"), one},
		{"no password", "", one},
		{"signatures", hmacLines("a"), one},
		{"another key", hmacLines("b"), one},
		{"signatures to a password", passLines("one"), one},
		{"no password again", "", one},
		{"a longer interval", `advert_interval = "2s"`, one},
		{"the shorter one again", "", one},
		{"an address more, and a password", passLines("one"), two},
		{"an address less", passLines("one"), one},
	} {
		out := s.apply(s.configure(version2+change.lines, change.addresses))
		if waves := strings.Count(out, "\nwave "); (waves == 3) == (change.what == "an address less") {
			t.Errorf("%s: %d waves\n%s", change.what, waves, out)
		}
		w.quiet(change.what)
	}
	w.end()
}

// In version 3, an apply is killed in the second of three waves, and another one makes
// another change; then one fails, since a secret is missing on the host that is first,
// and takes everything back. No client notices any of it.
func TestKernelChangeOverInterrupted(t *testing.T) {
	t.Parallel()
	s := newSegment(t)
	const address = `"10.0.0.100/24"`
	s.begin("")
	w := s.watch()
	killed, _ := s.command(s.configure(hmacLines("a"), address))
	check(t, killed.Start())
	await(t, "the second wave on lb02", func() bool {
		data, err := s.store.Plan(t.Context(), "lb02")
		return err == nil && strings.Contains(string(data), `"wave": "2 of 3"`)
	})
	check(t, killed.Process.Kill())
	_ = killed.Wait() // it was killed
	w.quiet("an apply that was killed")
	s.apply(s.configure(hmacLines("b"), address))
	w.quiet("another one instead")

	before := s.report("lb02").Plan.Hash
	missing := "auth {\n    type        = \"hmac-sha256\"\n    secret_file = \"" + filepath.Join(s.dir, "missing.key") + "\"\n  }\n"
	fails, out := s.command(s.configure(missing, address), "--wait", "3s", "--rollback-on-failure")
	if err := fails.Run(); fails.ProcessState.ExitCode() != exitFailure || !strings.Contains(out.String(), "lb02 follows its previous plan, lb01 follows its previous plan") {
		t.Errorf("hactl apply without a secret: %v\n%s", err, out)
	}
	if now := s.report("lb02"); now.Plan.Hash != before || now.Routers[0].State != status.Backup {
		t.Errorf("lb02 is %s by the plan %s, want backup by %s", now.Routers[0].State, now.Plan.Hash, before)
	}
	w.transitions[1] = s.report("lb02").Routers[0].Transitions // it has waited for the secret meanwhile, and is a Backup again
	w.quiet("a change that was taken back")
	w.end()
}

// What the tests above would see without waves: a host that goes alone, as --local
// does and says, hears the other no more, and is Active beside it until that has
// followed.
func TestKernelChangeAtOnce(t *testing.T) {
	t.Parallel()
	s := newSegment(t)
	s.begin("version = 2")
	w := s.watch()
	dir := s.configure("version = 2\n  "+passLines("one"), `"10.0.0.100/24"`)
	for _, host := range []string{"lb02", "lb01"} {
		alone, out := s.command(dir, "--local", "--host", host)
		if err := alone.Run(); err != nil || !strings.Contains(out.String(), `which cannot change over (--local publishes to this host only`) {
			t.Fatalf("hactl apply --local on %s: %v\n%s", host, err, out)
		}
		await(t, "an advert of lb02", func() bool { n, _ := s.wire.heard("10.0.0.6"); return n > w.stranger })
	}
	await(t, "lb02 to give way", func() bool { return s.report("lb02").Routers[0].State == status.Backup })
	t.Logf("what the client saw:\n%v", w.client.Stop())
}
