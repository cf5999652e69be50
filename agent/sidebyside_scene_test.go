package agent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/schemas/plan"
)

// contender is a virtual router that both hosts have; all of them are Active on
// lb01 until something happens to it.
type contender struct {
	name          string // in the page
	instance      string // keepalived's name of it; empty: it is hactl's
	vip           string
	vrid          int
	first, second int // the priorities of lb01 and lb02
}

// contenders run at once, on the same hosts: what happens to one of them happens
// to all. Those of keepalived are two instances in one process, so that it can be
// told what priorities alone bring.
var contenders = []contender{
	{"hactl", "", "10.0.0.100", 50, 254, 244},
	{"keepalived 150/100", "ordinary", "10.0.0.101", 60, 150, 100},
	{"keepalived 254/244", "close", "10.0.0.102", 70, 254, 244},
}

// priority is that of the contender on a host.
func (c contender) priority(host string) int {
	return map[string]int{"lb01": c.first, "lb02": c.second}[host]
}

// advert is the interval of all contenders' adverts, and of their checks.
const advert = time.Second

// sight is what the client of a contender saw when something happened to lb01.
type sight struct {
	took     time.Duration // from then until lb02's first answer
	detected time.Duration // from then until the check's first failing run; 0: there is no check
	netlab.Report
}

// after is the time that the move took once it was known that it is due.
func (s sight) after() time.Duration { return s.took - s.detected }

// scene is the two hosts with all contenders on them.
type scene struct {
	*cluster
	incident
	peers  map[string]*keepalived
	probes []*netlab.Probe // of the contenders
	began  []time.Time     // when each probe did
}

// newScene builds the hosts, starts everything and waits until lb02 has heard
// lb01 twice.
func newScene(t *testing.T, what incident) *scene {
	t.Helper()
	program := needKeepalived(t)
	s := &scene{cluster: newCluster(t, 2), incident: what, peers: map[string]*keepalived{}}
	backend, err := s.lab.Bridge("backend")
	s.must(err)
	for i, host := range []string{"lb01", "lb02"} {
		s.must(s.hosts[host].Connect(backend, "eth1", fmt.Sprintf("10.1.0.%d/24", 5+i)))
		s.serve(host)
		s.script(host)
		s.plan(host)
		s.peers[host] = newKeepalived(s.cluster, host, program, s.config(host, 0))
	}
	s.run("lb01", func() bool {
		return !slices.ContainsFunc(contenders, func(c contender) bool { return !s.holds("lb01", c.vip) })
	})
	s.run("lb02", func() bool {
		k := s.peers["lb02"]
		return s.state("lb02", "web/public/ipv4") == "backup" &&
			k.said("(ordinary) Entering BACKUP STATE") && k.said("(close) Entering BACKUP STATE")
	})
	heard := s.received("lb02")
	s.await("lb02 to hear two adverts", func() bool { return s.received("lb02") >= heard+2 })
	return s
}

// run starts a host's routers and waits until they are ready.
func (s *scene) run(host string, ready func() bool) {
	s.t.Helper()
	s.start(host)
	s.peers[host].start()
	s.await("the routers of "+host, ready)
}

// script writes the check that all contenders of a host run: of its service,
// noting its first failing run in the file that it is called with.
func (s *scene) script(host string) {
	text := fmt.Sprintf("test -e %s && exit 0\ntest -e $1 || : >$1\nexit 1\n", s.service(host))
	s.must(os.WriteFile(s.scriptFile(host), []byte(text), 0o755))
}

func (s *scene) scriptFile(host string) string { return filepath.Join(s.dir, host+".sh") }

// noted is the file in which a check of a host notes its failure.
func (s *scene) noted(host, whose string) string { return filepath.Join(s.dir, host+"."+whose) }

// maintenance is the file that tells keepalived to stand back.
func (s *scene) maintenance(host string) string { return filepath.Join(s.dir, host+".maintenance") }

// plan publishes our part of a host.
func (s *scene) plan(host string) {
	s.t.Helper()
	r := router(contenders[0].priority(host), s.ours...)
	p := &plan.Plan{Host: host, Routers: []plan.Router{r}}
	if slices.ContainsFunc(r.Tracks, func(t plan.Track) bool { return t.Check != "" }) {
		ms := int(advert / time.Millisecond)
		p.Checks = []plan.Check{{
			Name: "web", Interval: ms, Timeout: ms, Fall: 1, Rise: 1, Initial: plan.Unknown,
			Exec: &plan.ExecProbe{Command: []string{"/bin/sh", s.scriptFile(host), s.noted(host, "hactl")}, User: s.user()},
		}}
	}
	data, err := plan.Encode(p, plan.Envelope{AppliedBy: "test"})
	s.must(err)
	s.must(s.store.PutPlan(s.t.Context(), host, data))
}

// config is keepalived's part of a host, with priorities lower by some. What its
// instances depend on is the incident's.
func (s *scene) config(host string, lower int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "global_defs {\n script_user root\n}\n")
	fmt.Fprintf(&b, "vrrp_script web {\n script \"/bin/sh %s %s\"\n interval 1\n timeout 1\n fall 1\n rise 1\n}\n",
		s.scriptFile(host), s.noted(host, "keepalived"))
	fmt.Fprintf(&b, "track_file maintenance {\n file %s\n weight -60\n init_file 0\n}\n", s.maintenance(host))
	for _, c := range contenders[1:] {
		fmt.Fprintf(&b, "vrrp_instance %s {\n state BACKUP\n interface eth0\n virtual_router_id %d\n version 3\n priority %d\n advert_int 1\n",
			c.instance, c.vrid, c.priority(host)-lower)
		fmt.Fprintf(&b, " virtual_ipaddress {\n  %s/24\n }\n%s}\n", c.vip, s.theirs)
	}
	return b.String()
}

// look lets happen what has to, a time after now, and tells what each contender's
// client saw until it was answered by lb02 alone for a second.
func (s *scene) look(phase time.Duration) []sight {
	s.t.Helper()
	for _, c := range contenders {
		s.began = append(s.began, time.Now())
		s.probes = append(s.probes, s.probe(c.vip, "lb01"))
	}
	<-time.After(phase)
	ours, theirs := s.happen(s)
	for i, p := range s.probes {
		s.await("lb02 to answer for "+contenders[i].name, func() bool {
			turns := p.Report().Turns
			last := turns[len(turns)-1]
			return last.Host == "lb02" && last.Last-last.First >= time.Second
		})
	}
	sights := []sight{s.sight(0, ours, "hactl")}
	for i := range contenders[1:] {
		sights = append(sights, s.sight(i+1, theirs, "keepalived"))
	}
	return sights
}

// sight ends the client of a contender, whose trouble began at an instant.
func (s *scene) sight(i int, at time.Time, whose string) sight {
	s.t.Helper()
	seen := sight{Report: s.probes[i].Stop()}
	turn := slices.IndexFunc(seen.Turns, func(t netlab.Turn) bool { return t.Host == "lb02" })
	seen.took = s.began[i].Add(seen.Turns[turn].First).Sub(at)
	if info, err := os.Stat(s.noted("lb01", whose)); err == nil {
		seen.detected = max(info.ModTime().Sub(at), 0)
	}
	return seen
}

// leave asks all routers of lb01 to end.
func (s *scene) leave() (ours, theirs time.Time) {
	ours = time.Now()
	s.must(s.agents["lb01"].Signal(syscall.SIGTERM))
	theirs = time.Now()
	s.must(s.peers["lb01"].process.Signal(syscall.SIGTERM))
	return ours, theirs
}

// standBack drains lb01, and tells keepalived the same by its file.
func (s *scene) standBack() (ours, theirs time.Time) {
	ours = s.drain("lb01")
	theirs = time.Now()
	s.must(os.WriteFile(s.maintenance("lb01"), []byte("1\n"), 0o644))
	return ours, theirs
}

// standAside holds our vip away from lb01, and makes keepalived read lower
// priorities.
func (s *scene) standAside() (ours, theirs time.Time) {
	ours = s.hold("lb01")
	k := s.peers["lb01"]
	s.must(os.WriteFile(k.file("conf"), []byte(s.config("lb01", 60)), 0o600))
	theirs = time.Now()
	s.must(k.process.Signal(syscall.SIGHUP))
	return ours, theirs
}

// serviceFails ends the service of lb01.
func (s *scene) serviceFails() (ours, theirs time.Time) {
	at := s.fail("lb01")
	return at, at
}

// backendDown sets down the tracked interface of lb01.
func (s *scene) backendDown() (ours, theirs time.Time) {
	at := time.Now()
	s.must(s.hosts["lb01"].LinkDown("eth1"))
	return at, at
}

// die takes the power from lb01.
func (s *scene) die() (ours, theirs time.Time) {
	at := time.Now()
	s.must(s.hosts["lb01"].Unplug("eth0"))
	s.kill("lb01")
	s.peers["lb01"].kill()
	return at, at
}
