package kernel

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"sync"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// Mark is the protocol number of what is ours: of addresses (IFA_PROTO; the kernel
// itself uses 0 to 3, keepalived 18), routes (RTPROT_…) and rules (FRA_PROTOCOL).
// As one of routes it has no other user in iproute2's rt_protos.
const Mark = 112

// Kernel is the links, addresses, routes and rules of the network namespace in
// which it is first used. Its methods may be called from any goroutine.
type Kernel struct {
	mu     sync.Mutex
	table  table
	ledger *ledger
	log    *slog.Logger

	// marks: the kernel has shown that it keeps address protocol numbers (Linux
	// 5.18), so that the ledger is not needed.
	marks bool
}

// table is the kernel's tables. Tests have their own.
type table interface {
	// read returns what is there.
	read() (tables, error)

	// do carries out one change. The error of the system call is in its chain.
	do(change) error

	// find returns those of the wishes' addresses that are there.
	find(wishes []node.Wish) ([]found, error)

	// renew lets addresses that are there last for their lifetimes from now on.
	renew(there []found) error

	// wait calls changed after somebody else has changed the table, until ctx
	// ends.
	wait(ctx context.Context, changed func()) error

	close() error
}

// tables is what a table holds.
type tables struct {
	links []entry // sorted by index
	routing
}

// host is tables as diff sees them.
type host struct {
	links []link
	routing
}

// New returns a Kernel that keeps its ledger in a file, whose folder exists.
// Nothing is opened before the first use.
func New(ledgerFile string, log *slog.Logger) *Kernel {
	return &Kernel{table: &rtnetlink{}, ledger: newLedger(ledgerFile, log), log: log}
}

// Observe returns all links with their addresses, sorted by index.
func (k *Kernel) Observe() ([]node.Link, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, err := k.observe()
	if err != nil {
		return nil, err
	}
	facts := make([]node.Link, len(h.links))
	for i, l := range h.links {
		facts[i] = l.Link
	}
	return facts, nil
}

// rounds is how often Converge looks again after it has acted: a change may
// have taken others with it, or somebody else may have come in between.
const rounds = 4

// errLater: an addition has not been tried yet.
var errLater = errors.New("not installed yet")

// Converge makes the host hold exactly what is wished among what is ours, on all
// interfaces, and returns what became of it. What could not be had, or removed,
// keeps nothing else from being so: a later Converge tries it again.
//
// It calls there for every wished address as soon as that is there. Before each
// addition it asks going: once that is false nothing more is added, though removed
// still, and more says whether something is left to add.
func (k *Kernel) Converge(w node.Wishes, there func(link string, a netip.Addr), going func() bool) (held node.Holdings, more bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	failed := map[any]error{}
	for round := range rounds {
		h, err := k.observe()
		if err != nil {
			return lost(w, err), false
		}
		if round == 0 {
			h.tell(w.Addresses, there)
		}
		changes := slices.DeleteFunc(changes(h, w), func(c change) bool { return failed[c.about()] != nil })
		if len(changes) == 0 {
			break
		}
		if more = k.act(changes, failed, there, going); more {
			break
		}
	}
	h, err := k.observe()
	if err != nil {
		return lost(w, err), false
	}
	return holdings(h, w, failed), more
}

// tell calls there for the wishes that have come true.
func (h host) tell(wishes []node.Wish, there func(string, netip.Addr)) {
	held := map[string]*addressSet{}
	for _, l := range h.links {
		held[l.Name] = newAddressSet(l.Addresses)
	}
	for _, w := range wishes {
		if on := held[w.Interface]; on != nil && on.ours(w.Prefix) {
			there(w.Interface, w.Prefix.Addr())
		}
	}
}

// changes returns what makes the host agree with the wishes, in order: addresses,
// routes and rules are added, then rules, routes and addresses removed.
func changes(h host, w node.Wishes) []change {
	addresses, oldAddresses := diff(h.links, w.Addresses)
	routes, oldRoutes := diffRoutes(h, w.Routes)
	rules, oldRules := diffRules(h, w.Rules)
	return slices.Concat(addresses, routes, rules, oldRules, oldRoutes, oldAddresses)
}

// act carries out changes in order, and notes which of them failed. What may have
// to be recognised later without a mark is in the ledger before it is added. Once
// going is false it only removes, and not what an addition is to replace; more says
// that it has left something out.
func (k *Kernel) act(changes []change, failed map[any]error, there func(string, netip.Addr), going func() bool) (more bool) {
	if !k.marks {
		k.ledger.note(changes)
	}
	waiting := map[spot]bool{} // of additions that are left out
	for i, c := range changes {
		if failed[c.about()] != nil {
			continue // it could not be removed, to be added otherwise
		}
		if !more && c.adds() && !going() {
			more, waiting = true, additions(changes[i:])
		}
		o, address := c.(op)
		switch {
		case more && c.adds():
			failed[c.about()] = errLater
			continue
		case address && waiting[o.spot()]:
			continue
		}
		if k.try(c, failed) && address && o.verb == add {
			there(o.link, o.prefix.Addr())
		}
	}
	return more
}

// try carries out one change, and notes whether it failed.
func (k *Kernel) try(c change, failed map[any]error) bool {
	err := k.table.do(c)
	k.log.Debug("change the kernel's tables", "command", c.String(), "error", err)
	if err == nil {
		return true
	}
	failed[c.about()] = err
	if o, ok := c.(op); ok && o.verb == add && errors.Is(err, unix.EEXIST) {
		k.ledger.strike(o) // it is somebody else's
	}
	return false
}

// Watch calls changed soon after links, addresses, or routes and rules of ours, have been changed by
// somebody else, several changes together where they come fast, until ctx ends.
// It returns nil then.
func (k *Kernel) Watch(ctx context.Context, changed func()) error {
	k.mu.Lock()
	_, err := k.table.read()
	k.mu.Unlock()
	if err != nil {
		return err
	}
	return k.table.wait(ctx, changed)
}

// Close closes what was opened. No address is changed.
func (k *Kernel) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.table.close()
}

// observe reads the table and says what is ours. What has gone from the links
// goes from the ledger: somebody else may put it there again.
func (k *Kernel) observe() (host, error) {
	t, err := k.table.read()
	if err != nil {
		return host{}, err
	}
	for _, e := range t.links {
		for _, a := range e.addresses {
			k.marks = k.marks || a.mark != 0
		}
	}
	h := host{links: make([]link, len(t.links)), routing: t.routing}
	for i, e := range t.links {
		h.links[i] = e.link(func(a address) bool { return k.ours(e, a) })
	}
	k.ledger.keep(h.links, k.marks)
	return h, nil
}

// ours says whether an address of a link is.
func (k *Kernel) ours(on entry, a address) bool {
	return a.mark == Mark || !k.marks && k.ledger.has(line{on.name, on.index, a.prefix})
}

// linkOf returns the link of that name.
func (h host) linkOf(name string) (link, bool) {
	for _, l := range h.links {
		if l.Name == name {
			return l, true
		}
	}
	return link{}, false
}

// nameOf returns the name of a link, empty when it has gone.
func (h host) nameOf(index int) string {
	for _, l := range h.links {
		if l.Index == index {
			return l.Name
		}
	}
	return ""
}
