package netlab_test

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { os.Exit(netlab.Main(m)) }

// lab returns a lab that is closed, and must have left no goroutine, when the
// test ends.
func lab(t *testing.T) *netlab.Lab {
	t.Helper()
	netlab.Need(t)
	before := goleak.IgnoreCurrent()
	l, err := netlab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error("second Close:", err)
		}
		goleak.VerifyNone(t, before)
	})
	return l
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// segment returns a segment with one host for each name: a has 10.0.0.1/24 and
// 2001:db8::1/64, b has 10.0.0.2/24 …
func segment(t *testing.T, l *netlab.Lab, names ...string) []*netlab.Host {
	t.Helper()
	b, err := l.Bridge("lan")
	must(t, err)
	var hosts []*netlab.Host
	for i, name := range names {
		h, err := l.Host(name)
		must(t, err)
		must(t, h.Connect(b, "eth0", fmt.Sprintf("10.0.0.%d/24", i+1), fmt.Sprintf("2001:db8::%d/64", i+1)))
		hosts = append(hosts, h)
	}
	return hosts
}

// eventually polls until is says true, or fails the test after 10 s.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Minute); !is(); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("not within 10 s: " + what)
		}
	}
}

func TestHostsHaveTheirOwnInterfaces(t *testing.T) {
	l := lab(t)
	for i, h := range segment(t, l, "a", "b", "c") {
		addrs, err := h.Addresses("eth0")
		must(t, err)
		got := fmt.Sprint(addrs[:2])
		if want := fmt.Sprintf("[10.0.0.%d/24 2001:db8::%d/64]", i+1, i+1); got != want {
			t.Errorf("%s has %s, want %s", h.Name, got, want)
		}
		if len(addrs) != 3 || !addrs[2].Addr().IsLinkLocalUnicast() {
			t.Errorf("%s has %v: want one link-local address at the end", h.Name, addrs)
		}
	}
}

func TestNothingAppearsOutside(t *testing.T) {
	netlab.Need(t)
	names := func() (names []string) {
		interfaces, err := net.Interfaces()
		must(t, err)
		for _, i := range interfaces {
			names = append(names, i.Name)
		}
		return names
	}
	before := names()
	segment(t, lab(t), "a", "b")
	if after := names(); !slices.Equal(before, after) {
		t.Errorf("interfaces outside: %v before, %v after", before, after)
	}
}

func TestEveryAddressAnswers(t *testing.T) {
	hosts := segment(t, lab(t), "a", "b")
	_, err := hosts[1].Echo()
	must(t, err)
	must(t, hosts[1].AddAddress("eth0", "10.0.0.100/32"))
	must(t, hosts[1].AddAddress("eth0", "2001:db8::100/128"))
	addrs, err := hosts[1].Addresses("eth0")
	must(t, err)
	for _, a := range addrs {
		target := a.Addr()
		if target.IsLinkLocalUnicast() {
			target = target.WithZone("eth0")
		}
		p, err := hosts[0].Probe(target, 5*time.Millisecond)
		must(t, err)
		eventually(t, target.String()+" answers", func() bool { return p.Report().Responder() == "b" })
		if r := p.Stop(); r.Lost != 0 {
			t.Errorf("%s: %s", target, r)
		}
	}
}

func TestProbeSeesAMove(t *testing.T) {
	hosts := segment(t, lab(t), "client", "b", "c")
	for _, h := range hosts[1:] {
		_, err := h.Echo()
		must(t, err)
	}
	must(t, hosts[1].AddAddress("eth0", "2001:db8::100/128"))
	p, err := hosts[0].Probe(netip.MustParseAddr("2001:db8::100"), 5*time.Millisecond)
	must(t, err)
	eventually(t, "b answers", func() bool { return p.Report().Responder() == "b" })

	must(t, hosts[1].Unplug("eth0"))
	eventually(t, "probes get lost", func() bool { return p.Report().Run >= 50 })
	must(t, hosts[2].AddAddress("eth0", "2001:db8::100/128"))
	must(t, hosts[0].LinkDown("eth0")) // forgets the neighbour
	must(t, hosts[0].LinkUp("eth0"))
	must(t, hosts[0].AddAddress("eth0", "2001:db8::1/64"))
	eventually(t, "c answers", func() bool { return p.Report().Responder() == "c" })

	r := p.Stop()
	if len(r.Turns) != 2 || r.Turns[0].Host != "b" || r.Turns[1].Host != "c" {
		t.Errorf("want b, then c:\n%s", r)
	}
	if r.Run < 50 || r.Lost < r.Run || r.Outage < netlab.Patience/2 {
		t.Errorf("want one outage of about a second:\n%s", r)
	}
}

func TestUnpluggedHostHasNoCarrier(t *testing.T) {
	h := segment(t, lab(t), "a", "b")[0]
	flags := func() (flags net.Flags) {
		must(t, h.Do(func() error {
			i, err := net.InterfaceByName("eth0")
			if err == nil {
				flags = i.Flags & (net.FlagUp | net.FlagRunning)
			}
			return err
		}))
		return flags
	}
	must(t, h.Unplug("eth0"))
	if got := flags(); got != net.FlagUp {
		t.Errorf("unplugged: %v, want up", got)
	}
	must(t, h.Plug("eth0"))
	if got := flags(); got != net.FlagUp|net.FlagRunning {
		t.Errorf("plugged: %v, want up|running", got)
	}
}

func TestLinkIsMadeAgain(t *testing.T) {
	l := lab(t)
	b, err := l.Bridge("lan")
	must(t, err)
	h, err := l.Host("a")
	must(t, err)
	for range 2 {
		must(t, h.Connect(b, "eth0", "10.0.0.1/24"))
		must(t, h.DelAddress("eth0", "10.0.0.1/24"))
		must(t, h.DeleteLink("eth0"))
	}
	if err := h.Unplug("eth0"); err == nil {
		t.Error("a link that is gone could be unplugged")
	}
}

func TestProcessLivesOnItsHost(t *testing.T) {
	h := segment(t, lab(t), "a", "b")[1]
	var out strings.Builder
	cmd := exec.Command("cat", "/proc/net/fib_trie")
	cmd.Stdout = &out
	must(t, h.Run(cmd))
	if !strings.Contains(out.String(), "10.0.0.2") || strings.Contains(out.String(), "10.0.0.1\n") {
		t.Errorf("a process on b sees other addresses:\n%s", out.String())
	}
}

func TestProcessEndsWithTheLab(t *testing.T) {
	l := lab(t)
	h, err := l.Host("a")
	must(t, err)
	p, err := h.Start(exec.Command("sleep", "1000"))
	must(t, err)
	must(t, p.Signal(syscall.SIGSTOP)) // a frozen one, too
	must(t, l.Close())
	if err := p.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("sleep ended with %v, want killed", err)
	}
	if err := p.Signal(syscall.SIGTERM); err != os.ErrProcessDone {
		t.Errorf("signal to an ended process: %v, want ErrProcessDone", err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	hosts := segment(t, lab(t), "client", "b")
	echo, err := hosts[1].Echo()
	must(t, err)
	must(t, echo.Close())
	p, err := hosts[0].Probe(netip.MustParseAddr("10.0.0.2"), 5*time.Millisecond)
	must(t, err)
	eventually(t, "probes get lost", func() bool { return p.Report().Run >= 50 })
	r := p.Stop()
	if r.Lost != r.Sent || r.Run != r.Sent || r.Responder() != "" {
		t.Errorf("want all probes lost:\n%s", r)
	}
	if again := p.Stop(); again.Sent != r.Sent {
		t.Errorf("a second Stop tells of %d probes, the first of %d", again.Sent, r.Sent)
	}
}

func TestLinkDownTakesIPv6Addresses(t *testing.T) {
	h := segment(t, lab(t), "a")[0]
	must(t, h.LinkDown("eth0"))
	addrs, err := h.Addresses("eth0")
	must(t, err)
	if got := fmt.Sprint(addrs); got != "[10.0.0.1/24]" {
		t.Errorf("down: %s, want the IPv4 address alone", got)
	}
	must(t, h.LinkUp("eth0"))
	addrs, err = h.Addresses("eth0")
	must(t, err)
	if len(addrs) != 2 || !addrs[1].Addr().IsLinkLocalUnicast() {
		t.Errorf("up again: %v, want a link-local address beside the IPv4 one", addrs)
	}
}

// TestSegmentsAreApart: hosts of different segments do not hear each other.
func TestSegmentsAreApart(t *testing.T) {
	l := lab(t)
	client := segment(t, l, "client")[0]
	other := segment(t, l, "x", "b")[1]
	_, err := other.Echo()
	must(t, err)
	p, err := client.Probe(netip.MustParseAddr("10.0.0.2"), 5*time.Millisecond)
	must(t, err)
	eventually(t, "probes get lost", func() bool { return p.Report().Run >= 50 })
	if r := p.Stop(); r.Responder() != "" {
		t.Errorf("answered across segments:\n%s", r)
	}
}
