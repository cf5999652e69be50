package kernel

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"hactl/agent/node"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// lasting returns wishes for addresses on eth0 that last so long.
func lasting(d time.Duration, prefixes ...string) []node.Wish {
	var wishes []node.Wish
	for _, p := range prefixes {
		w := wish("eth0", p, false)
		w.Lifetime = d
		wishes = append(wishes, w)
	}
	return wishes
}

// late is the most by which the kernel is late to remove an address.
const late = 700 * time.Millisecond

// patience is what a busy machine may add to that.
const patience = 3 * time.Second

// TestWhatIsNotRefreshedGoes: in time, in both families, and a refresh does not
// bring it back.
func TestWhatIsNotRefreshedGoes(t *testing.T) {
	onBoth(t, func(b *bench) {
		wishes := lasting(2*time.Second, "10.0.0.100/32", "2001:db8::100/128")
		b.fine(strings.Join(wrong(b.kernel.addresses(wishes...)), "\n"))
		both := "10.0.0.1/24 10.0.0.100/32* 2001:db8::1/64 2001:db8::100/128*"
		b.expect(both)
		end := time.Now().Add(4 * time.Second)
		for tick := range time.Tick(500 * time.Millisecond) {
			b.must(b.kernel.Refresh(wishes, always))
			if got := b.eth0(); got != both {
				t.Fatalf("while it is refreshed eth0 has %s", got)
			}
			if tick.After(end) {
				break
			}
		}
		refreshed := time.Now()
		b.soon("nothing of ours", func() (string, bool) {
			got := b.eth0()
			return got, !strings.Contains(got, "*")
		})
		if gone := time.Since(refreshed); gone < time.Second || gone > 2*time.Second+late+patience {
			t.Errorf("gone %v after the last refresh", gone)
		}
		b.must(b.kernel.Refresh(wishes, always))
		b.expect("10.0.0.1/24 2001:db8::1/64")
	})
}

// TestRefreshLeavesForeignAddressesAlone: PROTOCOL-NOTES A5 would let them expire.
func TestRefreshLeavesForeignAddressesAlone(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.must(b.host.AddAddress("eth0", "10.0.0.100/32"))
		b.must(b.host.AddAddress("eth0", "2001:db8::100/128"))
		wishes := lasting(time.Second, "10.0.0.100/32", "2001:db8::100/128", "10.0.0.1/24", "10.0.0.101/32")
		b.kernel.addresses(wishes...)
		b.must(b.kernel.Refresh(wishes, always))
		for p, a := range b.raw() {
			if ours := p == netip.MustParsePrefix("10.0.0.101/32"); a.expires() != ours || ours && !b.old && a.mark != Mark || !ours && a.mark == Mark {
				t.Errorf("%v: flags %#x, mark %d", p, a.flags, a.mark)
			}
		}
	})
}

// TestRefreshTakesNoLease: a foreign address that expires, as DHCP's do, is not ours.
func TestRefreshTakesNoLease(t *testing.T) {
	b := newBench(t)
	lease := netip.MustParsePrefix("10.0.0.100/32")
	b.must(b.host.Do(func() error {
		link, err := netlink.LinkByName("eth0")
		if err != nil {
			return err
		}
		to := &net.IPNet{IP: lease.Addr().AsSlice(), Mask: net.CIDRMask(32, 32)}
		return netlink.AddrAdd(link, &netlink.Addr{IPNet: to, ValidLft: 100, PreferedLft: 100})
	}))
	wishes := lasting(time.Second, "10.0.0.100/32")
	b.kernel.addresses(wishes...)
	before := b.raw()[lease]
	b.must(b.kernel.Refresh(wishes, always))
	if a := b.raw()[lease]; a != before || !a.expires() || a.mark == Mark {
		t.Errorf("it was %+v, is %+v", before, a)
	}
}

// TestRefreshChangesNoKind: one that is older than the plan by which an address stays
// does not let it expire, nor the reverse.
func TestRefreshChangesNoKind(t *testing.T) {
	onBoth(t, func(b *bench) {
		for _, lifetime := range []time.Duration{0, 10 * time.Second} {
			b.fine(strings.Join(wrong(b.kernel.addresses(lasting(lifetime, "10.0.0.100/32", "2001:db8::100/128")...)), "\n"))
			b.must(b.kernel.Refresh(lasting(10*time.Second-lifetime, "10.0.0.100/32", "2001:db8::100/128"), always))
			for p, a := range b.raw() {
				if b.isOurs(p) && a.expires() != (lifetime > 0) {
					t.Errorf("%v was to last %v, and has flags %#x", p, lifetime, a.flags)
				}
			}
		}
	})
}

// TestRefreshThatComesTooLate: who was held up refreshes nothing.
func TestRefreshThatComesTooLate(t *testing.T) {
	b := newBench(t)
	wishes := lasting(time.Second, "10.0.0.100/32", "2001:db8::100/128")
	b.fine(strings.Join(wrong(b.kernel.addresses(wishes...)), "\n"))
	b.must(b.kernel.Refresh(lasting(time.Hour, "10.0.0.100/32", "2001:db8::100/128"), func() bool { return false }))
	b.soon("nothing of ours", func() (string, bool) {
		got := b.eth0()
		return got, !strings.Contains(got, "*")
	})
}

// raw returns the global addresses of all links as the kernel has them.
func (b *bench) raw() map[netip.Prefix]address {
	b.Helper()
	bodies, err := b.kernel.table.(*rtnetlink).requests.addresses()
	b.must(err)
	all := map[netip.Prefix]address{}
	for _, body := range bodies {
		_, a, err := decodeAddress(body)
		b.must(err)
		if !a.prefix.Addr().IsLinkLocalUnicast() && !a.prefix.Addr().IsLoopback() {
			all[a.prefix] = a
		}
	}
	return all
}

// TestRefreshRepeatsEverything: what a refresh did not say the kernel would forget
// (PROTOCOL-NOTES A4).
func TestRefreshRepeatsEverything(t *testing.T) {
	b := newBench(t)
	wishes := lasting(10*time.Second, "10.0.0.100/32", "2001:db8::100/128", "192.0.2.1/24")
	wishes[0].Label, wishes[0].Scope = "eth0:web", node.ScopeLink
	wishes[2].Route = true
	b.fine(strings.Join(wrong(b.kernel.addresses(wishes...)), "\n"))
	before := b.raw()
	b.must(b.kernel.Refresh(wishes, always))
	for p, a := range b.raw() {
		if before[p] != a {
			t.Errorf("%v was %+v, is %+v", p, before[p], a)
		}
	}
	if v6 := before[wishes[1].Prefix].flags; v6&unix.IFA_F_DEPRECATED == 0 || v6&unix.IFA_F_NODAD == 0 || v6&unix.IFA_F_PERMANENT != 0 {
		t.Errorf("the IPv6 address has flags %#x", v6)
	}
}

// TestLifetimeChangesInPlace: of one that was there before, too.
func TestLifetimeChangesInPlace(t *testing.T) {
	onBoth(t, func(b *bench) {
		for _, lifetime := range []time.Duration{0, 10 * time.Second, 0, 5 * time.Second} {
			b.restart()
			var log bytes.Buffer
			b.kernel.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			b.fine(strings.Join(wrong(b.kernel.addresses(lasting(lifetime, "10.0.0.100/32", "2001:db8::100/128")...)), "\n"))
			if strings.Contains(log.String(), "delete") {
				t.Errorf("to last %v: %s", lifetime, log.String())
			}
			for p, a := range b.raw() {
				if b.isOurs(p) && a.expires() != (lifetime > 0) {
					t.Errorf("%v is to last %v, and has flags %#x", p, lifetime, a.flags)
				}
			}
		}
	})
}

// isOurs says whether a prefix is one that the tests wish for.
func (b *bench) isOurs(p netip.Prefix) bool {
	return p.Addr() == netip.MustParseAddr("10.0.0.100") || p.Addr() == netip.MustParseAddr("2001:db8::100")
}

// TestRefreshIsNoNews: nobody looks at the links for it (PROTOCOL-NOTES A3).
func TestRefreshIsNoNews(t *testing.T) {
	b := newBench(t)
	wishes := lasting(10*time.Second, "10.0.0.100/32", "2001:db8::100/128")
	b.fine(strings.Join(wrong(b.kernel.addresses(wishes...)), "\n"))
	b.eth0()
	changed := make(chan struct{}, 100)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.kernel.Watch(ctx, func() { changed <- struct{}{} }) }()
	for range 20 {
		b.must(b.kernel.Refresh(wishes, always))
	}
	b.must(b.host.AddAddress("eth0", "10.0.0.9/32"))
	<-changed
	stop()
	b.must(<-ended)
	if len(changed) > 0 {
		t.Errorf("%d changes more than the one that somebody else made", len(changed))
	}
}
