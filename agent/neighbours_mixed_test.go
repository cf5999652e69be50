package agent_test

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"
)

// On a mixed segment hactl runs on the host us and keepalived on the host them.
const us, them = "lb01", "lb02"

// other is the one of the two that host is not.
func other(host string) string {
	if host == us {
		return them
	}
	return us
}

// speaks is what runs on a host, for the names of tests.
var speaks = map[string]string{us: "hactl", them: "keepalived"}

// mixed is a segment with the two routers, and a client that asks for the
// address.
type mixed struct {
	*cluster
	setup
	peer  *keepalived
	probe *netlab.Probe   // nil before startBoth
	dead  map[string]bool // hosts without power
}

// newMixed builds the segment and starts nothing.
func newMixed(t *testing.T, s setup) *mixed {
	t.Helper()
	program := needKeepalived(t)
	m := &mixed{cluster: newCluster(t, 2), setup: s, dead: map[string]bool{}}
	m.serve(them)
	m.peer = newKeepalived(m.cluster, them, program, strings.ReplaceAll(s.config(), "SERVICE", m.service(them)))
	if r := s.router(); len(r.Tracks) > 0 {
		m.serve(us)
		m.rely(us, r)
	} else {
		m.publish(us, r)
	}
	return m
}

// startBoth starts the preferred router, waits until it has the address, starts
// the other, and lets the client begin.
func (m *mixed) startBoth() {
	m.t.Helper()
	m.run(m.preferred)
	m.await(speaks[m.preferred]+" to have the address", func() bool { return m.holds(m.preferred, m.vip()) })
	m.run(other(m.preferred))
	m.await(speaks[other(m.preferred)]+" to be Backup", func() bool { return m.isBackup(other(m.preferred)) })
	m.probe = m.cluster.probe(m.vip(), m.preferred)
}

// run starts the router of a host, and returns when.
func (m *mixed) run(host string) time.Time {
	m.t.Helper()
	at := time.Now()
	if host == us {
		m.start(us)
	} else {
		m.peer.start()
	}
	return at
}

// isBackup reports whether a router says that it is Backup.
func (m *mixed) isBackup(host string) bool {
	if host == us {
		return m.state(us, m.router().ID) == "backup"
	}
	return m.peer.said("Entering BACKUP STATE")
}

// die takes the power from a host, and returns when: not a packet comes from
// it any more.
func (m *mixed) die(host string) time.Time {
	m.t.Helper()
	at := time.Now()
	m.dead[host] = true
	m.must(m.hosts[host].Unplug("eth0"))
	if host == us {
		m.kill(us)
	} else {
		m.peer.kill()
	}
	return at
}

// revive boots a dead host, which remembers no virtual address, and returns
// when it started its router.
func (m *mixed) revive(host string) time.Time {
	m.t.Helper()
	h := m.hosts[host]
	prefixes, err := h.Addresses("eth0")
	m.must(err)
	for _, p := range prefixes {
		if slices.ContainsFunc(m.addresses(), func(a string) bool { return strings.HasPrefix(a, p.Addr().String()+"/") }) {
			_ = h.DelAddress("eth0", p.String()) // unless its lifetime is over just now
		}
	}
	m.must(h.Plug("eth0"))
	m.dead[host] = false
	return m.run(host)
}

// leave tells the router of a host to stop, and returns when.
func (m *mixed) leave(host string) time.Time {
	m.t.Helper()
	process := map[string]*netlab.Process{us: m.agents[us], them: m.peer.process}[host]
	m.must(process.Signal(syscall.SIGTERM))
	return time.Now()
}

// owners are the hosts with power that hold the address.
func (m *mixed) owners() []string {
	m.t.Helper()
	var owners []string
	for _, host := range []string{us, them} {
		if !m.dead[host] && m.holds(host, m.vip()) {
			owners = append(owners, host)
		}
	}
	return owners
}

// settle watches the segment from an instant until the bound is over. By then
// host alone must own the address, and answer the client, unless that was held up
// itself: then it may be later. It returns how long it took until nobody else did.
func (m *mixed) settle(from time.Time, host string) time.Duration {
	m.t.Helper()
	return m.settleWithin(m.bound(), from, host)
}

// settleWithin is settle with another bound.
func (m *mixed) settleWithin(bound time.Duration, from time.Time, host string) time.Duration {
	m.t.Helper()
	var owners []string
	since := from // of the owners
	for time.Since(from) < bound {
		if now := m.owners(); !slices.Equal(now, owners) {
			owners, since = now, time.Now()
		}
		<-time.After(5 * time.Millisecond)
	}
	settled := func() bool { return slices.Equal(m.owners(), []string{host}) && m.probe.Report().Responder() == host }
	if r := m.probe.Report(); !settled() && heldUp(m.t, r, bound) {
		m.await(host+" to own the address alone", settled)
	} else if !settled() {
		m.t.Fatalf("%v after the event %q own the address and %s answers, want %s alone\n%v", bound, owners, r.Responder(), host, r)
	}
	return since.Sub(from).Round(time.Millisecond)
}

// saw ends the client and returns what it saw: answers of these hosts, in this
// order.
func (m *mixed) saw(hosts ...string) netlab.Report {
	m.t.Helper()
	r := m.probe.Stop()
	if !slices.EqualFunc(r.Turns, hosts, func(turn netlab.Turn, host string) bool { return turn.Host == host }) {
		m.t.Errorf("want answers of %q, in this order:\n%v", hosts, r)
	}
	return r
}
