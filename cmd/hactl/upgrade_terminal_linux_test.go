package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/cmd/hactl/internal/terminal"
)

// On a terminal a rollout asks, and shows a line for each host that it draws anew.
func TestUpgradeOnTerminal(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "store")
	text := "host \"lb01\" {}\nhost \"lb02\" {}\ncluster \"web\" {\n  hosts     = [host.lb01, host.lb02]\n  interface = \"eth0\"\n" +
		"  vip \"public\" {\n    vrid      = 50\n    addresses = [\"10.0.0.100/24\"]\n  }\n}\n" +
		"upgrade \"nginx\" {\n  cluster = cluster.web\n  nginx {}\n  release {\n    version = \"1.27.2\"\n    source  = \"/srv/nginx\"\n    sha256  = \"" +
		strings.Repeat("9f", 32) + "\"\n  }\n}\n"
	check(t, os.WriteFile(filepath.Join(dir, "main.ha.hcl"), []byte(text), 0o644))
	var out bytes.Buffer
	if code := run([]string{"apply", dir, "--store", store, "--auto-approve", "--wait", "0"}, nil, &out, &out); code != exitUnconfirmed {
		t.Fatalf("apply ends with %d:\n%s", code, &out)
	}
	network := &fakeNetwork{agents: map[string]*fakeAgent{}}
	for _, host := range []string{"lb01", "lb02"} {
		a, err := network.join(store, host, follows)
		check(t, err)
		go a.run(t.Context())
	}
	keyboard, screen := wideTerminal(t)
	_, err := keyboard.WriteString("yes\n")
	check(t, err)
	ended := make(chan int)
	var stderr bytes.Buffer
	go func() {
		ended <- run([]string{"upgrade", "run", "nginx", dir, "--store", store}, screen, screen, &stderr)
	}()
	shown := readUntil(t, keyboard, "runs on 2 hosts.")
	if code := <-ended; code != 0 {
		t.Errorf("it ends with %d: %s", code, &stderr)
	}
	for _, want := range []string{
		"Upgrade nginx on 2 hosts, backups first? Only \"yes\" will do: ",
		"lb01\x1b[0m  \x1b[2mnot begun", // while lb02 is under way
		"\x1b[2A\r\x1b[2K",              // over the two lines
		"lb02\x1b[0m  \x1b[32mcommitted",
		"lb01\x1b[0m  \x1b[32mcommitted",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in what it shows:\n%q", want, shown)
		}
	}
}

// What is said of a host and is no step of it stands above the hosts.
func TestUpgradeSaysOnTerminal(t *testing.T) {
	keyboard, tty := wideTerminal(t)
	teller := &liveTeller{screen: &terminal.Screen{Out: tty}, shown: []string{"lb01  not begun"}}
	teller.say(upgradeLine{Upgrade: "nginx", Host: "lb01", Step: "retire", Text: "12 connections are left"})
	teller.say(upgradeLine{Upgrade: "nginx", Host: "lb01", Text: "goes on, by force, although lb02 is drained"})
	shown := readUntil(t, keyboard, "not begun")
	if !strings.Contains(shown, "lb01  goes on, by force, although lb02 is drained\r\n") || strings.Contains(shown, "12") {
		t.Errorf("it shows %q", shown)
	}
}

// More hosts than lines: those that are under way are shown.
func TestUpgradeOnSmallTerminal(t *testing.T) {
	_, tty := wideTerminal(t)
	resize(t, tty, 120, 5)
	r := &rollout.Upgrade{}
	for _, host := range []string{"lb01", "lb02", "lb03", "lb04"} {
		r.Hosts = append(r.Hosts, &rollout.Host{Member: &fleet.Member{Known: fleet.Known{Host: host}}})
	}
	r.Hosts[0].State, r.Hosts[3].State = rollout.Arrived, rollout.UnderWay
	teller := &liveTeller{screen: &terminal.Screen{Out: tty}}
	got := strings.Join(teller.lines(r, r.Hosts[0].Given), "\n")
	if want := "lb04  under way\nlb01  upgraded\nand 2 more hosts"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
