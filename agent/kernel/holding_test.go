package kernel

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// deaf is a kernel's table that cannot be read.
type deaf struct{ fake }

func (*deaf) read() (tables, error) {
	return tables{}, errors.New("list links: no buffer space available")
}

// on returns a Kernel on a table.
func on(t *testing.T, table table) *Kernel {
	log := slog.New(slog.DiscardHandler)
	return &Kernel{table: table, ledger: newLedger(filepath.Join(t.TempDir(), "addresses"), log), log: log}
}

// addresses converges to addresses alone.
func (k *Kernel) addresses(wishes ...node.Wish) []node.Holding {
	return k.whole(node.Wishes{Addresses: wishes}).Addresses
}

// whole converges without a pause.
func (k *Kernel) whole(w node.Wishes) node.Holdings {
	held, _ := k.Converge(w, unheard, always)
	return held
}

// unheard is told of addresses that are there, and does nothing.
func unheard(string, netip.Addr) {}

// always lets additions go on.
func always() bool { return true }

// told returns holdings as text.
func told(held []node.Holding) string {
	var lines []string
	for _, h := range held {
		lines = append(lines, fmt.Sprintf("%s %s present=%t %s", h.Wish.Interface, h.Wish.Prefix, h.Present, h.Problem))
	}
	return strings.Join(lines, "\n")
}

// check compares holdings with lines of text.
func check(t *testing.T, held []node.Holding, want ...string) {
	t.Helper()
	if got := told(held); got != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestWhatCouldNotBeRemovedIsToldAndTriedAgain(t *testing.T) {
	host := &fake{marks: true, ours: map[key]bool{}, links: []entry{{index: 1, name: "eth0", flags: unix.IFF_UP}}}
	k := on(t, host)
	old, next := wish("eth0", "10.0.0.100/32", false), wish("eth0", "10.0.0.101/32", false)
	check(t, k.addresses(old), "eth0 10.0.0.100/32 present=true ")

	host.failAt = host.done + 2 // the addition, then the removal
	check(t, k.addresses(next),
		"eth0 10.0.0.101/32 present=true ",
		"eth0 10.0.0.100/32 present=true ip address delete 10.0.0.100/32 dev eth0: cannot allocate memory")
	check(t, k.addresses(next), "eth0 10.0.0.101/32 present=true ")
}

func TestWhatCannotBeHadIsTold(t *testing.T) {
	host := &fake{marks: true, ours: map[key]bool{}, links: []entry{
		{index: 1, name: "eth0", flags: unix.IFF_UP}, {index: 2, name: "eth1"},
	}}
	host.failAt = 1
	check(t, on(t, host).addresses(
		wish("eth0", "10.0.0.100/32", false),
		wish("eth1", "10.0.0.100/32", false),
		wish("eth9", "10.0.0.100/32", false),
		wish("eth0", "2001:db8::1/128", false),
		wish("eth0", "2001:db8::1/64", true),
	),
		"eth0 10.0.0.100/32 present=false ip address add 10.0.0.100/32 dev eth0 noprefixroute: cannot allocate memory",
		"eth1 10.0.0.100/32 present=false interface eth1 is down",
		"eth9 10.0.0.100/32 present=false interface eth9 does not exist",
		"eth0 2001:db8::1/128 present=true ",
		"eth0 2001:db8::1/64 present=false wished with another prefix length, too")
}

func TestNothingIsSaidToHoldUnseen(t *testing.T) {
	check(t, on(t, &deaf{}).addresses(wish("eth0", "10.0.0.100/32", false)),
		"eth0 10.0.0.100/32 present=false list links: no buffer space available")
}

// What is left out for now is told so, and a removal does not wait for it, unless
// it makes room for it.
func TestAdditionsPause(t *testing.T) {
	host := &fake{marks: true, ours: map[key]bool{}, links: []entry{{index: 1, name: "eth0", flags: unix.IFF_UP}}}
	k := on(t, host)
	check(t, k.addresses(wish("eth0", "10.0.0.1/32", false), wish("eth0", "10.0.0.2/32", false), wish("eth0", "2001:db8::1/128", false)),
		"eth0 10.0.0.1/32 present=true ", "eth0 10.0.0.2/32 present=true ", "eth0 2001:db8::1/128 present=true ")
	next := node.Wishes{Addresses: []node.Wish{
		wish("eth0", "10.0.0.3/32", false), wish("eth0", "10.0.0.4/32", false),
		wish("eth0", "10.0.0.1/24", true), wish("eth0", "2001:db8::1/64", true),
	}}
	var heard []string
	there := func(link string, a netip.Addr) { heard = append(heard, a.String()) }
	held, more := k.Converge(next, there, func() bool { return len(heard) == 0 })
	check(t, held.Addresses,
		"eth0 10.0.0.3/32 present=true ",
		"eth0 10.0.0.4/32 present=false not installed yet",
		"eth0 10.0.0.1/24 present=false not installed yet",
		"eth0 2001:db8::1/64 present=false not installed yet",
		"eth0 10.0.0.1/32 present=true not removed yet",
		"eth0 2001:db8::1/128 present=true not removed yet")
	if !more {
		t.Error("there is nothing more to do")
	}
	held, more = k.Converge(next, there, always)
	check(t, held.Addresses,
		"eth0 10.0.0.3/32 present=true ", "eth0 10.0.0.4/32 present=true ",
		"eth0 10.0.0.1/24 present=true ", "eth0 2001:db8::1/64 present=true ")
	if got := strings.Join(heard, " "); more || got != "10.0.0.3 10.0.0.3 10.0.0.4 10.0.0.1 2001:db8::1" {
		t.Errorf("more %t, heard of %s", more, got)
	}
}
