package node

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// epoch is what the wall clock says at the start of a stage.
var epoch = time.Unix(1_800_000_000, 0)

// secretOf is the key of an ID.
func secretOf(id int) string { return fmt.Sprintf("%032d", id) }

// hmac gives a router keys of these IDs, of which the first signs.
func hmac(accept plan.Enforcing, ids ...int) func(*plan.Router) {
	return func(r *plan.Router) {
		r.Auth = &plan.Auth{Type: plan.AuthHMAC, Active: ids[0], Accept: accept}
		for _, id := range slices.Sorted(slices.Values(ids)) {
			r.Auth.Keys = append(r.Auth.Keys, plan.Key{ID: id, Secret: secretOf(id)})
		}
	}
}

// signedOf is an advert of a neighbour of r that a key has signed at a time by
// its clock.
func signedOf(r plan.Router, priority uint8, id int, at time.Time) Received {
	return signedFrom(r, advertOf(r, priority).Header.Source, priority, id, at)
}

// signedFrom is signedOf for another neighbour.
func signedFrom(r plan.Router, source netip.Addr, priority uint8, id int, at time.Time) Received {
	in := advertOf(r, priority)
	in.Header.Source = source
	a := newRouter(&r, credentials{}, config(r)).advert(priority)
	payload, err := a.AppendSigned(nil, source, in.Header.Destination, packet.PseudoHeader,
		packet.Key{ID: uint8(id), Secret: secretOf(id)}, packet.SequenceAt(at))
	if err != nil {
		panic(err)
	}
	in.Payload = payload
	return in
}

// ticking is a stage whose router is Backup, or Active when so asked, and which
// has a clock.
func ticking(t *testing.T, r plan.Router, isActive bool) *stage {
	t.Helper()
	s := stageOf(t, r)
	s.step(Clock{Epoch: epoch})
	s.start()
	if isActive {
		s.timeout()
	}
	return s
}

// Of what is sent and what is heard, each step of taking HMAC up changes one
// thing: first signatures are understood, then given, then demanded.
func TestHMACIsTakenUp(t *testing.T) {
	for _, test := range []struct {
		accept        plan.Enforcing
		signs         bool
		dropsUnsigned string
	}{
		{plan.ReceiveOnly, false, ""},
		{plan.Permissive, true, ""},
		{plan.Enforce, true, "unsigned"},
	} {
		for _, r := range []plan.Router{router4(hmac(test.accept, 1)), router6(hmac(test.accept, 1)), router4(version2, hmac(test.accept, 1))} {
			t.Run(fmt.Sprintf("%s v%d %s", test.accept, r.Version, r.Family), func(t *testing.T) {
				s := ticking(t, r, true)
				if a, _ := s.sent(); (a.Signature != nil) != test.signs {
					t.Errorf("signed: %v", a.Signature)
				}
				s.hears("eth0", advertOf(r, 254))
				if taken := s.state() == vrrp.Backup; taken != (test.dropsUnsigned == "") || s.node.Dropped()["unsigned"] > 0 == taken {
					t.Errorf("an unsigned advert of 254: %v, dropped %v", s.state(), s.node.Dropped())
				}
				s.hears("eth0", signedOf(r, 255, 1, epoch.Add(time.Duration(s.now))))
				if s.state() != vrrp.Backup {
					t.Errorf("a signed advert of 255: %v, dropped %v", s.state(), s.node.Dropped())
				}
			})
		}
	}
}

// What is signed wrongly moves neither state nor timer, whatever is demanded.
func TestForgedAdvertsDoNothing(t *testing.T) {
	for _, accept := range []plan.Enforcing{plan.ReceiveOnly, plan.Permissive, plan.Enforce} {
		r := router4(hmac(accept, 1, 2))
		good := signedOf(r, 255, 2, epoch.Add(4*time.Second))
		change := func(at int) Received {
			in := good
			in.Payload = slices.Clone(in.Payload)
			in.Payload[at] ^= 1
			return in
		}
		for reason, in := range map[string]Received{
			"key":       signedOf(r, 255, 3, epoch.Add(4*time.Second)),
			"stale":     signedOf(r, 255, 1, epoch.Add(-time.Minute)),
			"signature": change(len(good.Payload) - 1),
			"checksum":  change(2),
		} {
			s := ticking(t, r, true)
			before := s.deadline
			effects := s.hears("eth0", in)
			if len(effects) > 0 || s.deadline != before || s.node.Dropped()[reason] != 1 {
				t.Errorf("%s, %s: did %v, dropped %v", accept, reason, effects, s.node.Dropped())
			}
		}
		s := ticking(t, r, false)
		s.hears("eth0", good)
		before := s.deadline
		s.now = s.now.Add(time.Second)
		s.hears("eth0", good)
		if s.node.Dropped()["replay"] != 1 || s.deadline != before {
			t.Errorf("%s, an advert that was heard before: dropped %v, the timer moved from %v to %v", accept, s.node.Dropped(), before, s.deadline)
		}
	}
}

// A router that knows no keys drops what is signed: it cannot tell what is meant.
func TestSignedAdvertsNeedKeys(t *testing.T) {
	s := backup(t, router4())
	s.hears("eth0", signedOf(s.plan.Routers[0], 200, 1, epoch))
	if s.node.Dropped()["auth"] != 1 {
		t.Errorf("dropped %v", s.node.Dropped())
	}
}

// An old advert costs no digest: nobody asks who has signed it.
func TestOldAdvertsAreNotVerified(t *testing.T) {
	r := router4(hmac(plan.Enforce, 1))
	s := ticking(t, r, false)
	s.hears("eth0", signedOf(r, 255, 9, epoch.Add(-time.Minute)))
	if d := s.node.Dropped(); d["stale"] != 1 || d["key"] > 0 {
		t.Errorf("dropped %v", d)
	}
}

// What one sender has sent is remembered while others send.
func TestReplayOfOneOfTwoSenders(t *testing.T) {
	r := router4(hmac(plan.Enforce, 1))
	s := ticking(t, r, false)
	first, second := signedOf(r, 255, 1, epoch), signedFrom(r, addr("10.0.0.7"), 255, 1, epoch)
	for _, in := range []Received{first, second, first, second} {
		s.hears("eth0", in)
	}
	if d := s.node.Dropped(); d["replay"] != 2 || len(d) != 1 {
		t.Errorf("dropped %v", d)
	}
}

// Each advert has a higher number than the one before, also when the clock is
// set back, and after a restart: today, and when the seconds of a number have their
// highest bit set.
func TestSequenceOnlyGrows(t *testing.T) {
	r := router4(hmac(plan.Enforce, 1))
	for _, epoch := range []time.Time{epoch, time.Unix(1<<31+1000, 0)} {
		s := stageOf(t, r)
		s.step(Clock{Epoch: epoch})
		s.start()
		s.timeout()
		a, _ := s.sent()
		if want := packet.SequenceAt(epoch.Add(time.Duration(s.now))); a.Signature.Sequence != want {
			t.Errorf("the first is %x, want %x, the time", a.Signature.Sequence, want)
		}
		s.step(Clock{Epoch: epoch.Add(-3 * time.Second)})
		s.timeout()
		b, _ := s.sent()
		if b.Signature.Sequence != a.Signature.Sequence+1 || s.node.Sequence() != b.Signature.Sequence {
			t.Errorf("after the clock went back it is %x after %x", b.Signature.Sequence, a.Signature.Sequence)
		}
		spent := s.node.Sequence().Plus(2 * time.Second)
		s = stageOf(t, r)
		s.step(Clock{Epoch: epoch, Spent: spent})
		s.start()
		s.timeout()
		if c, _ := s.sent(); c.Signature.Sequence != spent+1 {
			t.Errorf("after a restart it is %x, want %x, one more than was spent", c.Signature.Sequence, spent+1)
		}
	}
}

// All peers get one number, and each copy is right.
func TestSignedForEachPeer(t *testing.T) {
	s := ticking(t, router4(hmac(plan.Enforce, 1), func(r *plan.Router) {
		r.Group, r.Source, r.Peers = "", "10.0.0.5", []string{"10.0.0.6", "10.0.0.7"}
	}), true)
	numbers := map[packet.Sequence]int{}
	for _, e := range only[*Send](s.last) {
		h := packet.Header{Source: e.Source, Destination: e.Destination, TTL: 255}
		a, err := packet.Parse(e.Payload, h)
		if err != nil || a.Signature.Verify(e.Payload, h, []packet.Key{{ID: 1, Secret: secretOf(1)}}) != nil {
			t.Fatalf("to %v: %v, %+v", e.Destination, err, a.Signature)
		}
		numbers[a.Signature.Sequence]++
	}
	if numbers[s.node.Sequence()] != 2 {
		t.Errorf("sent %v, want two of %x", numbers, s.node.Sequence())
	}
}

// A key is changed by three plans, none of which moves anything or announces
// anew: the new one is known, it signs, the old one is forgotten.
func TestKeyRotation(t *testing.T) {
	s := ticking(t, router4(hmac(plan.Enforce, 1)), true)
	for _, step := range []struct {
		keys  func(*plan.Router)
		signs uint8
	}{
		{hmac(plan.Enforce, 1, 2), 1},
		{hmac(plan.Enforce, 2, 1), 2},
		{hmac(plan.Enforce, 2), 2},
	} {
		p := &plan.Plan{Host: "lb01", Routers: []plan.Router{router4(step.keys)}}
		if effects := s.step(Plan{Plan: p}); len(only[Transitioned](effects))+len(only[Announce](effects)) > 0 {
			t.Errorf("the plan did %v", effects)
		}
		for len(only[*Send](s.last)) == 0 {
			s.timeout()
		}
		if a, _ := s.sent(); a.Signature.Key != step.signs {
			t.Errorf("signed by key %d, want %d", a.Signature.Key, step.signs)
		}
	}
	s.hears("eth0", signedOf(router4(), 255, 1, epoch.Add(time.Duration(s.now))))
	if s.node.Dropped()["key"] != 1 || s.state() != vrrp.Active {
		t.Errorf("the old key: dropped %v, %v", s.node.Dropped(), s.state())
	}
}

// A router waits for the key that signs, and goes on without another one, which
// is told.
func TestKeysInFiles(t *testing.T) {
	r := router4(func(r *plan.Router) {
		r.Auth = &plan.Auth{Type: plan.AuthHMAC, Active: 1, Accept: plan.Enforce,
			Keys: []plan.Key{{ID: 1, SecretFile: "/one"}, {ID: 2, SecretFile: "/two"}}}
	})
	long, short := strings.Repeat("x", 65), strings.Repeat("x", 31)
	for _, test := range []struct {
		secrets        map[string]string
		waits, missing string
	}{
		{nil, "secret file /one cannot be read", "key 2 of vip web/public is not accepted: secret file /two cannot be read"},
		{map[string]string{"/one": short, "/two": long}, "the secret in /one is shorter than 32 bytes",
			"key 2 of vip web/public is not accepted: the secret in /two is longer than 64 bytes"},
		{map[string]string{"/one": secretOf(1), "/two": short}, "", "key 2 of vip web/public is not accepted: the secret in /two is shorter than 32 bytes"},
		{map[string]string{"/one": secretOf(1), "/two": secretOf(2)}, "", ""},
	} {
		s := stageOf(t, r)
		s.step(Clock{Epoch: epoch})
		s.step(Links{Links: s.links})
		s.step(Plan{Plan: s.plan, Secrets: test.secrets})
		s.step(Sockets{Open: s.node.Sockets()})
		if got := s.node.Report(epoch, Holdings{})[0].Waiting; got != test.waits {
			t.Errorf("waits: %q, want %q", got, test.waits)
		}
		if got := strings.Join(Unusable(s.plan, test.secrets), "; "); got != test.missing {
			t.Errorf("unusable: %q, want %q", got, test.missing)
		}
	}
}

// Another password, or another key of the same number, makes strangers of two
// routers; a key more or less does not.
func TestContradict(t *testing.T) {
	one, two, other := packet.Key{ID: 1, Secret: "a"}, packet.Key{ID: 2, Secret: "b"}, packet.Key{ID: 1, Secret: "c"}
	of := func(keys ...packet.Key) credentials { return credentials{keys: keys} }
	for _, test := range []struct {
		a, b credentials
		want bool
	}{
		{credentials{}, credentials{}, false},
		{credentials{password: "a"}, credentials{password: "b"}, true},
		{of(one), of(one, two), false},
		{of(one, two), of(two), false},
		{of(one), of(two), false}, // which is for plan.Diff to say
		{of(one, two), of(other, two), true},
	} {
		if test.a.contradict(test.b) != test.want || test.b.contradict(test.a) != test.want {
			t.Errorf("%v and %v: want %v", test.a, test.b, test.want)
		}
	}
}
