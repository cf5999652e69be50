package agent_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hactl/agent"
)

// scrape asks for the metrics on an address; empty while nobody answers.
func scrape(network, address string) string {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}}
	answer, err := client.Get("http://agent/metrics")
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return ""
	}
	return string(text)
}

// awaitMetric scrapes until a line is on the page.
func awaitMetric(t *testing.T, network, address, line string) {
	t.Helper()
	var text string
	for end := time.Now().Add(patience); !strings.Contains(text, "\n"+line+"\n"); <-time.After(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s is not on the page of %s:\n%s", line, address, text)
		}
		text = scrape(network, address)
	}
}

// The same page is on the socket for metrics and on the control socket, and
// nothing but the page is on the former.
func TestMetricsAreServed(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	control, own := filepath.Join(dir, "control"), filepath.Join(dir, "metrics")
	b := newBenchOf(agent.Config{Socket: control, Metrics: own})
	hash := b.store.publish(t, router(254))
	ctx, stop := context.WithCancel(t.Context())
	b.start(ctx)
	for _, path := range []string{control, own} {
		awaitMetric(t, "unix", path, `hactl_agent_info{host="lb01",version="test"} 1`)
		awaitMetric(t, "unix", path, `hactl_plan_info{commit="",hash="`+hash+`"} 1`)
		awaitMetric(t, "unix", path, `hactl_router_state{router="web/public/ipv4",state="initialize"} 1`)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", own)
	}}}
	answer, err := client.Get("http://agent/v1/status")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("the report is on the socket for metrics: %s", answer.Status)
	}
	stop()
	if err := <-b.ended; err != nil {
		t.Error(err)
	}
}

// A port that somebody else has keeps nothing from running: it is tried again
// until it is free, and said once.
func TestMetricsWaitForThePort(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := other.Addr().String()
	b := newBenchOf(agent.Config{Metrics: address})
	b.store.publish(t, router(254))
	ctx, stop := context.WithCancel(t.Context())
	b.start(ctx)
	for end := time.Now().Add(patience); b.log.times("something else listens there; name another port") == 0; <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody says that the port is taken")
		}
	}
	other.Close()
	awaitMetric(t, "tcp", address, `hactl_router_priority{router="web/public/ipv4"} 254`)
	if n := b.log.times("no metrics"); n != 1 {
		t.Errorf("said %d times", n)
	}
	stop()
	if err := <-b.ended; err != nil {
		t.Error(err)
	}
}

// What is no address is refused at once.
func TestMetricsAddress(t *testing.T) {
	for _, address := range []string{"9100", "localhost", "::1", "socket"} {
		b := newBenchOf(agent.Config{Metrics: address})
		b.start(t.Context())
		if err := <-b.ended; err == nil || !strings.Contains(err.Error(), "write HOST:PORT") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// A scrape never waits for the loop: while that is stuck, the last report is told.
func TestMetricsOfAStuckLoop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics")
	b := newBenchOf(agent.Config{Metrics: path})
	b.start(t.Context())
	awaitMetric(t, "unix", path, `hactl_agent_drained 0`)
	hold := make(chan struct{})
	b.kernel.set(func(k *fakeKernel) { k.hold, k.held = hold, make(chan struct{}, 10) })
	for b.kernel.watching() == nil {
		<-time.After(time.Millisecond)
	}
	b.kernel.tell()
	<-b.kernel.held
	awaitMetric(t, "unix", path, `hactl_agent_drained 0`)
	b.kernel.set(func(k *fakeKernel) { k.hold = nil })
	close(hold)
	b.Leave("test")
	if err := <-b.ended; err != nil {
		t.Error(err)
	}
}

// A real pair: who is Active, why, and who hears whom.
func TestKernelMetrics(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	awaitMetric(t, "unix", c.socket("lb01"), `hactl_router_state{router="web/public/ipv4",state="active"} 1`)
	awaitMetric(t, "unix", c.socket("lb01"), `hactl_router_addresses_present{router="web/public/ipv4"} 1`)
	awaitMetric(t, "unix", c.socket("lb02"), `hactl_router_state{router="web/public/ipv4",state="backup"} 1`)
	c.await("lb02 to have counted lb01's adverts", func() bool {
		return strings.Contains(scrape("unix", c.socket("lb02")), `hactl_router_adverts_received_total{peer="10.0.0.5",router="web/public/ipv4"} `)
	})
	c.terminate("lb01")
	awaitMetric(t, "unix", c.socket("lb02"), `hactl_transitions_total{reason="peer-left"} 1`)
}
