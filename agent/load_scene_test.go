package agent_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// burden is how many virtual routers two hosts share, and how fast they speak.
type burden struct {
	interfaces int           // each on a segment of its own
	each       int           // routers on an interface, at most 255: keepalived tells them apart by VRID
	interval   time.Duration // of adverts
}

// String is "4080 routers at 1s".
func (l burden) String() string {
	return fmt.Sprintf("%d routers at %v", l.count(), l.interval)
}

func (l burden) count() int { return l.interfaces * l.each }

// address is that of router v of an interface, both counted from 1.
func (l burden) address(i, v int) string { return fmt.Sprintf("10.%d.1.%d", i, v) }

// foremost is the first of all addresses.
func (l burden) foremost() string { return l.address(1, 1) }

// routers is hactl's part of a host, of the priority.
func (l burden) routers(priority int) []plan.Router {
	var all []plan.Router
	for i := range l.interfaces {
		for v := range l.each {
			all = append(all, router(priority, func(r *plan.Router) {
				r.Vip = fmt.Sprintf("load/i%02d-v%03d", i+1, v+1)
				r.ID, r.VRID, r.Interface = r.Vip+"/ipv4", v+1, fmt.Sprintf("eth%d", i+1)
				r.AdvertInterval = int(l.interval / time.Millisecond)
				r.Addresses = []plan.Address{{Prefix: l.address(i+1, v+1) + "/16"}}
			}))
		}
	}
	return all
}

// config is keepalived's part of a host, of the priority.
func (l burden) config(priority int) string {
	var b strings.Builder
	for i := range l.interfaces {
		for v := range l.each {
			fmt.Fprintf(&b, "vrrp_instance i%d_v%d {\n state BACKUP\n interface eth%d\n virtual_router_id %d\n version 3\n priority %d\n advert_int %g\n",
				i+1, v+1, i+1, v+1, priority, l.interval.Seconds())
			fmt.Fprintf(&b, " virtual_ipaddress {\n  %s/16\n }\n}\n", l.address(i+1, v+1))
		}
	}
	return b.String()
}

// loaded is two hosts under a load, and nothing that runs on them yet.
type loaded struct {
	*cluster
	burden
	segments []*netlab.Bridge // of the interfaces
	theirs   bool             // keepalived is measured
}

// fails ends a trial that came to nothing: of ours as a failure, of keepalived
// without a figure.
func (s *loaded) fails(format string, args ...any) {
	s.t.Helper()
	if s.theirs {
		s.t.Skipf(format, args...)
	}
	s.t.Fatalf(format, args...)
}

// newLoaded builds the hosts.
func newLoaded(t *testing.T, l burden) *loaded {
	t.Helper()
	s := &loaded{cluster: newCluster(t, 2), burden: l}
	_, err := builds() // before anything is measured
	s.must(err)
	for i := range l.interfaces {
		b, err := s.lab.Bridge(fmt.Sprintf("load%d", i+1))
		s.must(err)
		s.segments = append(s.segments, b)
		for n, host := range []string{"lb01", "lb02"} {
			s.must(s.hosts[host].Connect(b, fmt.Sprintf("eth%d", i+1), fmt.Sprintf("10.%d.0.%d/16", i+1, 5+n)))
		}
	}
	return s
}

// preferences are the priorities of all routers of a host.
var preferences = map[string]int{"lb01": 254, "lb02": 244}

// service is one of the programs, on both hosts.
type service interface {
	begin(host string)            // starts it
	change(host string) time.Time // gives the first router one more address, and tells when the program could know
	end(host string)              // kills it
	pid(host string) int          // of the process that speaks; 0 before there is one

	// moves counts the changes of state of all routers of a host since its start.
	moves(host string) int
}

// ours is hactl.
type ours struct{ *loaded }

func (o ours) begin(host string) {
	o.publish(host, o.routers(preferences[host])...)
	o.startBuild(host, "1.0.0")
}
func (o ours) change(host string) time.Time {
	routers := o.routers(preferences[host])
	withExtra(&routers[0])
	data, err := plan.Encode(&plan.Plan{Host: host, Routers: routers}, plan.Envelope{AppliedBy: "test"})
	o.must(err)
	file := filepath.Join(o.dir, "plans", host+".json")
	o.must(os.WriteFile(file+".new", data, 0o600))
	at := time.Now()
	o.must(os.Rename(file+".new", file))
	return at
}
func (o ours) moves(host string) int {
	var report *status.Host
	o.await("a report of "+host, func() bool { report = o.status(host); return report != nil })
	n := 0
	for _, r := range report.Routers {
		n += int(r.Transitions)
	}
	return n
}
func (o ours) end(host string)     { o.kill(host) }
func (o ours) pid(host string) int { return o.agents[host].Pid() }

// theirs is keepalived, with the priorities of ours.
type theirs struct {
	*loaded
	peers map[string]*keepalived
}

func newTheirs(s *loaded) theirs {
	k := theirs{s, map[string]*keepalived{}}
	for host, priority := range preferences {
		k.peers[host] = newKeepalived(s.cluster, host, needKeepalived(s.t), k.text(priority))
		k.peers[host].terse = true
	}
	return k
}

// text is the configuration of a host, with the larger buffers that keepalived's own
// manual has for many routers.
func (k theirs) text(priority int) string {
	class := ""
	if k.realtime > 0 {
		class = fmt.Sprintf("vrrp_rt_priority %d\n", k.realtime)
	}
	return "global_defs {\n" + class + `vrrp_netlink_cmd_rcv_bufs 8388608
vrrp_netlink_cmd_rcv_bufs_force true
vrrp_netlink_monitor_rcv_bufs 8388608
vrrp_netlink_monitor_rcv_bufs_force true
vrrp_rx_bufs_policy 212992
}
` + k.config(priority)
}

func (k theirs) begin(host string) { k.peers[host].start() }
func (k theirs) end(host string)   { k.peers[host].kill() }
func (k theirs) change(host string) time.Time {
	old := fmt.Sprintf("%s/16\n", k.foremost())
	config := strings.Replace(k.text(preferences[host]), old, old+"  "+extra+"/16\n", 1)
	k.must(os.WriteFile(k.peers[host].file("conf"), []byte(config), 0o600))
	at := time.Now()
	k.must(k.peers[host].process.Signal(syscall.SIGHUP))
	return at
}
func (k theirs) moves(host string) int {
	data, err := os.ReadFile(k.logFile(host))
	k.must(err)
	return bytes.Count(data, []byte(" STATE\n"))
}
func (k theirs) pid(host string) int { return k.peers[host].pid() }

// up lets a service start on lb01, then on lb02.
func (s *loaded) up(what service) {
	s.t.Helper()
	s.first(what)
	s.second(what)
}

// first lets a service start on lb01, and tells how long it takes until the last of all
// addresses is there.
func (s *loaded) first(what service) time.Duration {
	s.t.Helper()
	began := time.Now()
	what.begin("lb01")
	s.awaitCount("lb01", s.count())
	return time.Since(began)
}

// second lets it start on lb02.
func (s *loaded) second(what service) {
	s.t.Helper()
	what.begin("lb02")
	s.await("lb02 to run", func() bool { return s.speaks(what, "lb02") })
}

// speaks reports whether a service has opened sockets for VRRP.
func (s *loaded) speaks(what service, host string) bool {
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", what.pid(host))); err != nil {
		return false
	}
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/raw", what.pid(host)))
	return err == nil && bytes.Count(data, []byte("\n")) > s.interfaces
}

// awaitCount waits until a host has so many virtual addresses.
func (s *loaded) awaitCount(host string, count int) {
	s.t.Helper()
	s.awaitLong(fmt.Sprintf("%d addresses on %s", count, host), func() bool { return s.addresses(host) >= count })
}

// awaitLong is await for what may take a program a minute under its load.
func (s *loaded) awaitLong(what string, done func() bool) {
	s.t.Helper()
	const long = 2 * time.Minute
	for end := time.Now().Add(long); !done(); <-time.After(100 * time.Millisecond) {
		if time.Now().After(end) {
			s.fails("waited %v for %s, in vain", long, what)
		}
	}
}

// addresses counts the virtual addresses of a host; 0 while they change.
func (s *loaded) addresses(host string) int {
	n := 0
	for i := range s.interfaces {
		prefixes, err := s.hosts[host].Addresses(fmt.Sprintf("eth%d", i+1))
		if err != nil {
			return 0 // they changed while they were read
		}
		for _, p := range prefixes {
			if a := p.Addr(); a.Is4() && a.As4()[2] == 1 {
				n++
			}
		}
	}
	return n
}

// processor is the time that a process has spent on processors.
func processor(t *testing.T, pid int) time.Duration {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+2:]))
	ticks := 0
	for _, f := range fields[11:13] { // utime and stime, of which there are 100 a second
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}

// resident is how much memory of a process is in RAM, in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
