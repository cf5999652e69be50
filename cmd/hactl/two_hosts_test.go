//go:build linux

package main

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"hactl/agent/netlab"
)

// The README's section "On two hosts", played through with its own commands:
// real sshds, agents and kernels, and a desk that reaches the hosts by ssh only.
func TestTwoHosts(t *testing.T) {
	l := newTwoHosts(t)
	l.install(t, binary(t))
	l.describe(t)
	l.applyFirst(t)
	l.moves(t)
	client := l.answered(t, "10.0.0.100")
	l.applySaved(t)
	l.secretsDiffer(t)
	l.hostAway(t)
	l.pull(t)
	l.retire(t)
	unnoticed(t, client.Stop()) // lb01 alone answered
}

// install copies hactl to the hosts and starts it there, as their units do.
func (l *twoHosts) install(t *testing.T, hactl string) {
	t.Helper()
	check(t, os.Link(hactl, l.path("desk", "bin", "hactl")))
	for host, address := range map[string]string{"lb01": "10.0.0.5", "lb02": "10.0.0.6"} {
		l.run(t, "desk", "scp -q -F config desk/bin/hactl root@"+address+":/usr/local/bin/hactl", 0)
		l.start(t, host, "hactl agent", l.path(host+".agent.log"))
		await(t, "a report of "+host, func() bool {
			_, err := os.Stat(l.path(host, "lib", "status", host+".json"))
			return err == nil
		})
	}
}

// describe writes the folder production.
func (l *twoHosts) describe(t *testing.T) {
	t.Helper()
	l.run(t, "desk", "hactl init production --host lb01=10.0.0.5/24 --host lb02=10.0.0.6/24 --interface eth0 --address 10.0.0.100/24 --vrid 50",
		0, "wrote production/main.ha.hcl")
	l.run(t, "desk", "hactl validate production", 0, "2 hosts, 1 cluster, 1 vip: valid")
}

// applyFirst applies the first plans. The file that the README shows makes the
// same ones.
func (l *twoHosts) applyFirst(t *testing.T) {
	t.Helper()
	l.run(t, "desk", "hactl plan production", 0, "lb01  first plan", "lb02  first plan", "1. lb01 (254)", "2. lb02 (244)",
		`"hactl apply production" carries this out.`)
	l.run(t, "desk", "hactl apply production", 1, "there is no terminal to ask on, and nothing was changed")
	l.run(t, "desk", "hactl apply production --auto-approve", 0,
		"lb02  published", "lb02  confirmed", "lb01  published", "lb01  confirmed", "Applied. 2 hosts confirmed.")
	for _, says := range [][]string{ // of two runs, since a host that was late comes first
		{"lb01  hactl ", " by root@desk\n", "web/public/ipv4  active ", "this host  10.0.0.100"},
		{"lb02  hactl ", " by root@desk\n", "web/public/ipv4  backup ", "10.0.0.5"},
	} {
		l.run(t, "desk", "hactl status production", 0, says...)
	}
	l.run(t, "desk", "ssh -F config root@10.0.0.6 hactl status", 0, "lb02  hactl ", "web/public/ipv4  backup ")
	readme, err := os.ReadFile("../../README.md")
	check(t, err)
	_, shown, _ := strings.Cut(string(readme), "Without its comments:\n\n```hcl\n")
	shown, _, _ = strings.Cut(shown, "```\n")
	check(t, os.Mkdir(l.path("readme"), 0o755))
	check(t, os.WriteFile(l.path("readme", "main.ha.hcl"), []byte(shown), 0o644))
	l.run(t, "desk", "hactl plan readme --detailed-exitcode", 0, "lb02  nothing to change", "Nothing to change.")
}

// moves moves the vip, from the desk and from lb01 itself.
func (l *twoHosts) moves(t *testing.T) {
	t.Helper()
	client := l.answered(t, "10.0.0.100")
	l.run(t, "desk", "hactl switchover public production", 0,
		"web/public/ipv4: lb01 -> lb02", "web/public is on lb02.", "lb01 has the last rank for it from now on")
	l.run(t, "desk", "hactl status production", 0, "web/public is held elsewhere, ", " by root@desk")
	l.run(t, "desk", "hactl switchover public production --to lb01", 0, "web/public/ipv4: lb02 -> lb01", "web/public is on lb01.")
	l.run(t, "lb01", "hactl drain lb01", 1, "It cannot be known whether lb02 is fit to take over: it is not in this store.", "there is no terminal to ask on")
	l.run(t, "desk", "hactl drain lb01 production", 0, "web/public/ipv4: lb01 -> lb02", "lb01 is drained.")
	l.run(t, "lb01", "hactl undrain lb01", 0, "web/public/ipv4: lb02 -> lb01", "lb01 is in service.")
	r := client.Stop()
	t.Logf("what the client of 10.0.0.100 saw of four moves:\n%s", r)
	lossless(t, r, r.Lost, 4)
	if r.Responder() != "lb01" {
		t.Error("lb01 does not answer in the end")
	}
}

// applySaved adds an address by way of a plan file.
func (l *twoHosts) applySaved(t *testing.T) {
	t.Helper()
	l.edit(t, `"10.0.0.100/24"]`, `"10.0.0.100/24", "10.0.0.101/24"]`)
	l.run(t, "desk", "hactl plan production --detailed-exitcode", 2, "lb01  plan ", "lb02  plan ")
	l.run(t, "desk", "hactl plan production --out rollout.plan", 0, `Saved. "hactl apply rollout.plan" carries out exactly this.`)
	l.run(t, "desk", "hactl apply rollout.plan --auto-approve", 0, "lb02  confirmed", "lb01  confirmed", "Applied. 2 hosts confirmed.")
	l.run(t, "desk", "hactl plan production --detailed-exitcode", 0, "Nothing to change.")
	l.answered(t, "10.0.0.101")
}

// secretsDiffer tries to sign adverts with keys that the hosts do not share: nothing
// is published, and each fault is named.
func (l *twoHosts) secretsDiffer(t *testing.T) {
	t.Helper()
	before := l.read(t, "lb01", "lib", "plans", "lb01.json")
	auth := "  auth {\n    type        = \"hmac-sha256\"\n    secret_file = \"/etc/web.key\"\n  }\n"
	l.edit(t, "  vip \"public\" {\n", auth+"  vip \"public\" {\n")
	key := func(host, content string, mode os.FileMode) {
		file := l.path(host, "etc", "web.key")
		check(t, os.WriteFile(file, []byte(content), 0o600))
		check(t, os.Chmod(file, mode))
	}
	key("lb01", strings.Repeat("k", 32), 0o600)
	l.run(t, "desk", "hactl plan production", 0, "secret: host lb02 has no file /etc/web.key", "will refuse this")
	key("lb02", strings.Repeat("j", 32), 0o644)
	l.run(t, "desk", "hactl apply production --auto-approve", 1, "host lb02 does not use its secret: /etc/web.key is open to everybody: its mode is 0644; chmod 0600 /etc/web.key")
	key("lb02", strings.Repeat("j", 32), 0o600)
	l.run(t, "desk", "hactl apply production --auto-approve", 1, "nothing was changed", "host lb02 has another secret in /etc/web.key than lb01 (key 1 of web/public/ipv4)")
	key("lb02", "hex:"+strings.Repeat("6b", 32), 0o600)
	if out := l.run(t, "desk", "hactl plan production", 0, "carries this out"); strings.Contains(out, "secret:") {
		t.Error("the same secret, written in two ways, is said to be two")
	}
	if l.read(t, "lb01", "lib", "plans", "lb01.json") != before {
		t.Error("lb01 got another plan, although secrets differ")
	}
	l.edit(t, auth, "")
}

// hostAway changes lb01 while lb02 is away, and lb02 when it is back.
func (l *twoHosts) hostAway(t *testing.T) {
	t.Helper()
	before := l.read(t, "lb01", "lib", "plans", "lb01.json")
	l.edit(t, `"10.0.0.101/24"]`, `"10.0.0.101/24", "10.0.0.102/24"]`)
	check(t, l.hosts["lb02"].Unplug("eth0"))
	l.run(t, "desk", "hactl plan production", 0, "lb01  plan ", "lb02  unknown: its present plan cannot be read (ssh root@10.0.0.6: ",
		`"hactl apply production" will refuse this until lb02 can be read`)
	out := l.run(t, "desk", "hactl status production", 1, "lb02\n  ! cannot be read: ssh root@10.0.0.6: ")
	if !strings.Contains(out, "lb01  hactl ") { // after lb02, unless it was late itself
		t.Error("lb01 is not reported")
	}
	l.run(t, "desk", "hactl apply production --auto-approve", 1,
		"nothing was changed, as the present plan cannot be read of lb02 (ssh root@10.0.0.6: ", "go on without with --skip lb02")
	if l.read(t, "lb01", "lib", "plans", "lb01.json") != before {
		t.Error("lb01 got another plan, although lb02 is away")
	}
	l.run(t, "desk", "hactl apply production --auto-approve --skip lb02", 0, "lb01  confirmed", "Applied. 1 host confirmed.")
	l.answered(t, "10.0.0.102")
	check(t, l.hosts["lb02"].Plug("eth0"))
	l.run(t, "desk", "hactl apply production --auto-approve", 0, "lb01  follows its plan already", "lb02  confirmed", "Applied. 2 hosts confirmed.")
}

// pull is what the timer of "Without ssh: from Git" does after a push.
func (l *twoHosts) pull(t *testing.T) {
	t.Helper()
	l.edit(t, `"10.0.0.102/24"]`, `"10.0.0.102/24", "10.0.0.103/24"]`)
	for _, host := range []string{"lb02", "lb01"} {
		l.run(t, host, "hactl apply production --local --auto-approve", 0, host+"  confirmed", "Applied. 1 host confirmed.")
		l.run(t, host, "hactl apply production --local --auto-approve", 0, "Nothing to change.")
	}
	l.run(t, "desk", "hactl plan production --detailed-exitcode", 0, "Nothing to change.")
	l.answered(t, "10.0.0.103")
}

// retire takes lb02 out of its cluster, which makes it give everything up, and
// then out of the configuration.
func (l *twoHosts) retire(t *testing.T) {
	t.Helper()
	l.edit(t, ", host.lb02]", "]")
	l.run(t, "desk", "hactl plan production", 0, "lb02  plan ", "- web/public/ipv4: removed")
	l.run(t, "desk", "hactl apply production --auto-approve", 0, "lb02  confirmed", "lb01  confirmed; Active for web/public/ipv4")
	text := l.read(t, "production", "main.ha.hcl")
	block := text[strings.Index(text, `host "lb02" {`):strings.Index(text, `cluster "web" {`)]
	l.edit(t, block, "")
	l.run(t, "desk", "hactl plan production --detailed-exitcode", 0, "1. lb01 (254)\n", "Nothing to change.")
	if out := l.run(t, "desk", "hactl status production", 0); strings.Contains(out, "lb02  hactl") {
		t.Error("status still has lb02")
	}
}

// edit replaces old, which must be there once, in the configuration.
func (l *twoHosts) edit(t *testing.T, old, new string) {
	t.Helper()
	text := l.read(t, "production", "main.ha.hcl")
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is not there once:\n%s", old, text)
	}
	check(t, os.WriteFile(l.path("production", "main.ha.hcl"), []byte(strings.Replace(text, old, new, 1)), 0o644))
}

// answered returns a client at the desk that lb01 answers from address.
func (l *twoHosts) answered(t *testing.T, address string) *netlab.Probe {
	t.Helper()
	p, err := l.hosts["desk"].Probe(netip.MustParseAddr(address), 10*time.Millisecond)
	check(t, err)
	await(t, "an answer from "+address+" by lb01", func() bool { return p.Report().Responder() == "lb01" })
	return p
}
