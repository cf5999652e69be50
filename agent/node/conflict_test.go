package node

import (
	"fmt"
	"strings"
	"testing"

	"hactl/agent/vrrp"
)

// manyRouters is a host with so many routers, all Active for long.
func manyRouters(t *testing.T, routers int) *script {
	t.Helper()
	s := &script{t: t, node: New(), links: map[string]Link{}, intents: Intents{Held: map[string]string{}}}
	for i := range routers {
		s.Directive(fmt.Sprintf("router web/v%03d/ipv4 vrid=%d priority=254 vip=10.9.0.%d/24 rival=244 at=10.0.0.6", i, i+1, i+1))
	}
	s.Directive("plan")
	s.Directive("link eth0 own=10.0.0.5/24")
	s.Directive("sockets")
	s.Directive("advance 9s")
	s.Output()
	return s
}

// However many senders contradict however many routers, what is remembered and what
// is told of them is bounded, and forgotten when they are silent.
func TestConflictsAreBounded(t *testing.T) {
	const routers, senders = 100, 40
	s := manyRouters(t, routers)
	for range 3 {
		for v := range routers {
			for i := range senders {
				from := fmt.Sprintf("10.7.%d.%d", i, v)
				s.Directive(fmt.Sprintf("advert eth0 %s vrid=%d priority=1 version=2", from, v+1))
				s.Directive(fmt.Sprintf("advert eth0 %s vrid=%d priority=1 ttl=3", from, v+1))
				s.Directive(fmt.Sprintf("advert eth0 %s vrid=%d priority=1 checksum=wrong", from, v+1))
			}
		}
	}
	if told := strings.Count(s.Output(), "begins"); told == 0 || told > mostConflicts {
		t.Errorf("told of %d conflicts, want some, and no more than %d", told, mostConflicts)
	}
	if s.node.conflicts != mostConflicts {
		t.Errorf("%d conflicts are remembered, want all %d that there is room for", s.node.conflicts, mostConflicts)
	}
	for _, r := range s.node.routers {
		if len(r.conflicts) > 3*(apart+1) || r.contradicted["ttl"] != 3*senders {
			t.Fatalf("%s remembers %d conflicts, and counted %v", r.plan.ID, len(r.conflicts), r.contradicted)
		}
	}
	s.Directive("advance 31s")
	if s.node.conflicts != 0 || s.node.lull != vrrp.Never {
		t.Errorf("%d conflicts are left, to be looked at at %v", s.node.conflicts, s.node.lull)
	}
	if begun, ended := mostConflicts, strings.Count(s.Output(), "ends"); ended == 0 || ended > begun {
		t.Errorf("the end of %d conflicts was told", ended)
	}
}

// Conflicts go with their router.
func TestConflictsOfARemovedRouter(t *testing.T) {
	s := manyRouters(t, 2)
	for range 3 {
		s.Directive("advert eth0 10.7.0.1 vrid=1 priority=1 ttl=3")
	}
	if s.node.conflicts != 1 {
		t.Fatalf("%d conflicts", s.node.conflicts)
	}
	s.Directive("plan")
	s.Directive("advance 10s")
	if s.node.conflicts != 0 {
		t.Errorf("%d conflicts are left of routers that have gone", s.node.conflicts)
	}
	s.Directive("advance 60s")
	if s.deadline != vrrp.Never {
		t.Errorf("a host without routers waits for %v", s.deadline)
	}
}
