package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hactl/agent"
	"hactl/agent/node"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// fakeKernel is a host whose links and addresses are what a test says.
type fakeKernel struct {
	mu        sync.Mutex
	links     []node.Link
	failure   error                   // of Observe
	holdings  []node.Holding          // of Converge
	routes    []node.Held[node.Route] // likewise
	observed  []time.Time
	converged []time.Time
	watched   []time.Time
	unwatched int           // watches that have ended
	linger    time.Duration // of a watch, after it has been told to end
	changed   func()
	hold      chan struct{} // Observe waits until it is closed; nil: it does not
	held      chan struct{} // gets one when Observe waits
}

func (k *fakeKernel) Observe() ([]node.Link, error) {
	k.mu.Lock()
	k.observed = append(k.observed, time.Now())
	links, err, hold := k.links, k.failure, k.hold
	k.mu.Unlock()
	if hold != nil {
		k.held <- struct{}{}
		<-hold
	}
	return links, err
}

func (k *fakeKernel) Converge(node.Wishes, func(string, netip.Addr), func() bool) (node.Holdings, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.converged = append(k.converged, time.Now())
	return node.Holdings{Addresses: k.holdings, Routes: k.routes}, false
}

func (k *fakeKernel) Refresh([]node.Wish, func() bool) error { return nil }

// Alarm is one of virtual time, but for an instant of the real clock, as the agent's is.
func (k *fakeKernel) Alarm(ring func()) (set func(time.Duration), stop func(), err error) {
	timer := time.AfterFunc(time.Hour, ring)
	timer.Stop()
	set = func(at time.Duration) {
		if at == 0 {
			timer.Stop()
			return
		}
		var now unix.Timespec
		_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &now)
		timer.Reset(at - time.Duration(now.Nano()))
	}
	return set, func() { timer.Stop() }, nil
}

// Watch fails at once the first time.
func (k *fakeKernel) Watch(ctx context.Context, changed func()) error {
	k.mu.Lock()
	k.watched = append(k.watched, time.Now())
	first := len(k.watched) == 1
	k.changed = changed
	k.mu.Unlock()
	if first {
		return fmt.Errorf("netlink is full")
	}
	<-ctx.Done()
	<-time.After(k.linger)
	k.set(func(k *fakeKernel) { k.unwatched++ })
	return ctx.Err()
}

// set changes what the kernel says.
func (k *fakeKernel) set(f func(*fakeKernel)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f(k)
}

// tell says that something has changed.
func (k *fakeKernel) tell() { k.watching()() }

// watching returns whom to tell; nil while nobody watches.
func (k *fakeKernel) watching() func() {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changed
}

// count returns how long a list is by now.
func (k *fakeKernel) count(list *[]time.Time) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(*list)
}

// fakeStore is a store of one host, lb01.
type fakeStore struct {
	mu      sync.Mutex
	plan    []byte // nil: none
	good    []byte
	intents []byte // nil: none
	marks   []uint64
	reports []status.Host
	changed func()
	reading int // calls of Plan that are under way
	most    int // of reading
	reads   int
	slow    time.Duration // that Plan takes
	writing chan struct{} // PutStatus takes one before it writes; nil: it does not wait

	histories map[string][]byte // of upgrades, by name

	unwritable error // of SaveHistory
	unreadable error // of Intents, when there are some
	trial      []byte
	full       error // of SaveTrial and ReplacePlan
}

func (s *fakeStore) Plan(ctx context.Context, host string) ([]byte, error) {
	s.mu.Lock()
	s.reads++
	s.reading++
	s.most = max(s.most, s.reading)
	data, slow := s.plan, s.slow
	s.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-ctx.Done():
		}
	}
	s.mu.Lock()
	s.reading--
	s.mu.Unlock()
	if data == nil || host != "lb01" {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

func (s *fakeStore) Intents(_ context.Context, host string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.intents == nil || host != "lb01" {
		return nil, fs.ErrNotExist
	}
	return s.intents, s.unreadable
}

func (s *fakeStore) WatchIntents(ctx context.Context, host string, changed func()) error {
	<-ctx.Done()
	return ctx.Err()
}

func (s *fakeStore) Hosts(context.Context) ([]string, error) { return nil, nil }

func (s *fakeStore) Watch(ctx context.Context, _ string, changed func()) error {
	s.mu.Lock()
	s.changed = changed
	s.mu.Unlock()
	<-ctx.Done()
	return ctx.Err()
}

func (s *fakeStore) PutStatus(_ string, report func(io.Writer) error) error {
	if s.writing != nil {
		<-s.writing
	}
	var data bytes.Buffer
	var host status.Host
	if err := errors.Join(report(&data), json.Unmarshal(data.Bytes(), &host)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports = append(s.reports, host)
	return nil
}

func (s *fakeStore) Good(string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good == nil {
		return nil, fs.ErrNotExist
	}
	return s.good, nil
}

func (s *fakeStore) SaveGood(_ string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.good = data
	return nil
}

func (s *fakeStore) History(_, upgrade string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.histories[upgrade]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

func (s *fakeStore) SaveHistory(_, upgrade string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unwritable != nil {
		return s.unwritable
	}
	if s.histories == nil {
		s.histories = map[string][]byte{}
	}
	s.histories[upgrade] = data
	return nil
}

func (s *fakeStore) Trial(host string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trial == nil || host != "lb01" {
		return nil, fs.ErrNotExist
	}
	return s.trial, nil
}

func (s *fakeStore) SaveTrial(_ string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full == nil {
		s.trial = data
	}
	return s.full
}

func (s *fakeStore) ReplacePlan(_ context.Context, _ string, doc, over []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.full != nil:
		return s.full
	case !bytes.Equal(s.plan, over):
		return fmt.Errorf("somebody else has changed it")
	}
	s.plan = doc
	return nil
}

func (s *fakeStore) Sequence(string) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.marks) == 0 {
		return 0, fs.ErrNotExist
	}
	return s.marks[len(s.marks)-1], nil
}

func (s *fakeStore) SaveSequence(_ string, mark uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks = append(s.marks, mark)
	return nil
}

// publish replaces the plan by one of these routers, and says so. It returns the
// plan's hash.
func (s *fakeStore) publish(t *testing.T, routers ...plan.Router) string {
	t.Helper()
	return s.put(t, &plan.Plan{Host: "lb01", Routers: routers})
}

// put replaces the plan, and says so. It returns the plan's hash.
func (s *fakeStore) put(t *testing.T, p *plan.Plan) string {
	t.Helper()
	data, err := plan.Encode(p, plan.Envelope{AppliedBy: "test"})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := plan.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.plan = data
	changed := s.changed
	s.mu.Unlock()
	if changed != nil {
		changed()
	}
	return doc.Hash
}

// written returns the reports that have been written.
func (s *fakeStore) written() []status.Host {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]status.Host(nil), s.reports...)
}

// last returns the newest report.
func (s *fakeStore) last(t *testing.T) status.Host {
	t.Helper()
	all := s.written()
	if len(all) == 0 {
		t.Fatal("no report has been written")
	}
	return all[len(all)-1]
}

// bench is an agent on a fake host, which has no interface at first.
type bench struct {
	*agent.Agent
	kernel *fakeKernel
	store  *fakeStore
	log    *logged
	ended  chan error // what Run returned
}

// newBench builds one and does not start it. socket may be empty.
func newBench(socket string) *bench { return newBenchOf(agent.Config{Socket: socket}) }

// newBenchOf builds one of a configuration that lacks what all have in common.
func newBenchOf(cfg agent.Config) *bench {
	b := &bench{kernel: &fakeKernel{}, store: &fakeStore{}, log: &logged{}, ended: make(chan error, 1)}
	cfg.Host, cfg.Version, cfg.Log = "lb01", "test", slog.New(slog.NewTextHandler(b.log, nil))
	b.Agent = agent.New(cfg, b.kernel, b.store)
	return b
}

// start runs the agent.
func (b *bench) start(ctx context.Context) {
	go func() { b.ended <- b.Run(ctx) }()
}

// logged is what an agent has logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// times returns how many lines say text.
func (l *logged) times(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}
