package kernel

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// Mark is the address protocol number (IFA_PROTO) of the addresses that are
// ours. The kernel itself uses 0 to 3, keepalived 18.
const Mark = 112

// Kernel is the links and addresses of the network namespace in which it is
// first used. Its methods may be called from any goroutine.
type Kernel struct {
	mu     sync.Mutex
	table  table
	ledger *ledger
	log    *slog.Logger

	// marks: the kernel has shown that it keeps address protocol numbers (Linux
	// 5.18), so that the ledger is not needed.
	marks bool
}

// table is the kernel's table of links and addresses. Tests have one of their
// own.
type table interface {
	// read returns the links as they are, sorted by index.
	read() ([]entry, error)

	// do carries out one change. The error of the system call is in its chain.
	do(op) error

	// wait calls changed after somebody else has changed the table, until ctx
	// ends.
	wait(ctx context.Context, changed func()) error

	close() error
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
	links, err := k.observe()
	if err != nil {
		return nil, err
	}
	facts := make([]node.Link, len(links))
	for i, l := range links {
		facts[i] = l.Link
	}
	return facts, nil
}

// rounds is how often Converge looks again after it has acted: a change may
// have taken others with it, or somebody else may have come in between.
const rounds = 4

// Converge makes the host hold exactly the wished addresses among those that
// are ours, on all interfaces, and returns what became of each wish, in order.
// Addresses that are ours and not wished, but could not be removed, follow:
// they are Present and have a Problem. A later Converge tries again what failed.
func (k *Kernel) Converge(wishes []node.Wish) []node.Holding {
	k.mu.Lock()
	defer k.mu.Unlock()
	failed := map[key]error{}
	for range rounds {
		links, err := k.observe()
		if err != nil {
			return unknown(wishes, err)
		}
		ops := slices.DeleteFunc(diff(links, wishes), func(o op) bool { return failed[o.key()] != nil })
		if len(ops) == 0 {
			break
		}
		k.act(ops, failed)
	}
	links, err := k.observe()
	if err != nil {
		return unknown(wishes, err)
	}
	return holdings(links, wishes, failed)
}

// act carries out ops in order, and notes which of them failed. What may have
// to be recognised later without a mark is in the ledger before it is added.
func (k *Kernel) act(ops []op, failed map[key]error) {
	if !k.marks {
		k.ledger.note(ops)
	}
	for _, o := range ops {
		if failed[o.key()] != nil {
			continue // it could not be removed, to be added otherwise
		}
		err := k.table.do(o)
		k.log.Debug("change address", "command", o.String(), "error", err)
		if err == nil {
			continue
		}
		failed[o.key()] = err
		if o.verb == add && errors.Is(err, unix.EEXIST) {
			k.ledger.strike(o) // it is somebody else's
		}
	}
}

// Watch calls changed soon after links or addresses have been changed by
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
func (k *Kernel) observe() ([]link, error) {
	entries, err := k.table.read()
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		for _, a := range e.addresses {
			k.marks = k.marks || a.mark != 0
		}
	}
	links := make([]link, len(entries))
	for i, e := range entries {
		links[i] = e.link(func(a address) bool {
			return a.mark == Mark || !k.marks && k.ledger.has(line{e.name, e.index, a.prefix})
		})
	}
	k.ledger.keep(links, k.marks)
	return links, nil
}
