package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Changes on trial, on real hosts with a client that counts.

// trialOf is how long plans of these tests are on trial, in seconds.
const trialOf = 4

// try gives both hosts of a pair a plan on trial, backups first, and waits until they
// follow it.
func (c *cluster) try(id string, change ...func(*plan.Router)) {
	c.t.Helper()
	docs := map[string]*plan.Document{}
	for _, host := range []string{"lb02", "lb01"} {
		p := &plan.Plan{Host: host, Routers: []plan.Router{router(map[string]int{"lb01": 254, "lb02": 244}[host], change...)}}
		data, err := plan.Encode(p, plan.Envelope{AppliedBy: "test", Trial: &plan.Trial{ID: id, Within: trialOf, Hosts: []string{"lb01", "lb02"}}})
		c.must(err)
		docs[host], err = plan.Decode(data)
		c.must(err)
		c.must(c.store.PutPlan(context.Background(), host, data))
	}
	for host, doc := range docs {
		c.awaitPlan(host, doc)
	}
}

// trial is what a host reports of one, never nil.
func (c *cluster) trial(host string) status.Trial {
	if s := c.status(host); s != nil && s.Trial != nil {
		return *s.Trial
	}
	return status.Trial{}
}

// returned waits until both hosts have gone back, and are as before.
func (c *cluster) returned(what string) {
	c.t.Helper()
	for _, host := range []string{"lb01", "lb02"} {
		c.await(host+" to go back from "+what, func() bool { return c.trial(host).State == status.Returned })
	}
	c.awaitState("lb01", "active")
	c.awaitState("lb02", "backup")
	c.oneOwner("lb01")
}

// again waits until the client is answered from now on.
func (c *cluster) again(p *netlab.Probe) {
	c.t.Helper()
	replies := func() (n int) {
		for _, turn := range p.Report().Turns {
			n += turn.Replies
		}
		return n
	}
	before := replies()
	c.await("further answers", func() bool { return replies() > before+10 })
}

// A change that cuts the client off undoes itself: everything is back when its time is
// over, also when an agent is killed meanwhile, or hands over to another build.
func TestKernelTrialUndoesItself(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*plan.Router){
		"another address":        addresses("10.0.0.101/24"),
		"an interface not there": func(r *plan.Router) { r.Interface = "eth9" },
		"a peer not there": func(r *plan.Router) {
			unicast(r)
			r.Peers, r.Addresses = []string{"10.0.0.77"}, []plan.Address{{Prefix: "10.0.0.111/24"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := pair(t, fast)
			p := c.probe("10.0.0.100", "lb01")
			c.try("a", fast, change)
			c.holders("eth0", "10.0.0.100") // by nobody
			c.returned(name)
			c.again(p)
			r := p.Stop()
			t.Logf("%s: the longest time without a reply was %v", name, r.Outage)
			if longest := trialOf*time.Second + activeDown(router(244, fast)) + 3*time.Second; r.Outage > longest || r.Outage < trialOf*time.Second/2 {
				t.Errorf("without a reply for %v, at most %v expected:\n%v", r.Outage, longest, r)
			}
			if s := c.trial("lb01"); s.Why != fmt.Sprintf("nobody confirmed the plan within %ds", trialOf) {
				t.Errorf("reported %+v", s)
			}
		})
	}
}

// The time goes on over kill -9, again and again. What was away when it was over goes
// back as it starts.
func TestKernelTrialOverKill(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	began := time.Now()
	c.try("a", fast, addresses("10.0.0.101/24"))
	until := c.trial("lb01").Until
	c.kill("lb01")
	c.kill("lb02")
	for time.Since(began) < trialOf*time.Second {
		c.start("lb01")
		c.await("lb01 to know of the trial", func() bool { return c.trial("lb01").State != "" })
		if s := c.trial("lb01"); s.State == status.OnTrial && s.Until.After(until.Add(time.Second)) {
			t.Errorf("after a start the time is over at %v, not at %v", s.Until, until)
		}
		c.kill("lb01")
	}
	c.start("lb01")
	c.await("lb01 to go back", func() bool { return c.trial("lb01").State == status.Returned })
	c.start("lb02")
	c.returned("a plan on trial, killed")
	c.again(p)
	p.Stop()
}

// Another build in the agent's process knows of the trial, too.
func TestKernelTrialOverHandover(t *testing.T) {
	t.Parallel()
	c := replaceable(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	c.try("a", fast, addresses("10.0.0.101/24"))
	if now := c.handOver("lb01", "2.0.0"); now.Trial == nil || now.Trial.State != status.OnTrial {
		t.Errorf("after the hand-over: %+v", now.Trial)
	}
	c.returned("a plan on trial, handed over")
	c.again(p)
	p.Stop()
}

// What is confirmed in time stays, however each host was told, and whatever became of
// its agent.
func TestKernelTrialConfirmed(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	c.try("a", fast, addresses("10.0.0.101/24"))
	until := c.trial("lb01").Until
	p := c.probe("10.0.0.101", "lb01")
	c.want("lb02", func(h *intent.Host) { h.Confirmed = &intent.Confirmation{Trial: "a", Mark: wish()} })
	if code, text := c.confirms("lb01", "b"); code != http.StatusConflict {
		t.Errorf("another trial is confirmed: %d %s", code, text)
	}
	if code, text := c.confirms("lb01", "a"); code != http.StatusOK {
		t.Errorf("not confirmed: %d %s", code, text)
	}
	c.await("lb02 to be confirmed", func() bool { return c.trial("lb02").State == status.Confirmed })
	c.kill("lb02")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	c.await("the time to be over", func() bool { return time.Now().After(until.Add(time.Second)) })
	for _, host := range []string{"lb01", "lb02"} {
		if s := c.trial(host); s.State != status.Confirmed {
			t.Errorf("%s reports %+v", host, s)
		}
	}
	c.holders("eth0", "10.0.0.101", "lb01")
	unnoticed(t, p.Stop())
}

// confirms asks a host by its control socket to stay with what it has on trial.
func (c *cluster) confirms(host, id string) (code int, text string) {
	c.t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", c.socket(host))
	}}}
	said, err := json.Marshal(intent.Confirmation{Trial: id, Mark: wish()})
	c.must(err)
	answer, err := client.Post("http://agent/v1/confirm", "application/json", bytes.NewReader(said))
	c.must(err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	c.must(err)
	return answer.StatusCode, string(data)
}
