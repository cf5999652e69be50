//go:build linux

package main

import (
	"os"
	"strings"
	"testing"
)

// A change on trial that takes a client's address away, from a desk that reaches the
// hosts by ssh: nobody confirms, and the address is back; then each way to confirm.
func TestTwoHostsOnTrial(t *testing.T) {
	l := newTwoHosts(t)
	l.install(t, binary(t))
	l.describe(t)
	l.applyFirst(t)
	client := l.answered(t, "10.0.0.100")
	l.edit(t, `"10.0.0.100/24"]`, `"10.0.0.101/24"]`)
	l.run(t, "desk", "hactl apply production --auto-approve --confirm-within 10s", 0,
		"Applied. 2 hosts confirmed.", "On trial. lb01, lb02 will go back to the plans before at ", ", unless the change is confirmed:\n\n  hactl confirm production\n")
	l.run(t, "desk", "hactl status production", 0, "has a plan on trial by root@desk: it goes back to plan ")
	l.run(t, "desk", "hactl plan production", 0, "note: has a plan on trial by root@desk")
	await(t, "both hosts to have gone back", func() bool {
		return !strings.Contains(l.read(t, "lb01", "lib", "plans", "lb01.json")+l.read(t, "lb02", "lib", "plans", "lb02.json"), "10.0.0.101")
	})
	l.answered(t, "10.0.0.100")
	l.run(t, "desk", "hactl confirm production", 1, "lb01  went back to plan ", "too late for lb01, lb02. Apply the change again")
	r := client.Stop()
	t.Logf("what the client of 10.0.0.100 saw of a change that nobody confirmed within 10 s:\n%s", r)

	l.run(t, "desk", "hactl apply production --auto-approve --confirm-within 5m", 0, "On trial.")
	l.run(t, "lb02", "hactl confirm", 0, "lb02  stays with plan ", "Of the same change, and not told from here: lb01.")
	l.run(t, "desk", "hactl confirm production", 0, "lb01  stays with plan ")
	if out := l.run(t, "desk", "hactl status production", 0); strings.Contains(out, "trial") {
		t.Errorf("something is on trial still:\n%s", out)
	}
	l.answered(t, "10.0.0.101")
	l.run(t, "desk", "hactl confirm production --json", 0, `"hosts": []`)
}

// Neighbours have to agree on what is on trial: adverts are to be signed. The hosts go
// back one after the other, and hear each other all the time: no client notices.
func TestTwoHostsTermsOnTrial(t *testing.T) {
	l := newTwoHosts(t)
	l.install(t, binary(t))
	l.describe(t)
	l.applyFirst(t)
	for _, host := range []string{"lb01", "lb02"} {
		check(t, os.WriteFile(l.path(host, "etc", "web.key"), []byte(strings.Repeat("k", 32)), 0o600))
	}
	client := l.answered(t, "10.0.0.100")
	l.edit(t, "  vip \"public\" {\n", "  auth {\n    type        = \"hmac-sha256\"\n    secret_file = \"/etc/web.key\"\n  }\n  vip \"public\" {\n")
	l.run(t, "desk", "hactl apply production --auto-approve --confirm-within 10s", 0,
		"wave 1 of 3: take the old and the new", "wave 2 of 3: send the new", "On trial. lb01, lb02 will go back", "Hosts still take the old, too")
	await(t, "both hosts to have gone back", func() bool {
		return !strings.Contains(l.read(t, "lb01", "lib", "plans", "lb01.json")+l.read(t, "lb02", "lib", "plans", "lb02.json"), `"trial"`)
	})
	l.run(t, "desk", "hactl confirm production", 1, "lb01  went back to plan ", "lb02  went back to plan ")
	for _, state := range []string{"active", "backup"} { // a host that was late comes first
		l.run(t, "desk", "hactl status production", 0, "web/public/ipv4  "+state+" ")
	}
	r := client.Stop()
	lossless(t, r, r.Lost, 1)
	if len(r.Turns) != 1 {
		t.Errorf("the client of 10.0.0.100 noticed:\n%s", r)
	}
}
