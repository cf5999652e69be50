package kernel

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/agent/node"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// wishes reads lines: addresses on eth0 ("10.0.0.100/32 label eth0:web"), "route …"
// and "rule …" in the words of ip(8).
func wishes(lines ...string) (w node.Wishes) {
	for _, l := range lines {
		what, rest, _ := strings.Cut(l, " ")
		switch what {
		case "route":
			w.Routes = append(w.Routes, readRoute(rest))
		case "rule":
			w.Rules = append(w.Rules, readRule(rest))
		default:
			how := readDetail(strings.Fields(rest))
			a := wish("eth0", what, how.route)
			a.Label, a.Scope = how.label, how.scope
			w.Addresses = append(w.Addresses, a)
		}
	}
	return w
}

// problems converges, and returns what is wrong in words.
func (b *bench) problems(lines ...string) string {
	held := b.kernel.whole(wishes(lines...))
	problems := append(wrong(held.Addresses), wrong(held.Routes)...)
	return strings.Join(append(problems, wrong(held.Rules)...), "\n")
}

// wrong returns what of held is wrong, or not there.
func wrong[T any](held []node.Held[T]) (problems []string) {
	for _, h := range held {
		if !h.Present || h.Problem != "" {
			problems = append(problems, fmt.Sprintf("%v: %s", h.Wish, h.Problem))
		}
	}
	return problems
}

// ways returns the routes and rules of a protocol as another program sees them.
func (b *bench) ways(protocol int) string {
	b.Helper()
	var lines []string
	b.must(b.host.Do(func() error {
		routes, err4 := netlink.RouteListFiltered(netlink.FAMILY_ALL, &netlink.Route{Protocol: netlink.RouteProtocol(protocol)}, netlink.RT_FILTER_PROTOCOL|netlink.RT_FILTER_TABLE)
		rules, err := netlink.RuleList(netlink.FAMILY_ALL)
		for _, r := range routes {
			lines = append(lines, fmt.Sprintf("route %s via %s src %s metric %d table %d scope %s", r.Dst, r.Gw, r.Src, r.Priority, r.Table, r.Scope))
		}
		for _, r := range rules {
			if int(r.Protocol) == protocol {
				lines = append(lines, fmt.Sprintf("rule priority %d from %s to %s iif %q fwmark %d lookup %d", r.Priority, r.Src, r.Dst, r.IifName, r.Mark, r.Table))
			}
		}
		return errors.Join(err4, err)
	}))
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// expectWays compares the routes and rules that are ours, as another program sees
// them, with those that should be.
func (b *bench) expectWays(want ...string) {
	b.Helper()
	slices.Sort(want)
	if got := b.ways(Mark); got != strings.Join(want, "\n") {
		b.Errorf("routes and rules\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// The texts of allWays, as wished and as another program sees them.
var (
	allWays = []string{
		"10.0.0.100/32", "2001:db8::100/128",
		"route default via 10.0.0.254 src 10.0.0.100 table 100",
		"route 192.0.2.0/24 via 10.0.0.254 dev eth0 metric 7",
		"route 198.51.100.0/24 dev eth0 scope link table 300",
		"route ::/0 via 2001:db8::fe src 2001:db8::100 table 100",
		"rule priority 100 from 10.0.0.100/32 lookup 100",
		"rule priority 101 to 192.0.2.0/24 iif eth0 fwmark 0x2a lookup 300",
		"rule -6 priority 100 from 2001:db8::100/128 lookup 100",
	}
	seenWays = []string{
		"route 0.0.0.0/0 via 10.0.0.254 src 10.0.0.100 metric 0 table 100 scope universe",
		"route 192.0.2.0/24 via 10.0.0.254 src <nil> metric 7 table 254 scope universe",
		"route 198.51.100.0/24 via <nil> src <nil> metric 0 table 300 scope link",
		"route ::/0 via 2001:db8::fe src 2001:db8::100 metric 1024 table 100 scope universe",
		`rule priority 100 from 10.0.0.100/32 to <nil> iif "" fwmark 0 lookup 100`,
		`rule priority 101 from <nil> to 192.0.2.0/24 iif "eth0" fwmark 42 lookup 300`,
		`rule priority 100 from 2001:db8::100/128 to <nil> iif "" fwmark 0 lookup 100`,
	}
)

func TestWaysComeAndGo(t *testing.T) {
	b := newBench(t)
	before := b.ways(unix.RTPROT_KERNEL)
	b.fine(b.problems(allWays...))
	b.expectWays(seenWays...)
	b.fine(b.problems(allWays...))
	b.expectWays(seenWays...)
	b.fine(b.problems())
	b.expectWays()
	if after := b.ways(unix.RTPROT_KERNEL); after != before {
		b.Errorf("the host's own were\n%s\nand are\n%s", before, after)
	}
}

// counted counts the changes to a table.
type counted struct {
	table
	done int
}

func (c *counted) do(x change) error {
	c.done++
	return c.table.do(x)
}

func TestWhatIsThereIsLeftAlone(t *testing.T) {
	onBoth(t, func(b *bench) {
		lines := append([]string{"10.0.0.101/32 label eth0:web scope link", "10.0.0.102/32 label eth0", "192.0.2.1/24 route"}, allWays...)
		if b.old {
			lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "rule") })
		}
		b.fine(b.problems(lines...))
		again := &counted{table: b.kernel.table}
		b.kernel.table = again
		b.fine(b.problems(lines...))
		if again.done != 0 {
			t.Errorf("%d changes to what was as wished", again.done)
		}
	})
}

// What the kernel tells of own changes is what it would answer, and nobody asks.
func TestOwnWaysAreNotReadAgain(t *testing.T) {
	b := newBench(t)
	table := b.kernel.table.(*rtnetlink)
	for _, lines := range [][]string{allWays, allWays[2:5], allWays, {"10.0.0.100/32", "route default via 10.0.0.253 table 100"}, nil} {
		b.fine(b.problems(lines...))
		if table.stale {
			t.Errorf("after %q: to be read again", lines)
		}
		told := table.routing
		table.readRouting()
		for what, same := range map[string]bool{
			"routes": sameSet(told.routes, table.routing.routes), "rules": sameSet(told.rules, table.routing.rules),
		} {
			if !same {
				t.Errorf("after %q: of %s it told\n%+v\nand has\n%+v", lines, what, told, table.routing)
			}
		}
	}
}

// sameSet says whether two lists hold the same, each once.
func sameSet[T comparable](a, b []T) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}

// Whoever replaces our route by one with our number takes it away.
func TestRouteReplacedUnderOurNumber(t *testing.T) {
	b := newBench(t)
	b.fine(b.problems("route default via 10.0.0.254 table 100"))
	_, all, _ := net.ParseCIDR("0.0.0.0/0")
	b.must(b.host.Do(func() error {
		return netlink.RouteReplace(&netlink.Route{Dst: all, Gw: net.ParseIP("10.0.0.253"), Table: 100, Protocol: Mark})
	}))
	b.fine(b.problems("route default via 10.0.0.254 table 100"))
	b.expectWays("route 0.0.0.0/0 via 10.0.0.254 src <nil> metric 0 table 100 scope universe")
}

func TestWaysAreKnownAfterARestart(t *testing.T) {
	b := newBench(t)
	b.fine(b.problems(allWays...))
	b.restart()
	b.fine(b.problems(allWays...))
	b.expectWays(seenWays...)
	b.restart()
	b.fine(b.problems())
	b.expectWays()
}

func TestRouteChangesInItsPlace(t *testing.T) {
	b := newBench(t)
	b.fine(b.problems("10.0.0.100/32", "route default via 10.0.0.254 table 100", "route ::/0 via 2001:db8::fe"))
	b.fine(b.problems("10.0.0.100/32", "route default via 10.0.0.253 src 10.0.0.100 table 100", "route ::/0 via 2001:db8::fd"))
	b.expectWays(
		"route 0.0.0.0/0 via 10.0.0.253 src 10.0.0.100 metric 0 table 100 scope universe",
		"route ::/0 via 2001:db8::fd src <nil> metric 1024 table 254 scope universe")
}

func TestForeignWaysAreNotTouched(t *testing.T) {
	b := newBench(t)
	theirs := func(change func() error) { b.Helper(); b.must(b.host.Do(change)) }
	gw := net.ParseIP("10.0.0.253")
	_, all, _ := net.ParseCIDR("0.0.0.0/0")
	theirs(func() error {
		return netlink.RouteAdd(&netlink.Route{Dst: all, Gw: gw, Table: 100, Protocol: unix.RTPROT_STATIC})
	})
	rule := netlink.NewRule()
	rule.Priority, rule.Table, rule.Protocol, rule.Family = 100, 100, unix.RTPROT_STATIC, unix.AF_INET
	theirs(func() error { return netlink.RuleAdd(rule) })
	before := b.ways(unix.RTPROT_STATIC)
	got := b.problems("route default via 10.0.0.254 table 100", "route default via 10.0.0.253 table 101", "rule priority 100 lookup 100")
	if want := "0.0.0.0/0 via 10.0.0.254 table 100: foreign route"; got != want {
		t.Errorf("problems\n%s\nwant\n%s", got, want)
	}
	b.fine(b.problems())
	b.expectWays()
	if after := b.ways(unix.RTPROT_STATIC); after != before || !strings.Contains(after, "rule") {
		t.Errorf("theirs were\n%s\nand are\n%s", before, after)
	}
}

func TestWhatTheKernelRefusesIsSaidAndBlocksNothing(t *testing.T) {
	b := newBench(t)
	got := b.problems("10.0.0.100/32", "route 192.0.2.0/24 via 172.16.0.1", "route default via 10.0.0.254 table 100",
		"route 198.51.100.0/24 src 172.16.0.9 dev eth0 scope link", "rule priority 100 lookup 100", "route 203.0.113.0/24 via 10.0.0.254 dev eth9")
	want := "192.0.2.0/24 via 172.16.0.1 table 254: ip route add 192.0.2.0/24 via 172.16.0.1 table 254 proto 112: network is unreachable: Nexthop has invalid gateway\n" +
		"198.51.100.0/24 dev eth0 src 172.16.0.9 scope link table 254: ip route add 198.51.100.0/24 dev eth0 src 172.16.0.9 scope link table 254 proto 112: invalid argument: Invalid prefsrc address\n" +
		"203.0.113.0/24 via 10.0.0.254 dev eth9 table 254: interface eth9 does not exist"
	if got != want {
		t.Errorf("problems\n%s\nwant\n%s", got, want)
	}
	b.expect("10.0.0.1/24 10.0.0.100/32* 2001:db8::1/64")
	b.expectWays("route 0.0.0.0/0 via 10.0.0.254 src <nil> metric 0 table 100 scope universe",
		`rule priority 100 from <nil> to <nil> iif "" fwmark 0 lookup 100`)
}

// The kernel takes routes away with their link or source address, some of them
// without a word.
func TestRoutesThatWentWithTheirLinkAreKnownToBeGone(t *testing.T) {
	b := newBench(t)
	lines := []string{"10.0.0.100/32", "route default via 10.0.0.254 table 100", "rule priority 100 iif eth0 lookup 100"}
	b.fine(b.problems(lines...))
	b.must(b.host.LinkDown("eth0"))
	if got := b.problems(lines...); !strings.Contains(got, "network is ") {
		t.Errorf("problems with the link down: %q", got)
	}
	b.must(b.host.LinkUp("eth0"))
	b.fine(b.problems(lines...))
	b.must(b.host.DeleteLink("eth0"))
	b.kernel.whole(wishes(lines...))
	b.must(b.host.Connect(b.segment, "eth0", "10.0.0.1/24"))
	b.fine(b.problems(lines...))
	b.expectWays("route 0.0.0.0/0 via 10.0.0.254 src <nil> metric 0 table 100 scope universe",
		`rule priority 100 from <nil> to <nil> iif "eth0" fwmark 0 lookup 100`)
}

func TestWatchTellsOfOurWays(t *testing.T) {
	b := newBench(t)
	calls := b.watch()
	b.fine(b.problems(allWays...))
	_, all, _ := net.ParseCIDR("0.0.0.0/0")
	b.must(b.host.Do(func() error { // of others, and of no interest
		return netlink.RouteAdd(&netlink.Route{Dst: all, Gw: net.ParseIP("10.0.0.254"), Protocol: unix.RTPROT_BGP})
	}))
	b.fine(b.problems(allWays...))
	if len(calls) > 0 {
		t.Error("own changes, or those of others' routes, were told")
	}
	b.must(b.host.Do(func() error { return netlink.RouteDel(&netlink.Route{Dst: all, Table: 100}) }))
	b.await(calls, "a route of ours was deleted")
	b.fine(b.problems(allWays...))
	b.expectWays(seenWays...)
	rule := netlink.NewRule()
	rule.Priority, rule.Family = 100, unix.AF_INET
	b.must(b.host.Do(func() error { return netlink.RuleDel(rule) }))
	b.await(calls, "a rule of ours was deleted")
	b.fine(b.problems(allWays...))
	b.expectWays(seenWays...)
}

func TestLabelAndScope(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.fine(b.problems("10.0.0.100/32 label eth0:web scope link", "10.0.0.101/32"))
		b.labels("10.0.0.1 eth0 universe", "10.0.0.100 eth0:web link", "10.0.0.101 eth0 universe")
		b.restart()
		b.fine(b.problems("10.0.0.100/32 label eth0:web scope link", "10.0.0.101/32 label eth0:db"))
		b.labels("10.0.0.1 eth0 universe", "10.0.0.100 eth0:web link", "10.0.0.101 eth0:db universe")
		b.fine(b.problems("10.0.0.100/32"))
		b.labels("10.0.0.1 eth0 universe", "10.0.0.100 eth0 universe")
	})
}

// labels compares the labels and scopes on eth0, as another program sees them.
func (b *bench) labels(want ...string) {
	b.Helper()
	var got []string
	b.must(b.host.Do(func() error {
		link, err := netlink.LinkByName("eth0")
		if err != nil {
			return err
		}
		list, err := netlink.AddrList(link, netlink.FAMILY_V4)
		for _, a := range list {
			got = append(got, fmt.Sprintf("%s %s %s", a.IP, a.Label, netlink.Scope(a.Scope)))
		}
		return err
	}))
	slices.SortFunc(got, cmp.Compare[string])
	if !slices.Equal(got, want) {
		b.Errorf("addresses %q, want %q", got, want)
	}
}

// What the kernel keeps no number of cannot be known again, and is not added.
func TestRulesOfAnOldKernel(t *testing.T) {
	b := newBench(t)
	b.old = true
	b.restart()
	if got := b.problems("rule priority 100 lookup 100"); !strings.Contains(got, "keeps no protocol number with rules") {
		t.Errorf("problems %q", got)
	}
	b.expectWays()
}

// A router may have a million routes of others, that change all the time.
func TestRoutesOfOthersAreNotHeard(t *testing.T) {
	b := newBench(t)
	table := b.kernel.table.(*rtnetlink)
	b.must(setBuffer(table.events.fd, 4096))
	b.fill(5000)
	began := time.Now()
	b.fine(b.problems("10.0.0.100/32", "route default via 10.0.0.254 table 100"))
	t.Logf("a route and an address beside %d of others in %s", 5000, time.Since(began))
	if len(table.changed) != 0 {
		t.Error("routes of others were told")
	}
}

// fill adds routes of a routing daemon.
func (b *bench) fill(n int) {
	b.Helper()
	b.must(b.host.Do(func() error {
		handle, err := netlink.NewHandle()
		if err != nil {
			return err
		}
		defer handle.Close()
		gw := net.ParseIP("10.0.0.254")
		for i := range n {
			dst := &net.IPNet{IP: net.IPv4(20+byte(i>>16), byte(i>>8), byte(i), 0).To4(), Mask: net.CIDRMask(24, 32)}
			if err := handle.RouteAdd(&netlink.Route{Dst: dst, Gw: gw, Protocol: unix.RTPROT_BGP}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// What is not known of routes keeps no address from its place.
func TestRoutesThatCannotBeReadBlockNothing(t *testing.T) {
	host := &fake{marks: true, ours: map[key]bool{}, links: []entry{{index: 1, name: "eth0", flags: unix.IFF_UP}}}
	host.ways.failure = errors.New("list routes: no buffer space available")
	held := on(t, host).whole(wishes("10.0.0.100/32", "route default via 10.0.0.254", "rule priority 100 lookup 100"))
	check(t, held.Addresses, "eth0 10.0.0.100/32 present=true ")
	problems := strings.Join(append(wrong(held.Routes), wrong(held.Rules)...), "\n")
	want := "0.0.0.0/0 via 10.0.0.254 table 254: list routes: no buffer space available\npriority 100 lookup 100: list routes: no buffer space available"
	if problems != want {
		t.Errorf("problems\n%s\nwant\n%s", problems, want)
	}
}
