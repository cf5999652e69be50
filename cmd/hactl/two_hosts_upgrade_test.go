//go:build linux

package main

import (
	"context"
	"strings"
	"testing"

	"hactl/agent/rehearsal"
)

// A release is carried through two hosts by real agents with a real nginx each, there
// and back in every way that people have, while clients at the desk ask the vip.
func TestTwoHostsUpgrade(t *testing.T) {
	w := newWebsite(t)
	w.describe(t)
	w.release(t, w.One, "")
	w.run(t, "desk", "hactl apply production --auto-approve", 0, "Applied. 2 hosts confirmed.")
	client := w.answered(t, "10.0.0.100")
	w.inPlace(t)
	w.interrupted(t)
	w.drained(t)
	w.byHand(t)
	w.fails(t)
	r := client.Stop()
	lossless(t, r, r.Lost, len(r.Turns)-1)
}

// inPlace carries a release through, back, and through again, without moving the
// address: nobody notices.
func (w *website) inPlace(t *testing.T) {
	t.Helper()
	stop := w.clients(t)
	w.release(t, w.Other, "")
	w.run(t, "desk", "hactl plan production --detailed-exitcode", 2,
		"lb02  nginx "+w.One.Version+" -> "+w.Other.Version+"; no vip is on it", "lb01  nginx ", "web/public stays")
	w.run(t, "desk", "hactl apply production --auto-approve", 0, "Upgrade nginx:", "lb02 ", "committed: version "+w.Other.Version+" serves",
		"lb01 ", "committed: version "+w.Other.Version+" serves", "nginx "+w.Other.Version+" runs on 2 hosts.")
	w.run(t, "desk", "hactl upgrade status nginx production", 0, "lb01  "+w.Other.Version+"  current  "+w.One.Version, "lb02  "+w.Other.Version)
	w.run(t, "desk", "hactl upgrade rollback nginx production --auto-approve", 0, "Went back: 2 hosts.")
	w.run(t, "desk", "hactl upgrade run nginx production --auto-approve", 0, "nginx "+w.Other.Version+" runs on 2 hosts.")
	if seen := stop(); seen.Noticed() != "" {
		t.Errorf("clients noticed %s", seen.Noticed())
	}
}

// interrupted goes back as "git revert" and "hactl apply" do, and kills the operator's
// hactl in the middle: the host that is at it goes on, and the next apply goes on with
// the other one. Nobody notices.
func (w *website) interrupted(t *testing.T) {
	t.Helper()
	stop := w.clients(t)
	w.release(t, w.One, "")
	operator, err := w.hosts["desk"].Start(w.command(context.Background(), "desk", "hactl apply production --auto-approve"))
	check(t, err)
	await(t, "lb02 to be at it", func() bool {
		return strings.Contains(w.read(t, "lb02", "lib", "status", "lb02.json"), `"stage": "verify"`)
	})
	check(t, operator.Close())
	w.run(t, "desk", "hactl apply production --auto-approve", 0, "lb01 ", "committed: version "+w.One.Version+" serves", "nginx "+w.One.Version+" runs on 2 hosts.")
	w.run(t, "desk", "hactl plan production --detailed-exitcode", 0, "Nothing to change.")
	if seen := stop(); seen.Noticed() != "" {
		t.Errorf("clients noticed %s", seen.Noticed())
	}
}

// drain is the block that moves the address away first.
const drain = "\n  drain {\n    timeout = \"10s\"\n  }\n"

// drained carries a release through with the address away from each host. What is open
// to an address when it moves is lost by that, there and back; nothing else is.
func (w *website) drained(t *testing.T) {
	t.Helper()
	stop := w.clients(t)
	w.release(t, w.Other, drain)
	w.run(t, "desk", "hactl apply production --auto-approve", 0, "web/public moves away first", "lb01 ", "committed: version "+w.Other.Version+" serves")
	if out := w.read(t, "lb01.agent.log"); strings.Contains(out, "not waited for any longer") {
		t.Error("lb01 has waited for connections that were cut")
	}
	w.moved(t, stop(), 2)
}

// byHand is the same by the runbook: drain, USR2, WINCH, QUIT, undrain. It loses the same
// connections.
func (w *website) byHand(t *testing.T) {
	t.Helper()
	stop := w.clients(t)
	w.run(t, "desk", "hactl drain lb01 production", 0, "lb01 is drained.")
	runbook := rehearsal.Runbook(w.One.Path, w.path("lb01", "opt/nginx/sbin/nginx"), w.path("lb01", "opt/nginx/nginx.pid"))
	check(t, w.hosts["lb01"].Run(runbook))
	w.run(t, "desk", "hactl undrain lb01 production", 0, "lb01 is in service.")
	w.moved(t, stop(), 2)
	w.release(t, w.One, "")
	w.run(t, "desk", "hactl apply production --auto-approve", 0, "nginx "+w.One.Version+" runs on 2 hosts.")
}

// moved checks that clients have noticed no more than moves of the address: each takes
// one connection of each client with it at most.
func (w *website) moved(t *testing.T, seen rehearsal.Tally, moves int) {
	t.Helper()
	u := rehearsal.Usual
	if most := moves * (u.Fresh + u.Kept + u.Slow + u.Sockets); seen.Lost() > most || len(seen.Failed)+seen.Unwell > 0 {
		t.Errorf("clients noticed %s, and %d moves may take %d connections with them", seen.Noticed(), moves, most)
	}
}

// fails carries a release through that answers 500 on the second host: that one goes
// back, and the first one after it. Since the address was moved away, no client gets a 500.
func (w *website) fails(t *testing.T) {
	t.Helper()
	if w.Without != "" {
		t.Log("not with two files of one version")
		return
	}
	w.configure(t, "lb01", "server {", `server { if ($nginx_version = "`+w.Other.Version+`") { return 500; }`)
	stop := w.clients(t)
	w.release(t, w.Other, drain)
	w.run(t, "desk", "hactl apply production --auto-approve", 1, "lb02 ", "committed: version "+w.Other.Version+" serves",
		"lb01 ", "rolled back: check nginx is down: ", "; version "+w.One.Version+" serves", "lb02 ", "committed: version "+w.One.Version+" serves")
	w.run(t, "desk", "hactl upgrade status nginx production", 0, "lb01  "+w.One.Version, "lb02  "+w.One.Version)
	w.moved(t, stop(), 2)
}
