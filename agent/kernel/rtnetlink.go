package kernel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// rtnetlink is the table of the running kernel. It reads all of it once, and
// from then on what the kernel tells of changes, its own included, in the
// kernel's order: a read costs what has changed. When it may have missed
// something it reads all of it again.
type rtnetlink struct {
	mu       sync.Mutex
	requests *requests // nil until the first read
	events   *events
	buffer   []byte

	links   map[int]*entry // by index; nil: to be read anew
	routing routing        // as it was last read: its slices do not change
	stale   bool           // routing is to be read anew
	own     map[any]bool   // what do has touched and not heard of yet, maybe
	slow    map[int]bool   // links for whose addresses settle has waited in vain since the last read
	changed chan struct{}  // holds one when somebody else has changed something

	// unmarked makes it a kernel before Linux 5.18, for tests.
	unmarked bool
}

// open opens the sockets, once: the events first, so that nothing is missed.
func (t *rtnetlink) open() error {
	if t.requests != nil {
		return nil
	}
	events, err := openEvents()
	if err != nil {
		return err
	}
	requests, err := openRequests()
	if err != nil {
		return errors.Join(err, events.close())
	}
	t.events, t.requests = events, requests
	t.buffer = make([]byte, 1<<16)
	t.own, t.slow, t.changed = map[any]bool{}, map[int]bool{}, make(chan struct{}, 1)
	return nil
}

// read returns what is there.
func (t *rtnetlink) read() (tables, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.learn(); err != nil {
		return tables{}, err
	}
	clear(t.own)
	clear(t.slow)
	if t.stale {
		t.readRouting()
	}
	all := tables{routing: t.routing}
	for _, e := range t.links {
		all.links = append(all.links, e.clone())
	}
	slices.SortFunc(all.links, func(a, b entry) int { return cmp.Compare(a.index, b.index) })
	return all, nil
}

// learn brings links up to date.
func (t *rtnetlink) learn() error {
	if err := t.open(); err != nil {
		return err
	}
	if err := t.hear(); err != nil {
		return err
	}
	if t.links == nil {
		return t.readAll()
	}
	return nil
}

// readAll reads the whole table. Changes that come meanwhile, or that came
// before and have not been heard, are heard later: each is about one address,
// so that the last one about it is right in any case.
func (t *rtnetlink) readAll() error {
	links, err := t.requests.links()
	if err != nil {
		return err
	}
	addresses, err := t.requests.addresses()
	if err != nil {
		return err
	}
	settings, err := t.requests.netconf6()
	if err != nil {
		return err
	}
	t.links, t.stale = map[int]*entry{}, true
	t.tellAll(unix.RTM_NEWLINK, links)
	t.tellAll(unix.RTM_NEWADDR, addresses)
	t.tellAll(unix.RTM_NEWNETCONF, settings)
	if t.links == nil {
		return errors.New("read links and addresses: they change too fast")
	}
	return nil
}

// tellAll notes messages of one type.
func (t *rtnetlink) tellAll(kind uint16, bodies [][]byte) {
	for _, b := range bodies {
		t.tell(kind, b)
	}
}

// hear notes all the changes that wait in the socket.
func (t *rtnetlink) hear() error {
	for {
		messages, err := t.events.next(t.buffer)
		switch {
		case errors.Is(err, errOverrun):
			t.links = nil
			t.announce()
			continue
		case err != nil:
			return err
		case len(messages) == 0:
			return nil
		}
		for _, m := range messages {
			t.hearOne(m)
		}
	}
}

// hearOne notes one change, and announces it when it is somebody else's.
func (t *rtnetlink) hearOne(m syscall.NetlinkMessage) {
	changed, what := t.tell(m.Header.Type, m.Data)
	if changed && !t.own[what] {
		t.announce()
	}
}

// announce lets wait know that somebody else has changed something.
func (t *rtnetlink) announce() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// do carries out one change, and hears of it. The kernel may tell of a new IPv6
// address late only, so do notes a success itself. An address that is
// unexpectedly there, or is not, shows that links are not up to date.
func (t *rtnetlink) do(c change) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own[c.about()] = true
	if err := t.hear(); err != nil {
		return err
	}
	err := t.order(c)
	o, address := c.(op)
	switch {
	case !address:
		t.stale = t.stale || err != nil
	case err == nil:
		t.note(o)
		t.settle(o)
	case errors.Is(err, unix.EEXIST), errors.Is(err, unix.EADDRNOTAVAIL):
		t.links = nil
	}
	return errors.Join(err, t.hear())
}

// settling is how long a new IPv6 address is waited for. It is ready within milliseconds,
// but for an interface that is not.
const settling = 50 * time.Millisecond

// settle waits until the kernel has a route to an IPv6 address that was added. Until then
// it answers nobody, though the address stands in its list. Where one has been waited for
// in vain, the next ones of the link are not.
func (t *rtnetlink) settle(o op) {
	if o.verb != add || o.prefix.Addr().Is4() || t.slow[o.index] {
		return
	}
	for end := time.Now().Add(settling); !t.requests.local(o); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			t.slow[o.index] = true
			return
		}
	}
}

// note notes that o was carried out.
func (t *rtnetlink) note(o op) {
	e := t.links[o.index]
	if e == nil {
		return
	}
	at := e.find(o.prefix)
	switch {
	case o.verb == remove && at >= 0:
		e.addresses = slices.Delete(e.addresses, at, at+1)
	case o.verb == add && at < 0:
		e.addresses = append(e.addresses, o.address(!t.unmarked))
	case o.verb == renew && at >= 0:
		lasting := o.address(!t.unmarked).flags & unix.IFA_F_PERMANENT
		e.addresses[at].flags = e.addresses[at].flags&^unix.IFA_F_PERMANENT | lasting
	}
}

// order gives the order that c is.
func (t *rtnetlink) order(c change) error {
	switch o := c.(type) {
	case op:
		switch {
		case o.verb != remove:
			return t.requests.order(t.requests.put(o, !t.unmarked), o)
		case o.company:
			return t.requests.removeAlone(o)
		}
		return t.requests.remove(o)
	case routeOp:
		return t.requests.route(o)
	case ruleOp:
		return t.requests.rule(o)
	}
	panic(fmt.Sprintf("kernel: no order for a %T", c))
}

// wait calls changed after somebody else has changed the table, until ctx ends.
func (t *rtnetlink) wait(ctx context.Context, changed func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- t.events.wait(ctx, t.hearWaiting)
	}()
	for {
		select {
		case <-t.changed:
			changed()
		case err := <-ended:
			return err
		}
	}
}

// hearWaiting hears what waits. An error comes back with the next read.
func (t *rtnetlink) hearWaiting() {
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.hear()
}

// close closes the sockets.
func (t *rtnetlink) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.requests == nil {
		return nil
	}
	err := errors.Join(t.events.close(), t.requests.close())
	t.requests, t.events, t.links = nil, nil, nil
	return err
}
