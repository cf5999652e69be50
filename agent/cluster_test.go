package agent_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent"
	"hactl/agent/netlab"
	"hactl/agent/rehearsal"
	"hactl/agent/store"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// asAgent makes the test binary run as an agent: its arguments are in the
// variable, separated by spaces.
const asAgent = "HACTL_TEST_AGENT"

// asRestarted makes that agent believe, when it gets SIGTERM, that it is restarted.
const asRestarted = "HACTL_TEST_RESTARTED"

func TestMain(m *testing.M) {
	rehearsal.Play()
	if args := os.Getenv(asAgent); args != "" {
		if err := runAgent(strings.Fields(args)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Tests wait for timers: more of them can than there are processors.
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	code := netlab.Main(m)
	_ = os.RemoveAll(buildsDir)
	os.Exit(code)
}

// runAgent is hactl agent.
func runAgent(args []string) error {
	host, dir, socket := args[0], args[1], args[2]
	realtime, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	cfg := agent.Config{Host: host, Socket: socket, Version: "test", Log: log, Realtime: realtime}
	if os.Getenv(asRestarted) != "" {
		cfg.Restarting = func() bool { return true }
	}
	return agent.Serve(cfg, dir)
}

// cluster is hosts lb01, lb02, … with eth0 on one segment, 10.0.0.5 and
// 2001:db8::5 and so on, and a client at 10.0.0.200 and 2001:db8::200.
type cluster struct {
	t      *testing.T
	dir    string
	store  *store.Dir
	lab    *netlab.Lab
	bridge *netlab.Bridge
	hosts  map[string]*netlab.Host
	client *netlab.Host
	agents map[string]*netlab.Process

	realtime int // priority of agents that are started; 0: ordinary
}

// newCluster builds n hosts without agents.
func newCluster(t *testing.T, n int) *cluster {
	t.Helper()
	netlab.Need(t)
	c := &cluster{t: t, dir: t.TempDir(), hosts: map[string]*netlab.Host{}, agents: map[string]*netlab.Process{}}
	lab, err := netlab.New()
	c.must(err)
	c.lab = lab
	t.Cleanup(func() {
		lab.Close()
		c.logs()
	})
	c.bridge, err = lab.Bridge("dmz")
	c.must(err)
	c.store, err = store.OpenDir(c.dir)
	c.must(err)
	for i := range n {
		name := fmt.Sprintf("lb%02d", i+1)
		c.hosts[name] = c.host(name, fmt.Sprintf("10.0.0.%d/24", 5+i), fmt.Sprintf("2001:db8::%d/64", 5+i))
		_, err := c.hosts[name].Echo()
		c.must(err)
	}
	c.client = c.host("client", "10.0.0.200/24", "2001:db8::200/64")
	return c
}

// host adds one host to the segment.
func (c *cluster) host(name string, prefixes ...string) *netlab.Host {
	c.t.Helper()
	h, err := c.lab.Host(name)
	c.must(err)
	c.must(h.Connect(c.bridge, "eth0", prefixes...))
	return h
}

// router is a router of the pair's vip, as the compiler makes it; change
// adjusts it.
func router(priority int, change ...func(*plan.Router)) plan.Router {
	rival := 254
	if priority >= rival {
		rival = 244
	}
	r := plan.Router{
		ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 3, Priority: priority,
		AdvertInterval: 1000, Interface: "eth0", Group: "224.0.0.18", Checksum: plan.PseudoHeader,
		Preemption: plan.Preemption{Mode: plan.Always}, Announce: plan.Announce{Burst: 5, Repeat: 5000},
		Addresses:   []plan.Address{{Prefix: "10.0.0.100/24"}},
		OnAgentLoss: plan.Release,
		Neighbours:  []plan.Neighbour{{Host: "other", Kind: plan.Hactl, Priority: rival}},
	}
	for _, f := range change {
		f(&r)
	}
	return r
}

// fast makes a router send every 100 ms.
func fast(r *plan.Router) { r.AdvertInterval = 100 }

// publish gives a host its plan.
func (c *cluster) publish(host string, routers ...plan.Router) *plan.Document {
	c.t.Helper()
	return c.put(&plan.Plan{Host: host, Routers: routers})
}

// put gives a host a plan that has more than routers.
func (c *cluster) put(p *plan.Plan) *plan.Document {
	c.t.Helper()
	data, err := plan.Encode(p, plan.Envelope{AppliedBy: "test"})
	c.must(err)
	c.must(c.store.PutPlan(context.Background(), p.Host, data))
	doc, err := plan.Decode(data)
	c.must(err)
	return doc
}

// start starts the agent of a host.
func (c *cluster) start(host string) { c.startAs(host) }

// startAs starts the agent of a host by a command that starts it, with its arguments.
func (c *cluster) startAs(host string, command ...string) {
	c.t.Helper()
	self, err := os.Executable()
	c.must(err)
	log, err := os.OpenFile(c.logFile(host), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	c.must(err)
	defer log.Close()
	command = append(command, self)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), asAgent+"="+strings.Join([]string{host, c.dir, c.socket(host), strconv.Itoa(c.realtime)}, " "))
	cmd.Stderr = log
	c.agents[host], err = c.hosts[host].Start(cmd)
	c.must(err)
}

// kill ends the agent of a host with SIGKILL.
func (c *cluster) kill(host string) { c.must(c.agents[host].Close()) }

// terminate asks the agent of a host to leave, and waits until it has.
func (c *cluster) terminate(host string) {
	c.t.Helper()
	c.must(c.agents[host].Signal(syscall.SIGTERM))
	c.await("the agent of "+host+" to leave", func() bool {
		select {
		case <-c.agents[host].Done():
			return true
		default:
			return false
		}
	})
}

func (c *cluster) logFile(host string) string { return filepath.Join(c.dir, host+".log") }

func (c *cluster) socket(host string) string { return filepath.Join(c.dir, host+".sock") }

// status asks the agent of a host; nil while it does not answer.
func (c *cluster) status(host string) *status.Host {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", c.socket(host))
		},
	}}
	resp, err := client.Get("http://agent/v1/status")
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	var s status.Host
	if json.NewDecoder(resp.Body).Decode(&s) != nil {
		return nil
	}
	return &s
}

// state returns the state of a router on a host, empty while nobody answers.
func (c *cluster) state(host, id string) string {
	s := c.status(host)
	if s == nil {
		return ""
	}
	for _, r := range s.Routers {
		if r.ID != id {
			continue
		}
		if slices.ContainsFunc(r.Addresses, func(a status.Address) bool { return a.Problem == "not installed yet" }) {
			return r.State + ", its addresses are yet to come"
		}
		return r.State
	}
	return ""
}

// awaitState waits until a router of a host is in a state.
func (c *cluster) awaitState(host, state string) {
	c.t.Helper()
	c.await(host+" to be "+state, func() bool { return c.state(host, "web/public/ipv4") == state })
}

// holds reports whether a host has an address, with whatever prefix length.
func (c *cluster) holds(host, address string) bool {
	c.t.Helper()
	prefixes, err := c.hosts[host].Addresses("eth0")
	c.must(err)
	for _, p := range prefixes {
		if p.Addr() == netip.MustParseAddr(address) {
			return true
		}
	}
	return false
}

// patience is how long a condition may take beyond what timers say.
const patience = 45 * time.Second

// await waits for a condition.
func (c *cluster) await(what string, done func() bool) {
	c.t.Helper()
	for end := time.Now().Add(patience); !done(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("waited %v for %s, in vain", patience, what)
		}
	}
}

// probe lets the client ask an address every 5 ms, once it is answered by host: an
// IPv6 address of keepalived's answers only some time after it was added.
func (c *cluster) probe(address, host string) *netlab.Probe {
	c.t.Helper()
	return c.probeEvery(5*time.Millisecond, address, host)
}

// probeEvery is probe at another interval.
func (c *cluster) probeEvery(interval time.Duration, address, host string) *netlab.Probe {
	c.t.Helper()
	ask := func() *netlab.Probe {
		p, err := c.client.Probe(netip.MustParseAddr(address), interval)
		c.must(err)
		c.answeredBy(p, host)
		return p
	}
	c.must(ask().Close())
	return ask()
}

// logs shows what the agents logged, when the test has failed.
func (c *cluster) logs() {
	if !c.t.Failed() {
		return
	}
	for host := range c.hosts {
		data, _ := os.ReadFile(c.logFile(host))
		c.t.Logf("log of %s:\n%s", host, data)
	}
}

func (c *cluster) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}
