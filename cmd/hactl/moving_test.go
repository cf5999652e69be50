//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"
)

// The page "Moving a live keepalived pair without an outage", played through with
// its own commands, each step taken back once where the page says how, while a
// client asks for the address.
func TestMovingALivePair(t *testing.T) {
	page, err := os.ReadFile("../../docs/moving-a-live-pair.md")
	check(t, err)
	m := newMoving(t)
	for _, step := range stepsOf(string(page)) {
		t.Log(step.title)
		m.play(t, step.title, step.forth)
		m.play(t, step.title+", taken back", step.undone)
		if len(step.undone) > 0 {
			m.play(t, step.title+", again", step.forth)
		}
		m.play(t, step.title+", the rest", step.rest)
	}
	r := m.client.Stop()
	t.Logf("the client lost %d replies in all:\n%s", r.Lost, r)
	if r.Responder() != "lb01" {
		t.Error("lb01 does not answer in the end")
	}
}

// pageBlock is a piece of code on the page.
type pageBlock struct {
	diff bool // of web/main.ha.hcl, otherwise commands
	back bool // of the way back
	text string
}

// pageStep is a section of the page: its blocks before the way back, which undoes
// them, and those after it.
type pageStep struct {
	title               string
	forth, undone, rest []pageBlock
}

// stepsOf reads the page's sections.
func stepsOf(page string) []pageStep {
	var steps []pageStep
	for _, section := range strings.Split(page, "\n## ")[1:] {
		s := pageStep{title: section[:strings.IndexByte(section, '\n')]}
		pieces := strings.Split(section, "```")
		for i := 1; i < len(pieces); i += 2 {
			info, text, _ := strings.Cut(pieces[i], "\n")
			b := pageBlock{diff: strings.HasPrefix(info, "diff"), back: strings.HasSuffix(info, " back"), text: text}
			switch {
			case b.back:
				s.undone = append(s.undone, b)
			case len(s.undone) > 0:
				s.rest = append(s.rest, b)
			default:
				s.forth = append(s.forth, b)
			}
		}
		steps = append(steps, s)
	}
	return steps
}

// moving is two hosts that run keepalived, and the services on them.
type moving struct {
	*twoHosts
	services map[string]*netlab.Process // by host and name
	client   *netlab.Probe
	lost     int // replies, before the part that runs
}

// newMoving returns the live pair, with a client of lb01.
func newMoving(t *testing.T) *moving {
	t.Helper()
	if _, err := exec.LookPath("/usr/sbin/keepalived"); err != nil {
		t.Skip("needs keepalived")
	}
	m := &moving{twoHosts: newTwoHosts(t), services: map[string]*netlab.Process{}}
	check(t, os.Link(binary(t), m.path("hactl")))
	check(t, os.Link(m.path("hactl"), m.path("desk", "bin", "hactl")))
	check(t, os.CopyFS(m.path("deploy"), os.DirFS("../../deploy")))
	for _, program := range []string{"ssh", "scp"} {
		script := fmt.Sprintf("#!/bin/sh\nexec /usr/bin/%s -F %s \"$@\"\n", program, m.path("config"))
		check(t, os.WriteFile(m.path("desk", "bin", program), []byte(script), 0o755))
	}
	for host, role := range map[string]string{"lb01": "state MASTER\n  priority 150", "lb02": "state BACKUP\n  priority 100"} {
		m.keepalived(t, host, role)
	}
	m.answered(t, "10.0.0.100").Stop() // lb01 has the address
	m.client = m.answered(t, "10.0.0.100")
	return m
}

// keepalived configures keepalived on a host, and starts it.
func (m *moving) keepalived(t *testing.T, host, role string) {
	t.Helper()
	config := "vrrp_instance public {\n  " + role + "\n  interface eth0\n  virtual_router_id 50\n  advert_int 1\n" +
		"  authentication {\n    auth_type PASS\n    auth_pass s3cret\n  }\n  virtual_ipaddress {\n    10.0.0.100/24\n  }\n}\n"
	check(t, os.MkdirAll(m.path(host, "etc", "keepalived"), 0o755))
	check(t, os.WriteFile(m.path(host, "etc", "keepalived", "keepalived.conf"), []byte(config), 0o600))
	m.systemctl(t, host, "enable", "keepalived")
}

// programs are what the units of the hosts start.
var programs = map[string]string{
	"keepalived": "/usr/sbin/keepalived --dont-fork --log-console --log-detail --vrrp",
	"hactl":      "hactl agent",
}

// systemctl starts or stops a service, as systemd does: by SIGTERM, and its end is
// waited for.
func (m *moving) systemctl(t *testing.T, host, verb, unit string) {
	t.Helper()
	name := host + " " + unit
	if verb == "disable" {
		check(t, m.services[name].Signal(syscall.SIGTERM))
		_ = m.services[name].Wait()
		return
	}
	if unit == "hactl" {
		_, err := os.Stat(m.path(host, "etc", "systemd", "system", "hactl.service"))
		check(t, err)
	}
	log, err := os.OpenFile(m.path(host+"."+unit+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	check(t, err)
	defer log.Close()
	cmd := m.command(context.Background(), host, programs[unit])
	cmd.Stdout, cmd.Stderr = log, log
	m.services[name], err = m.hosts[host].Start(cmd)
	check(t, err)
	if unit == "hactl" {
		await(t, "the agent of "+host, func() bool { _, err := os.Stat(m.path(host, "run", "agent.sock")); return err == nil })
	}
}

// play carries out the blocks of a part of a step, and looks what became of it.
func (m *moving) play(t *testing.T, title string, blocks []pageBlock) {
	t.Helper()
	for _, b := range blocks {
		m.carryOut(t, b)
	}
	if len(blocks) > 0 {
		m.settle(t, title)
	}
}

// carryOut runs the commands of a block, or makes its change.
func (m *moving) carryOut(t *testing.T, b pageBlock) {
	t.Helper()
	if b.diff {
		m.change(t, b.text)
		return
	}
	for line := range strings.Lines(b.text) {
		prompt, command, found := strings.Cut(strings.TrimSpace(line), " ")
		host := strings.TrimRight(prompt, "$#")
		if !found || m.hosts[host] == nil {
			t.Fatalf("the page has a command that is not of a host: %s", line)
		}
		if words := strings.Fields(command); words[0] == "systemctl" {
			m.systemctl(t, host, words[1], words[3])
			continue
		}
		m.shell(t, host, command)
	}
}

// shell runs a line of the page on a host; it must succeed.
func (m *moving) shell(t *testing.T, host, line string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := m.execute(ctx, host, "sh", "-c", line)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := m.hosts[host].Run(cmd)
	t.Logf("%s# %s\n%s", host, line, &out)
	check(t, err)
}

// change makes a change to the configuration.
func (m *moving) change(t *testing.T, diff string) {
	t.Helper()
	file := m.path("web", "main.ha.hcl")
	text, err := os.ReadFile(file)
	check(t, err)
	check(t, os.WriteFile(file, []byte(patched(t, string(text), diff)), 0o644))
}

// settle waits until one host alone has the address and the other one listens, and
// says how many replies the client lost on the way.
func (m *moving) settle(t *testing.T, step string) {
	t.Helper()
	began := time.Now()
	await(t, "one owner of the address after "+step, func() bool {
		owners := m.owners(t)
		if len(owners) != 1 || m.client.Report().Responder() != owners[0] {
			began = time.Now()
		}
		return time.Since(began) > 4*time.Second // longer than a Backup waits for adverts
	})
	r := m.client.Report()
	t.Logf("%s: %d lost, %s has the address", step, r.Lost-m.lost, r.Responder())
	lossless(t, r, r.Lost-m.lost, 1)
	m.lost = r.Lost
}

// owners returns the hosts that have the address.
func (m *moving) owners(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, host := range []string{"lb01", "lb02"} {
		prefixes, err := m.hosts[host].Addresses("eth0")
		check(t, err)
		if slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Addr().String() == "10.0.0.100" }) {
			all = append(all, host)
		}
	}
	return all
}
