package agent_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/ipv4"

	"hactl/agent/program"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// needRoot skips the test where no program is run as root: in a user namespace
// the system's files belong to nobody.
func needRoot(t *testing.T) {
	t.Helper()
	if err := program.Inspect(program.Program{Argv: []string{"/bin/sh"}, User: "root"}); err != nil {
		t.Skipf("nothing can be run as root here: %v", err)
	}
}

// notifying gives a host the plan of routers, and one target that runs script,
// once a state and once for any state.
func (c *cluster) notifying(host, script string, routers ...plan.Router) {
	c.t.Helper()
	needRoot(c.t)
	path := filepath.Join(c.dir, host+".sh")
	c.must(os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	p := &plan.Plan{Host: host, Notify: []plan.Notify{{Name: "scripts", On: plan.Events(), Exec: &plan.ExecTarget{
		Active: []string{path, "master"}, Any: []string{path}, User: "root", Timeout: 60_000,
	}}}}
	for _, r := range routers {
		r.Notify = []string{"scripts"}
		p.Routers = append(p.Routers, r)
	}
	data, err := plan.Encode(p, plan.Envelope{AppliedBy: "test"})
	c.must(err)
	c.must(c.store.PutPlan(context.Background(), host, data))
}

// notes returns what the script of a host has written.
func (c *cluster) notes(host string) []string {
	data, _ := os.ReadFile(filepath.Join(c.dir, host+".notes")) // there may be none yet
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

// target returns how the target of a host does.
func (c *cluster) target(host string) status.Target {
	s := c.status(host)
	if s == nil || len(s.Notify) != 1 {
		return status.Target{}
	}
	return s.Notify[0]
}

// events hands on what the stream of a host has, as "old>new event", and, when it
// is followed, what comes until the agent leaves.
func (c *cluster) events(host, query string) <-chan string {
	c.t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", c.socket(host))
	}}}
	answer, err := client.Get("http://agent/v1/events" + query)
	c.must(err)
	all := make(chan string)
	go func() {
		defer close(all)
		defer answer.Body.Close()
		for lines := json.NewDecoder(answer.Body); lines.More(); {
			var e event.Event
			if err := lines.Decode(&e); err != nil {
				c.t.Error(err)
				return
			}
			all <- strings.TrimSpace(fmt.Sprintf("%s>%s %s", e.Old, e.New, e.Event))
		}
	}()
	return all
}

// Scripts of two hosts hear what keepalived's would, when one is started, when it
// leaves, and when the other one loses its link.
func TestNotifyScripts(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	for i, host := range []string{"lb01", "lb02"} {
		c.notifying(host, fmt.Sprintf(`echo "$*, $HACTL_OLD, $HACTL_ADDRESSES, $HACTL_PEER" >> %s/%s.notes`, c.dir, host), router(254-10*i)) // not fast: what is not told within an Active_Down_Interval is overtaken
		c.start(host)
		c.awaitState(host, []string{status.Active, status.Backup}[i])
	}
	c.await("lb01 to have been told", func() bool { return c.target("lb01").Delivered == 2 })
	c.await("lb02 to have been told of its start", func() bool { return c.target("lb02").Delivered == 1 })
	followed := c.events("lb01", "?follow=1")
	lb01 := []string{<-followed, <-followed}
	c.terminate("lb01")
	lb01 = append(lb01, rest(followed)...)
	lb01 = slices.DeleteFunc(lb01, func(e string) bool { return strings.HasSuffix(e, " conflict") }) // a busy lb02 takes over late, which is said
	c.await("lb02 to have been told", func() bool { return c.target("lb02").Delivered == 2 })
	c.must(c.hosts["lb02"].LinkDown("eth0"))
	c.await("lb02 to have told of the fault", func() bool { return c.target("lb02").Delivered == 3 })
	want := map[string][]string{
		"lb01": {
			"INSTANCE public BACKUP 254, initialize, 10.0.0.100/24, ",
			"master, backup, 10.0.0.100/24, ",
			"INSTANCE public MASTER 254, backup, 10.0.0.100/24, ",
			"INSTANCE public STOP 254, active, 10.0.0.100/24, ",
		},
		"lb02": {
			"INSTANCE public BACKUP 244, initialize, 10.0.0.100/24, ",
			"master, backup, 10.0.0.100/24, ",
			"INSTANCE public MASTER 244, backup, 10.0.0.100/24, ",
			"INSTANCE public FAULT 244, active, 10.0.0.100/24, ",
		},
	}
	for host, lines := range want {
		if diff := cmp.Diff(lines, c.notes(host)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", host, diff)
		}
	}
	lb02 := rest(c.events("lb02", ""))
	if diff := cmp.Diff([]string{"initialize>backup backup", "backup>active active", "active>initialize fault"}, lb02); diff != "" {
		t.Errorf("stream of lb02 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append(lb02[:2], "active>active", "active>backup backup", "backup>initialize stop"), lb01); diff != "" {
		t.Errorf("stream of lb01, followed (-want +got):\n%s", diff)
	}
}

// rest returns what comes out of a channel until it is closed.
func rest(from <-chan string) (all []string) {
	for x := range from {
		all = append(all, x)
	}
	return all
}

// A server that is down at first hears the latest state when it is there, over the
// network.
func TestNotifyWebhook(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	r := router(254, fast)
	r.Notify = []string{"hook"}
	p := &plan.Plan{Host: "lb01", Routers: []plan.Router{r}, Notify: []plan.Notify{{
		Name: "hook", On: plan.Events(), Webhook: &plan.WebhookTarget{URL: "http://10.0.0.200:8080/hook", Timeout: 1000},
	}}}
	data, err := plan.Encode(p, plan.Envelope{AppliedBy: "test", Origins: map[string]string{"router web/public/ipv4": "main.ha.hcl:12"}})
	c.must(err)
	c.must(c.store.PutPlan(context.Background(), "lb01", data))
	c.start("lb01")
	c.awaitState("lb01", status.Active)
	c.await("an attempt to fail", func() bool { return strings.Contains(c.target("lb01").Problem, "connection refused") })

	heard := make(chan event.Event, 10)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var e event.Event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			t.Error(err)
		}
		heard <- e
	})}
	defer server.Close()
	var l net.Listener
	c.must(c.client.Do(func() (err error) { l, err = net.Listen("tcp", "10.0.0.200:8080"); return err }))
	go func() { _ = server.Serve(l) }()
	c.await("the server to have been told", func() bool { return c.target("lb01").Delivered == 1 })
	e := <-heard
	if e.Event != plan.OnActive || e.Vip != "web/public" || e.Host != "lb01" || e.Priority != 254 || e.Origin != "main.ha.hcl:12" || len(heard) > 0 {
		t.Errorf("%+v, and %d others", e, len(heard))
	}
	if s := c.target("lb01"); s.Dropped != 1 || s.Problem != "" {
		t.Errorf("%+v", s)
	}
}

// adverts notes when adverts of a VRID arrive at the client, for so long.
func (c *cluster) adverts(vrid byte, span time.Duration) []time.Time {
	c.t.Helper()
	var conn net.PacketConn
	c.must(c.client.Do(func() error {
		eth0, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		if conn, err = net.ListenPacket("ip4:112", "0.0.0.0"); err != nil {
			return err
		}
		return ipv4.NewPacketConn(conn).JoinGroup(eth0, &net.IPAddr{IP: net.IPv4(224, 0, 0, 18)})
	}))
	defer conn.Close()
	c.must(conn.SetReadDeadline(time.Now().Add(span)))
	var arrived []time.Time
	for buffer := make([]byte, 1500); ; {
		n, _, err := conn.ReadFrom(buffer)
		if err != nil {
			return arrived
		}
		if n > 1 && buffer[1] == vrid {
			arrived = append(arrived, time.Now())
		}
	}
}

// gaps returns the longest time between two instants, and the one that 9 of 10
// do not exceed.
func gaps(at []time.Time) (longest, most time.Duration) {
	var all []time.Duration
	for i := range len(at) - 1 {
		all = append(all, at[i+1].Sub(at[i]))
	}
	slices.Sort(all)
	return all[len(all)-1], all[len(all)*9/10]
}

// A script that ignores SIGTERM, prints without end and never ends delays no
// advert, holds up no other router, and does not keep the agent from leaving.
func TestNotifyHangs(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	const others, span = 10, 3 * time.Second
	routers := []plan.Router{router(254, fast)}
	for i := range others {
		r := router(254, fast)
		r.ID, r.Vip, r.VRID = fmt.Sprintf("web/x%02d/ipv4", i), fmt.Sprintf("web/x%02d", i), 100+i
		r.Addresses = []plan.Address{{Prefix: fmt.Sprintf("10.0.0.%d/24", 101+i)}}
		routers = append(routers, r)
	}
	c.notifying("lb01", "true", routers...)
	c.start("lb01")
	c.await("all to have been told, or to have been overtaken by what came next", func() bool {
		s := c.target("lb01")
		return s.Delivered+s.Dropped == 2*(1+others)
	})
	longest, most := gaps(c.adverts(50, span))
	t.Logf("adverts every 100 ms, scripts that work: longest gap %v, 9 of 10 within %v", longest, most)
	c.terminate("lb01")

	c.notifying("lb01", "trap '' TERM; echo $$ >> "+c.dir+"/lb01.notes; while :; do head -c 100000 /dev/zero; sleep 0.1; done", routers...)
	c.start("lb01")
	c.await("targets to wait", func() bool { return c.target("lb01").Waiting == 1+others })
	hung := c.adverts(50, span)
	longest, most = gaps(hung)
	t.Logf("adverts every 100 ms, a script that hangs: longest gap %v, 9 of 10 within %v", longest, most)
	if down := activeDown(routers[0]); longest >= down || len(hung) < int(span/(100*time.Millisecond))*8/10 {
		t.Errorf("%d adverts in %v, the longest gap is %v; neighbours wait for %v", len(hung), span, longest, down)
	}
	if s := c.target("lb01"); s.Delivered != 0 || s.Dropped != 1+others-1 || len(c.notes("lb01")) != 1 {
		t.Errorf("%+v, and the script ran %d times", s, len(c.notes("lb01")))
	}
	begun := time.Now()
	c.terminate("lb01")
	if took := time.Since(begun); took > 10*time.Second+leeway {
		t.Errorf("the agent took %v to leave", took)
	}
}
