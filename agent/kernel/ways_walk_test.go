package kernel

import (
	"log/slog"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hactl/agent/node"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

// The routes and rules that the walk plays with: several to a place, over either
// link, over the one behind which the gateway is, and over none that there is.
var (
	routeUniverse = []string{
		"default via 10.0.0.254 table 100", "default via 10.0.0.253 table 100", "default via 10.0.0.254 dev eth1 table 100",
		"default via 10.0.0.254", "192.0.2.0/24 dev eth0 scope link", "192.0.2.0/24 dev eth1 scope link", "192.0.2.0/24 dev eth9 scope link",
		"::/0 via fe80::1 dev eth0", "::/0 via fe80::1 dev eth0 metric 1024", "::/0 via fe80::2 dev eth1 metric 7",
	}
	ruleUniverse = []string{
		"priority 100 lookup 100", "-6 priority 100 lookup 100", "priority 100 from 10.0.0.100/32 lookup 100",
		"priority 100 iif eth0 lookup 100", "priority 101 fwmark 0x2a lookup 100",
	}
)

// TestWalkWays is TestWalk for routes and rules. In every state it fails each
// operation in turn, and then checks that
//   - what Converge says holds, does, and nothing else is said to;
//   - an address that is wished with them is there, unless it was it that failed;
//   - once it is tried again, the host holds what is wished and can be;
//   - nothing foreign has been touched.
func TestWalkWays(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		w := &wayWalk{ledger: filepath.Join(dir, "addresses")}
		w.host = &fake{marks: true, ours: map[key]bool{}, ways: ways{
			routes: map[place]owned[route]{}, rules: map[owned[node.Rule]]bool{}, far: map[netip.Addr]bool{}, down: map[int]bool{},
		}}
		for i, name := range []string{"eth0", "eth1"} {
			w.host.links = append(w.host.links, entry{index: i + 1, name: name, flags: unix.IFF_UP})
		}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			for range rapid.IntRange(0, 4).Draw(t, "events") {
				w.happen(t)
			}
			w.converge(t, drawWays(t))
		}
		w.converge(t, node.Wishes{})
		if left := w.host.ways.holds(true); len(left) > 0 {
			t.Errorf("left after an empty wish: %q", left)
		}
	})
}

// wayWalk is a walk under way.
type wayWalk struct {
	host   *fake
	ledger string // file
}

// happen lets the world change: an operator adds or removes routes and rules, ours
// included, a link goes up or down, a gateway moves away or near.
func (w *wayWalk) happen(t *rapid.T) {
	x := &w.host.ways
	r, rule := readRoute(rapid.SampledFrom(routeUniverse).Draw(t, "route")), readRule(rapid.SampledFrom(ruleUniverse).Draw(t, "rule"))
	switch rapid.SampledFrom([]string{"add", "remove", "link", "gateway"}).Draw(t, "event") {
	case "add":
		if _, taken := x.routes[placeOf(r)]; !taken {
			x.routes[placeOf(r)] = owned[route]{kept(r, 2), false}
		}
		x.rules[owned[node.Rule]{rule, false}] = true
	case "remove":
		delete(x.routes, placeOf(r))
		delete(x.rules, owned[node.Rule]{rule, rapid.Bool().Draw(t, "ours")})
	case "link":
		index := rapid.IntRange(1, 2).Draw(t, "link")
		w.host.byIndex(index).flags ^= unix.IFF_UP
		x.toggle(index)
	case "gateway":
		x.far[r.Via] = !x.far[r.Via] && r.Via.IsValid()
	}
}

// drawWays draws what is to be: an address among it.
func drawWays(t *rapid.T) node.Wishes {
	w := wishes("10.0.0.100/32")
	for _, s := range rapid.SliceOfN(rapid.SampledFrom(routeUniverse), 0, 5).Draw(t, "routes") {
		w.Routes = append(w.Routes, readRoute(s))
	}
	for _, s := range rapid.SliceOfN(rapid.SampledFrom(ruleUniverse), 0, 4).Draw(t, "rules") {
		w.Rules = append(w.Rules, readRule(s))
	}
	return w
}

// converge fails each operation in turn, on copies of the host, and then none. The
// agent is a new one each time.
func (w *wayWalk) converge(t *rapid.T, wish node.Wishes) {
	log := slog.New(slog.DiscardHandler)
	real := w.host
	for failAt := 1; ; failAt++ {
		w.host = real.clone()
		w.host.failAt = failAt
		before := w.host.ways.holds(false)
		k := &Kernel{table: w.host, ledger: newLedger(w.ledger, log), log: log}
		w.check(t, wish, k.whole(wish))
		failed := w.host.done >= failAt
		w.host.failAt = 0
		w.check(t, wish, k.whole(wish))
		w.same(t, "foreign", before, w.host.ways.holds(false))
		w.same(t, "ours", w.should(wish), w.host.ways.holds(true))
		w.host.done = 0
		if !failed {
			return // and this copy is the host from now on
		}
	}
}

// should returns what is ours when the wishes have come true as far as they can:
// written from the contract, not from diff.
func (w *wayWalk) should(wish node.Wishes) []string {
	lines := map[string]bool{}
	taken := map[place]bool{}
	for _, r := range wish.Routes {
		at := placeOf(r)
		index, known := map[string]int{"": 1, "eth0": 1, "eth1": 2}[r.Interface]
		there := w.host.ways.routes[at]
		foreign := there.it.index != 0 && !there.ours
		if r.Interface == "" && there.it.Via == r.Via {
			index = max(index, there.it.index) // over whatever link, if it was there
		}
		_, has := slices.BinarySearch(w.host.ways.holds(true), describe(at, kept(r, index)))
		if known && !taken[at] && !foreign && (has || !w.host.ways.unreachable(r, index)) {
			lines[describe(at, kept(r, index))] = true
		}
		taken[at] = true
	}
	for _, r := range wish.Rules {
		lines[describeRule(r)] = true
	}
	return slices.Sorted(maps.Keys(lines))
}

// check compares what Converge said with the truth.
func (w *wayWalk) check(t *rapid.T, wish node.Wishes, held node.Holdings) {
	x := w.host.ways
	for i, h := range held.Routes {
		kept, there := x.routes[placeOf(h.Wish)]
		truth := there && kept.ours && kept.it.is(h.Wish, w.host.byIndex(kept.it.index).name)
		said(t, h, truth, i, wish.Routes)
	}
	for i, h := range held.Rules {
		said(t, h, x.rules[owned[node.Rule]{h.Wish, true}], i, wish.Rules)
	}
	if len(held.Routes) < len(wish.Routes) || len(held.Rules) < len(wish.Rules) {
		t.Errorf("%d routes and %d rules told of %d and %d", len(held.Routes), len(held.Rules), len(wish.Routes), len(wish.Rules))
	}
	if unsaid := len(x.holds(true)); unsaid > len(held.Routes)+len(held.Rules) {
		t.Errorf("%d are ours, fewer told", unsaid)
	}
	for _, a := range held.Addresses[:len(wish.Addresses)] {
		if !a.Present && !strings.Contains(a.Problem, unix.ENOMEM.Error()) && w.host.links[0].flags&unix.IFF_UP != 0 {
			t.Errorf("address %v: %s", a.Wish, a.Problem)
		}
	}
}

// said checks what was said about one of several things.
func said[T comparable](t *rapid.T, h node.Held[T], truth bool, i int, wishes []T) {
	wished := i < len(wishes)
	if wished && h.Wish != wishes[i] {
		t.Errorf("holding %d is about %v, want %v", i, h.Wish, wishes[i])
	}
	if h.Present != truth {
		t.Errorf("%v: said to be present: %t, is: %t", h.Wish, h.Present, truth)
	}
	if wished && h.Present == (h.Problem != "") || !wished && h.Problem == "" {
		t.Errorf("%v: wished %t, present %t, problem %q", h.Wish, wished, h.Present, h.Problem)
	}
}

// same compares two lists.
func (w *wayWalk) same(t *rapid.T, what string, want, got []string) {
	if diff := cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
