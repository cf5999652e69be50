package main

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/compiler/export"
	"hactl/schemas/plan"
)

// exportLab is a network for tests of exports; the test is skipped where there is
// no keepalived, or no network.
func exportLab(t *testing.T) (lab *netlab.Lab, program string) {
	t.Helper()
	program, err := exec.LookPath("keepalived")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/keepalived")
	}
	if err != nil {
		t.Skip("needs keepalived")
	}
	lab, err = netlab.New()
	if err != nil {
		t.Skipf("needs network namespaces: %v", err)
	}
	t.Cleanup(func() { check(t, lab.Close()) })
	return lab, program
}

// The real keepalived takes every exported example without a message.
func TestExportIsAccepted(t *testing.T) {
	lab, program := exportLab(t)
	for n, dir := range exampleFolders(t) {
		plans := everyPlan(t, dir)
		for i, host := range slices.Sorted(maps.Keys(plans)) {
			bridge, err := lab.Bridge(fmt.Sprintf("b%d-%d", n, i))
			check(t, err)
			h, err := lab.Host(fmt.Sprintf("h%d-%d", n, i))
			check(t, err)
			connectAll(t, h, bridge, plans[host])
			file := filepath.Join(t.TempDir(), "keepalived.conf")
			check(t, os.WriteFile(file, []byte(export.Keepalived(plans[host]).Text), 0o600))
			cmd := exec.Command(program, "--config-test", "--use-file", file)
			var said strings.Builder
			cmd.Stdout, cmd.Stderr = &said, &said
			// 2.2.7 ends itself by SIGTERM after the test of a file that has both a script
			// and an instance, whatever they say; what it has against one it says.
			err = h.Run(cmd)
			if err != nil && err.Error() != "signal: terminated" || said.String() != "" {
				t.Errorf("%s, host %s: %v\n%s", dir, host, err, said.String())
			}
		}
	}
}

// connectAll gives a host the interfaces that its plan names, with their own
// addresses.
func connectAll(t *testing.T, h *netlab.Host, b *netlab.Bridge, p *plan.Plan) {
	t.Helper()
	prefixes := map[string][]string{}
	for _, r := range p.Routers {
		bits := map[plan.Family]int{plan.IPv4: 24, plan.IPv6: 64}[r.Family]
		if r.Source != "" {
			prefixes[r.Interface] = append(prefixes[r.Interface], fmt.Sprintf("%s/%d", r.Source, bits))
		} else {
			prefixes[r.Interface] = append(prefixes[r.Interface], "2001:db8:ffff::1/64")
		}
	}
	for _, link := range slices.Sorted(maps.Keys(prefixes)) {
		slices.Sort(prefixes[link])
		check(t, h.Connect(b, link, slices.Compact(prefixes[link])...))
	}
}

// Two hosts with the exported example keep its address: the preferred one has it,
// and when that dies the other one takes over.
func TestExportedPair(t *testing.T) {
	lab, program := exportLab(t)
	lan, err := lab.Bridge("lan")
	check(t, err)
	running, hosts := map[string]*netlab.Process{}, map[string]*netlab.Host{}
	for host, p := range everyPlan(t, "../../examples/pair") {
		h, err := lab.Host(host)
		check(t, err)
		hosts[host] = h
		connectAll(t, h, lan, p)
		_, err = h.Echo()
		check(t, err)
		running[host] = startExported(t, h, program, p)
	}
	desk, err := lab.Host("desk")
	check(t, err)
	check(t, desk.Connect(lan, "eth0", "10.0.0.9/24"))
	probe, err := desk.Probe(netip.MustParseAddr("10.0.0.100"), 10*time.Millisecond)
	check(t, err)
	defer probe.Close()
	await(t, "an answer by lb01", func() bool { return probe.Report().Responder() == "lb01" })
	killGroup(running["lb01"])
	check(t, hosts["lb01"].Unplug("eth0")) // the address stays on it
	await(t, "an answer by lb02", func() bool { return probe.Report().Responder() == "lb02" })
}

// The words of a command reach its program as they stand in the configuration.
func TestExportedCommandsRun(t *testing.T) {
	lab, program := exportLab(t)
	lan, err := lab.Bridge("lan")
	check(t, err)
	h, err := lab.Host("lb01")
	check(t, err)
	dir := t.TempDir()
	script, said := filepath.Join(dir, "say"), filepath.Join(dir, "said")
	check(t, os.WriteFile(script, []byte("#!/bin/sh\nprintf '[%s]' \"$@\" > "+said+".new && mv "+said+".new "+said+"\n"), 0o700))
	words := []string{"two words", "it's", `say "hi"`, "", `C:\new dir\`, `\n`, "$HOME", "${_PWD}", "#1", "a;b", "{x}", "!", "~SEQ(1,2)", "@x"}
	p := everyPlan(t, "../../examples/pair")["lb01"]
	p.Checks = []plan.Check{{Name: "c", Interval: 1000, Timeout: 1000, Fall: 1, Rise: 1, Exec: &plan.ExecProbe{Command: append([]string{script}, words...), User: "root"}}}
	p.Routers[0].Tracks = []plan.Track{{Check: "c", Effect: plan.Fault}}
	connectAll(t, h, lan, p)
	startExported(t, h, program, p)
	await(t, "the program's words", func() bool { _, err := os.Stat(said); return err == nil })
	got, err := os.ReadFile(said)
	check(t, err)
	if want := "[" + strings.Join(words, "][") + "]"; string(got) != want {
		t.Errorf("the program got\n%s, not\n%s", got, want)
	}
}

// startExported runs keepalived on a host with what is exported of a plan.
func startExported(t *testing.T, h *netlab.Host, program string, p *plan.Plan) *netlab.Process {
	t.Helper()
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "conf"), []byte(export.Keepalived(p).Text), 0o600))
	cmd := exec.Command(program, "--dont-fork", "--log-console", "--vrrp", "--use-file", filepath.Join(dir, "conf"),
		"--pid", filepath.Join(dir, "pid"), "--vrrp_pid", filepath.Join(dir, "vrrp_pid"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	running, err := h.Start(cmd)
	check(t, err)
	t.Cleanup(func() { killGroup(running) })
	return running
}

// killGroup ends keepalived's processes at once.
func killGroup(p *netlab.Process) {
	select {
	case <-p.Done():
	default:
		_ = syscall.Kill(-p.Pid(), syscall.SIGKILL)
		<-p.Done()
	}
}
