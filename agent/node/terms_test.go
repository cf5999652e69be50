package node

import (
	"strings"
	"testing"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// pass gives a router a password.
func pass(secret string) func(*plan.Router) {
	return func(r *plan.Router) { r.Auth = &plan.Auth{Type: plan.AuthPass, Secret: secret} }
}

// slow gives a router an interval of 5 s.
func slow(r *plan.Router) { r.AdvertInterval = 5000 }

// another gives a router an HMAC key with the number of the usual one.
func another(r *plan.Router) {
	hmac(plan.Enforce, 1)(r)
	r.Auth.Keys[0].Secret = strings.Repeat("x", 32)
}

// sentBy is what a neighbour sends that has these terms.
func sentBy(terms func(*plan.Router)) Received {
	r := router4(version2, terms)
	in, neighbour := advertOf(r, 200), newRouter(&r, credentialsOf(r.Auth, nil), config(r))
	var err error
	if a, key := neighbour.advert(200), neighbour.credentials.active; key != (packet.Key{}) {
		in.Payload, err = a.AppendSigned(nil, in.Header.Source, in.Header.Destination, packet.PseudoHeader, key, packet.SequenceAt(epoch))
	} else {
		in.Payload, err = a.Append(nil, in.Header.Source, in.Header.Destination, packet.PseudoHeader)
	}
	if err != nil {
		panic(err)
	}
	return in
}

// In whatever a cluster changes to whatever else: a Backup that takes both hears
// neighbours of both, and one that does not hears its own only. What is of a third
// kind it never hears.
func TestTermsAreTaken(t *testing.T) {
	all := map[string]func(*plan.Router){
		"none": func(*plan.Router) {}, "pass": pass("one"), "other": pass("two"), "hmac": hmac(plan.Enforce, 1), "key": another, "slow": slow,
	}
	hears := func(r plan.Router, sent string) bool {
		s := ticking(t, r, false)
		s.hears("eth0", sentBy(all[sent]))
		return s.node.all()[0].heard.total > 0
	}
	for own, ours := range all {
		for other, theirs := range all {
			during := router4(version2, ours)
			neighbour := router4(version2, theirs)
			if own != other {
				during.Accept = []plan.Terms{neighbour.Terms()}
			}
			for sent := range all {
				if got, want := hears(during, sent), sent == own || sent == other; got != want {
					t.Errorf("%s that takes %s, too, hears %s: %v", own, other, sent, got)
				}
			}
		}
	}
}

// A router waits for the secret that it sends by, and for no other.
func TestTermsWithoutSecret(t *testing.T) {
	r := router4(version2)
	r.Accept = []plan.Terms{{Auth: &plan.Auth{Type: plan.AuthPass, SecretFile: "/etc/hactl/old"}, AdvertInterval: 1000, Addresses: []string{"10.0.0.100"}}}
	s := backup(t, r)
	if got := Unusable(s.plan, nil); len(got) != 1 || got[0] != "a password of vip web/public is not accepted: secret file /etc/hactl/old cannot be read" {
		t.Errorf("told %q", got)
	}
	s.hears("eth0", sentBy(pass("one")))
	if s.node.Dropped()["auth"] != 1 {
		t.Errorf("dropped %v", s.node.Dropped())
	}
	s.step(Plan{Plan: s.plan, Secrets: map[string]string{"/etc/hactl/old": "one"}})
	s.hears("eth0", sentBy(pass("one")))
	if s.node.Dropped()["auth"] != 1 || s.node.all()[0].heard.total != 1 {
		t.Errorf("with the secret: dropped %v", s.node.Dropped())
	}
}

// What has been heard all the time is not contested when it becomes the router's own.
func TestTermsAreNotContested(t *testing.T) {
	steps := []plan.Router{router4(version2, pass("one")), router4(version2, pass("one")), router4(version2, pass("two")), router4(version2, pass("two"))}
	steps[1].Accept, steps[2].Accept = []plan.Terms{steps[2].Terms()}, []plan.Terms{steps[0].Terms()}
	s := active(t, steps[0])
	for _, r := range steps[1:] {
		s.step(Plan{Plan: &plan.Plan{Host: "lb01", Routers: []plan.Router{r}}})
		if got := only[Announce](s.last); len(got) > 0 || s.state() != vrrp.Active {
			t.Errorf("%v announces %v", s.state(), got)
		}
		if due := s.deadline; due > s.now.Add(millis(1000)) {
			t.Errorf("the next advert is due at %v", due)
		}
	}
	once := active(t, steps[0])
	once.step(Plan{Plan: &plan.Plan{Host: "lb01", Routers: []plan.Router{steps[3]}}})
	if r := once.node.all()[0]; !r.contests(credentials{password: "one"}, nil) {
		t.Error("at once is not contested")
	}
}
