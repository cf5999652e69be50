package agent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// advert is the interval of all contenders' checks, and of their adverts unless the
// incident says otherwise.
const advert = time.Second

// scene is the two hosts with all contenders on them.
type scene struct {
	*cluster
	incident
	unit   *booted // our agent of lb01, where systemd runs it
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
	if s.systemd && host == "lb01" {
		s.unit = boot(s.cluster, host)
		s.unit.configure()
		s.unit.do("dpkg", "--install", s.build("1.0.0"))
	} else {
		s.startBuild(host, "1.0.0")
	}
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
	r := router(contenders[0].priority(host), append(s.ours, s.speed)...)
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
		fmt.Fprintf(&b, "vrrp_instance %s {\n state BACKUP\n interface eth0\n virtual_router_id %d\n version 3\n priority %d\n advert_int %g\n",
			c.instance, c.vrid, c.priority(host)-lower, s.every().Seconds())
		fmt.Fprintf(&b, " virtual_ipaddress {\n  %s/24\n }\n%s}\n", c.vip, s.theirs)
	}
	return b.String()
}
