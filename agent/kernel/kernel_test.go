package kernel

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/agent/node"
)

func TestMain(m *testing.M) { os.Exit(netlab.Main(m)) }

// bench is a host with eth0 (10.0.0.1/24, 2001:db8::1/64) and its Kernel.
type bench struct {
	*testing.T
	segment *netlab.Bridge
	host    *netlab.Host
	kernel  *Kernel
	ledger  string // file
	old     bool   // plays a kernel before Linux 5.18
}

// newBench returns a bench that ends with the test.
func newBench(t *testing.T) *bench {
	t.Helper()
	netlab.Need(t)
	lab, err := netlab.New()
	b := &bench{T: t, ledger: filepath.Join(t.TempDir(), "addresses")}
	b.must(err)
	t.Cleanup(func() { b.must(lab.Close()) })
	b.segment, err = lab.Bridge("lan")
	b.must(err)
	b.host, err = lab.Host("lb01")
	b.must(err)
	b.must(b.host.Connect(b.segment, "eth0", "10.0.0.1/24", "2001:db8::1/64"))
	b.restart()
	return b
}

// must fails the test on an error.
func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// restart replaces the Kernel by one that knows nothing.
func (b *bench) restart() {
	b.Helper()
	if b.kernel != nil {
		b.must(b.kernel.Close())
	}
	k := New(b.ledger, slog.New(slog.DiscardHandler))
	k.table.(*rtnetlink).unmarked = b.old
	b.kernel = k
	b.must(b.host.Do(func() error { _, err := k.Observe(); return err }))
	b.Cleanup(func() { b.must(k.Close()) })
}

// converge wishes for addresses on eth0, "route" behind those that get one, and
// returns the problems in words.
func (b *bench) converge(wishes ...string) string {
	b.Helper()
	var list []node.Wish
	for _, s := range wishes {
		prefix, route := strings.CutSuffix(s, " route")
		list = append(list, wish("eth0", prefix, route))
	}
	var problems []string
	for _, h := range b.kernel.addresses(list...) {
		if h.Problem != "" {
			problems = append(problems, fmt.Sprintf("%s: %s", h.Wish.Prefix, h.Problem))
		}
	}
	return strings.Join(problems, "\n")
}

// fine fails the test when there are problems.
func (b *bench) fine(problems string) {
	b.Helper()
	if problems != "" {
		b.Errorf("problems:\n%s", problems)
	}
}

// eth0 returns eth0's addresses by Observe, without the link-local one of the
// host; ours with a star.
func (b *bench) eth0() string {
	b.Helper()
	links, err := b.kernel.Observe()
	b.must(err)
	at := slices.IndexFunc(links, func(l node.Link) bool { return l.Name == "eth0" })
	if at < 0 {
		return "no eth0"
	}
	var list []string
	for _, a := range links[at].Addresses {
		switch {
		case a.Ours:
			list = append(list, a.Prefix.String()+"*")
		case !a.Prefix.Addr().IsLinkLocalUnicast():
			list = append(list, a.Prefix.String())
		}
	}
	return strings.Join(list, " ")
}

// expect compares eth0 with what it should be, soon, by Observe and as the host
// has it.
func (b *bench) expect(want string) {
	b.Helper()
	b.soon("eth0 has "+want, func() (string, bool) {
		got := b.eth0()
		return got, got == want
	})
	addrs, err := b.host.Addresses("eth0")
	b.must(err)
	there := map[string]bool{}
	for _, a := range addrs {
		there[a.String()] = true
	}
	for s := range strings.FieldsSeq(strings.ReplaceAll(want, "*", "")) {
		if !there[s] {
			b.Errorf("%s is not on eth0, which has %v", s, addrs)
		}
	}
}

// soon polls until is says true, or fails the test after a minute.
func (b *bench) soon(what string, is func() (got string, ok bool)) {
	b.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Minute); ; {
		got, ok := is()
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			b.Fatalf("not within a minute: %s\nbut it has %s", what, got)
		}
	}
}

// onBoth runs a test on this kernel, and on one that keeps no marks.
func onBoth(t *testing.T, f func(*bench)) {
	for name, old := range map[string]bool{"mark": false, "ledger": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.old = old
			b.restart()
			f(b)
		})
	}
}

func TestAddressesComeAndGo(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.fine(b.converge("10.0.0.100/32", "2001:db8::100/128", "fe80::200:5eff:fe00:201/128"))
		b.expect("10.0.0.1/24 10.0.0.100/32* 2001:db8::1/64 2001:db8::100/128* fe80::200:5eff:fe00:201/128*")
		b.fine(b.converge("10.0.0.101/32"))
		b.expect("10.0.0.1/24 10.0.0.101/32* 2001:db8::1/64")
		b.fine(b.converge())
		b.expect("10.0.0.1/24 2001:db8::1/64")
	})
}

func TestOursAreKnownAfterARestart(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.fine(b.converge("10.0.0.100/32", "10.0.0.101/32", "2001:db8::100/128"))
		b.restart()
		b.expect("10.0.0.1/24 10.0.0.100/32* 10.0.0.101/32* 2001:db8::1/64 2001:db8::100/128*")
		b.fine(b.converge("10.0.0.101/32"))
		b.expect("10.0.0.1/24 10.0.0.101/32* 2001:db8::1/64")
	})
}

func TestForeignAddressesAreNotTouched(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.must(b.host.AddAddress("eth0", "10.0.0.100/32"))
		b.must(b.host.AddAddress("eth0", "10.0.0.101/24"))
		b.must(b.host.AddAddress("eth0", "2001:db8::100/64"))
		got := b.converge("10.0.0.100/32", "10.0.0.101/32", "2001:db8::100/128", "10.0.0.102/32")
		want := "10.0.0.100/32: foreign address\n10.0.0.101/32: foreign address\n2001:db8::100/128: foreign address"
		if got != want {
			b.Errorf("problems\n%s\nwant\n%s", got, want)
		}
		b.restart()
		b.fine(b.converge())
		b.expect("10.0.0.1/24 10.0.0.100/32 10.0.0.101/24 2001:db8::1/64 2001:db8::100/64")
	})
}

func TestForeignAddressThatComesInBetween(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.must(b.host.AddAddress("eth0", "10.0.0.100/32"))
		o := op{verb: add, link: "eth0", index: b.index("eth0"), prefix: netip.MustParsePrefix("10.0.0.100/32")}
		b.kernel.act([]change{o}, map[any]error{}, unheard, always) // as if it had not been there when looked at
		if strings.Contains(b.eth0(), "*") {
			b.Errorf("taken for ours: %s", b.eth0())
		}
		b.restart()
		b.fine(b.converge())
		if !strings.Contains(b.eth0(), "10.0.0.100/32") {
			b.Errorf("removed: %s", b.eth0())
		}
	})
}

// index returns the index of a link.
func (b *bench) index(name string) int {
	links, err := b.kernel.Observe()
	b.must(err)
	return links[slices.IndexFunc(links, func(l node.Link) bool { return l.Name == name })].Index
}

func TestWhatSomebodyDeletedIsPutBack(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.fine(b.converge("10.0.0.100/32", "2001:db8::100/128"))
		b.must(b.host.DelAddress("eth0", "10.0.0.100/32"))
		b.must(b.host.DelAddress("eth0", "2001:db8::100/128"))
		b.fine(b.converge("10.0.0.100/32", "2001:db8::100/128"))
		b.expect("10.0.0.1/24 10.0.0.100/32* 2001:db8::1/64 2001:db8::100/128*")
	})
}

func TestInterfaceDownMissingAndBack(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.must(b.host.LinkDown("eth0"))
		if got := b.converge("10.0.0.100/32"); got != "10.0.0.100/32: interface eth0 is down" {
			b.Error(got)
		}
		b.must(b.host.DeleteLink("eth0"))
		if got := b.converge("10.0.0.100/32"); got != "10.0.0.100/32: interface eth0 does not exist" {
			b.Error(got)
		}
		b.must(b.host.Connect(b.segment, "eth0", "10.0.0.1/24"))
		b.fine(b.converge("10.0.0.100/32"))
		b.expect("10.0.0.1/24 10.0.0.100/32*")
	})
}

// TestOwnAddressDoesNotGoWithTheVIP is PROTOCOL-NOTES A7: an address of ours with
// a subnet came first, the host's own of that subnet later. With
// promote_secondaries=0 the kernel would remove both.
func TestOwnAddressDoesNotGoWithTheVIP(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.fine(b.converge("192.0.2.100/24 route", "192.0.2.101/24 route"))
		b.must(b.host.AddAddress("eth0", "192.0.2.1/24"))
		b.expect("10.0.0.1/24 192.0.2.100/24* 192.0.2.101/24* 192.0.2.1/24 2001:db8::1/64")
		b.fine(b.converge("192.0.2.100/32"))
		b.expect("10.0.0.1/24 192.0.2.1/24 192.0.2.100/32* 2001:db8::1/64")
		b.fine(b.converge())
		b.expect("10.0.0.1/24 192.0.2.1/24 2001:db8::1/64")
		if got := b.setting("promote_secondaries"); got != "0" {
			b.Errorf("promote_secondaries is %s afterwards, was 0", got)
		}
	})
}

// setting reads a setting of eth0.
func (b *bench) setting(name string) (value string) {
	b.must(b.host.Do(func() error {
		text, err := os.ReadFile("/proc/sys/net/ipv4/conf/eth0/" + name)
		value = strings.TrimSpace(string(text))
		return err
	}))
	return value
}

func TestVIPThatWentWithTheOwnAddressIsPutBack(t *testing.T) {
	b := newBench(t)
	b.must(b.host.AddAddress("eth0", "192.0.2.1/24"))
	b.fine(b.converge("192.0.2.100/24"))
	b.must(b.host.DelAddress("eth0", "192.0.2.1/24")) // takes its secondary with it
	b.expect("10.0.0.1/24 2001:db8::1/64")
	b.fine(b.converge("192.0.2.100/24 route"))
	b.expect("10.0.0.1/24 192.0.2.100/24* 2001:db8::1/64")
}

func TestPrefixAndRouteChange(t *testing.T) {
	b := newBench(t)
	b.fine(b.converge("192.0.2.100/24 route", "2001:db8:9::100/64 route"))
	b.routes("192.0.2.0", 1)
	b.fine(b.converge("192.0.2.100/24", "2001:db8:9::100/64"))
	b.expect("10.0.0.1/24 192.0.2.100/24* 2001:db8::1/64 2001:db8:9::100/64*")
	b.routes("192.0.2.0", 0)
	b.fine(b.converge("192.0.2.100/32", "2001:db8:9::100/128"))
	b.expect("10.0.0.1/24 192.0.2.100/32* 2001:db8::1/64 2001:db8:9::100/128*")
}

// routes checks how many routes go to an IPv4 subnet with zeroes at its end.
func (b *bench) routes(subnet string, want int) {
	b.Helper()
	out := &strings.Builder{}
	cmd := exec.Command("cat", "/proc/net/route")
	cmd.Stdout = out
	b.must(b.host.Run(cmd))
	a := netip.MustParseAddr(subnet).As4()
	hex := fmt.Sprintf("\t%08X\t", order.Uint32(a[:]))
	if got := strings.Count(out.String(), hex); got != want {
		b.Errorf("%d routes to %s, want %d:\n%s", got, subnet, want, out)
	}
}

func TestLinksAreObserved(t *testing.T) {
	b := newBench(t)
	b.must(b.host.Unplug("eth0"))
	b.must(b.host.Do(func() error {
		return os.WriteFile("/proc/sys/net/ipv6/conf/eth0/forwarding", []byte("1"), 0)
	}))
	links, err := b.kernel.Observe()
	b.must(err)
	b.restart()
	anew, err := b.kernel.Observe()
	b.must(err)
	for _, list := range [][]node.Link{links, anew} {
		l := list[slices.IndexFunc(list, func(l node.Link) bool { return l.Name == "eth0" })]
		if !l.Up || l.Running || !l.Forwards6 || l.MTU != 1500 || len(l.MAC) != 6 {
			t.Errorf("an unplugged router's link: %+v", l)
		}
	}
	if links[0].Name != "lo" || !links[0].Running {
		t.Errorf("the first link is %+v, want lo", links[0])
	}
}

func TestLinkLocalIsTheHostsOwn(t *testing.T) {
	b := newBench(t)
	b.fine(b.converge("fe80::200:5eff:fe00:201/128"))
	links, err := b.kernel.Observe()
	b.must(err)
	var own, ours int
	for _, a := range links[1].Addresses {
		switch {
		case !a.Prefix.Addr().IsLinkLocalUnicast():
		case a.Ours:
			ours++
		case !a.Tentative && !a.Failed:
			own++
		}
	}
	if own != 1 || ours != 1 {
		t.Errorf("%d own link-local addresses, %d ours; want one each of %+v", own, ours, links[1].Addresses)
	}
}

func TestLargeSet(t *testing.T) {
	const n = 1000
	onBoth(t, func(b *bench) {
		var wishes []string
		for i := range n {
			wishes = append(wishes, fmt.Sprintf("10.1.%d.%d/32", i/250, i%250+1))
		}
		began := time.Now()
		b.fine(b.converge(wishes...))
		if got := strings.Count(b.eth0(), "*"); got != n {
			b.Errorf("%d addresses, want %d", got, n)
		}
		b.Logf("%d addresses in %s", n, time.Since(began))
		b.restart()
		b.fine(b.converge())
		b.expect("10.0.0.1/24 2001:db8::1/64")
	})
}

func TestOverrunIsReadAnew(t *testing.T) {
	b := newBench(t)
	table := b.kernel.table.(*rtnetlink)
	b.must(setBuffer(table.events.fd, 4096))
	for i := range 200 {
		b.must(b.host.AddAddress("eth0", fmt.Sprintf("10.1.0.%d/32", i+1)))
	}
	if got := strings.Count(b.eth0(), "10.1.0."); got != 200 {
		t.Errorf("%d addresses after an overrun, want 200", got)
	}
	if len(table.changed) != 1 {
		t.Error("an overrun was not announced as a change")
	}
}

// watch runs Watch, and returns a count of its calls that can be waited for.
func (b *bench) watch() <-chan struct{} {
	calls := make(chan struct{}, 1000)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- b.kernel.Watch(ctx, func() { calls <- struct{}{} }) }()
	b.Cleanup(func() {
		stop()
		b.must(<-ended)
	})
	return calls
}

// await waits for a call.
func (b *bench) await(calls <-chan struct{}, what string) {
	b.Helper()
	select {
	case <-calls:
	case <-time.After(time.Minute):
		b.Fatalf("not told: %s", what)
	}
}

func TestWatchTellsWhatOthersDo(t *testing.T) {
	b := newBench(t)
	calls := b.watch()
	b.fine(b.converge("10.0.0.100/32", "2001:db8::100/128", "192.0.2.1/24 route"))
	b.fine(b.converge("10.0.0.101/32"))
	b.must(b.host.AddAddress("eth0", "10.0.0.7/24"))
	b.await(calls, "an address was added")
	b.expect("10.0.0.1/24 10.0.0.101/32* 10.0.0.7/24 2001:db8::1/64")
	if len(calls) > 0 {
		t.Error("own changes were told as well")
	}
	b.must(b.host.DelAddress("eth0", "10.0.0.101/32"))
	b.await(calls, "an address of ours was deleted")
	b.must(b.host.Unplug("eth0"))
	b.await(calls, "a link lost its carrier")
	b.must(b.host.LinkDown("eth0"))
	b.await(calls, "a link went down")
	b.must(b.host.DeleteLink("eth0"))
	b.await(calls, "a link was deleted")
}

func TestWatchTellsOnceMoreAfterAnother(t *testing.T) {
	b := newBench(t)
	for range 3 {
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error)
		called := make(chan struct{}, 10)
		go func() { ended <- b.kernel.Watch(ctx, func() { called <- struct{}{} }) }()
		b.must(b.host.AddAddress("eth0", "10.0.0.7/24"))
		b.await(called, "an address was added")
		b.must(b.host.DelAddress("eth0", "10.0.0.7/24"))
		b.await(called, "an address was deleted")
		stop()
		b.must(<-ended)
	}
}
