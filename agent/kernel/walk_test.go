package kernel

import (
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/agent/node"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

// universe is the addresses that the walk plays with: of one IPv4 subnet and
// alone, of both lengths, IPv6 likewise.
var universe = []string{
	"10.0.0.1/24", "10.0.0.2/24", "10.0.0.3/24", "10.0.0.1/32", "10.0.0.2/32",
	"192.0.2.1/32", "2001:db8::1/64", "2001:db8::1/128", "fe80::1/128",
}

// TestWalk walks at random from one state of the host to the next, on kernels
// with and without address protocol numbers. In every state it fails each
// operation in turn, and then checks that
//   - what Converge says holds, does, and nothing else is said to;
//   - once it is tried again, the host holds what is wished;
//   - no foreign address has been touched.
//
// Meanwhile time passes, and addresses are refreshed: that brings none back.
func TestWalk(t *testing.T) {
	dir := t.TempDir()
	walks := 0
	rapid.Check(t, func(t *rapid.T) {
		walks++
		w := &walk{ledger: filepath.Join(dir, fmt.Sprint(walks))}
		w.host = &fake{marks: rapid.Bool().Draw(t, "marks"), ours: map[key]bool{}}
		for i, name := range []string{"eth0", "eth1"} {
			w.host.links = append(w.host.links, entry{index: i + 1, name: name, flags: unix.IFF_UP})
		}
		w.restart()
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			w.happen(t)
			w.converge(t, drawWishes(t))
		}
		w.converge(t, nil)
		if left := w.host.holds(true); len(left) > 0 {
			t.Errorf("left after an empty wish: %q", left)
		}
	})
}

// walk is a walk under way.
type walk struct {
	host   *fake
	kernel *Kernel
	ledger string // file
}

// restart makes the agent a new one, that knows what is on the links and in the
// ledger.
func (w *walk) restart() {
	log := slog.New(slog.DiscardHandler)
	w.kernel = &Kernel{table: w.host, ledger: newLedger(w.ledger, log), log: log}
}

// happen lets the world change: an operator adds or removes an address, ours
// included, a link goes up or down, the agent restarts. The agent looks at each
// change, as Watch makes it do.
func (w *walk) happen(t *rapid.T) {
	for range rapid.IntRange(0, 4).Draw(t, "events") {
		e := &w.host.links[rapid.IntRange(0, 1).Draw(t, "link")]
		p := netip.MustParsePrefix(rapid.SampledFrom(universe).Draw(t, "address"))
		switch rapid.SampledFrom([]string{"add", "remove", "link", "restart", "time", "refresh"}).Draw(t, "event") {
		case "add":
			_ = w.host.put(e, address{prefix: p, flags: unix.IFA_F_PERMANENT})
		case "time":
			w.host.pass(time.Duration(rapid.IntRange(1, 4).Draw(t, "seconds")) * time.Second)
		case "refresh":
			w.refresh(t, drawWishes(t))
		case "remove":
			_ = w.host.remove(e, op{prefix: p, company: rapid.Bool().Draw(t, "promote")})
		case "link":
			e.flags ^= unix.IFF_UP
		case "restart":
			w.restart()
		}
		if _, err := w.kernel.Observe(); err != nil {
			t.Fatal(err)
		}
	}
}

// refresh lets addresses last: those that are there, ours, and expire. Nothing
// else changes.
func (w *walk) refresh(t *rapid.T, wishes []node.Wish) {
	slices.SortStableFunc(wishes, func(a, b node.Wish) int { return a.Prefix.Compare(b.Prefix) })
	wishes = slices.CompactFunc(wishes, func(a, b node.Wish) bool { return a.Prefix == b.Prefix })
	ours, foreign, before := w.host.holds(true), w.host.holds(false), maps.Clone(w.host.left)
	if err := w.kernel.Refresh(wishes, always); err != nil {
		t.Error(err)
	}
	w.same(t, "ours", ours, w.host.holds(true))
	w.same(t, "foreign addresses", foreign, w.host.holds(false))
	for k, left := range w.host.left {
		at := slices.IndexFunc(wishes, func(x node.Wish) bool {
			return x.Interface == w.host.byIndex(k.index).name && x.Prefix == k.prefix && x.Lifetime > 0
		})
		want := before[k]
		if at >= 0 {
			want = wishes[at].Lifetime
		}
		if left != want {
			t.Errorf("%v lasts for %v, want %v", k, left, want)
		}
	}
}

// drawWishes draws what is to be.
func drawWishes(t *rapid.T) []node.Wish {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) node.Wish {
		w := wish(
			rapid.SampledFrom([]string{"eth0", "eth1", "eth9"}).Draw(t, "interface"),
			rapid.SampledFrom(universe).Draw(t, "address"),
			rapid.Bool().Draw(t, "route"))
		w.Lifetime = time.Duration(rapid.SampledFrom([]int{0, 2, 3}).Draw(t, "lifetime")) * time.Second
		return w
	}), 0, 6).Draw(t, "wishes")
}

// converge fails each operation in turn, on copies of the host, and then none.
func (w *walk) converge(t *rapid.T, wishes []node.Wish) {
	real := w.host
	for failAt := 1; ; failAt++ {
		w.host = real.clone()
		w.host.failAt = failAt
		w.kernel.table = w.host
		before := w.host.holds(false)
		w.check(t, wishes, w.kernel.addresses(wishes...))
		failed := w.host.done >= failAt
		w.host.failAt = 0
		w.check(t, wishes, w.kernel.addresses(wishes...))
		w.same(t, "foreign addresses", before, w.host.holds(false))
		w.same(t, "ours", w.host.should(wishes), w.host.holds(true))
		w.host.done = 0
		if !failed {
			return // and this copy is the host from now on
		}
		w.kernel.ledger.keep(nil, true)
		w.kernel.ledger.note(ledgerOf(real))
	}
}

// ledgerOf returns additions that put a host's truth in an empty ledger: a
// retry of the same step starts from the same ledger.
func ledgerOf(f *fake) []change {
	var ops []change
	for k := range f.ours {
		ops = append(ops, op{verb: add, link: f.byIndex(k.index).name, index: k.index, prefix: k.prefix})
	}
	return ops
}

// check compares what Converge said with the truth.
func (w *walk) check(t *rapid.T, wishes []node.Wish, held []node.Holding) {
	for i, h := range held {
		at := slices.IndexFunc(w.host.links, func(e entry) bool { return e.name == h.Wish.Interface })
		truth := at >= 0 && w.host.ours[key{at + 1, h.Wish.Prefix}]
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
	if len(held) < len(wishes) {
		t.Errorf("%d holdings for %d wishes", len(held), len(wishes))
	}
	if unsaid := len(w.host.holds(true)); unsaid > len(held) {
		t.Errorf("%d addresses are ours, %d told", unsaid, len(held))
	}
}

// same compares two lists of addresses.
func (w *walk) same(t *rapid.T, what string, want, got []string) {
	if diff := cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
