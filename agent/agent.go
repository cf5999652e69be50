package agent

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"hactl/agent/metrics"
	"hactl/agent/node"
	"hactl/agent/trial"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Config is what an agent is started with.
type Config struct {
	// Host is the host's name in plans. When empty it is the machine's name, or
	// that name's first label where plans are called so.
	Host string

	Socket  string // path of the control socket; empty for none
	Metrics string // where Prometheus may ask, HOST:PORT or the path of a socket; empty: on the control socket only
	Version string // of hactl, for reports

	// Realtime is the priority of the loop in the kernel's real-time class, 1 to 99, and
	// lets the process's memory be locked; 0: it is an ordinary thread.
	Realtime int

	// Uptime tells one boot of the machine from another, and how long ago this one was,
	// suspends included; nil: as the kernel says.
	Uptime func() (boot string, up time.Duration)

	// Restarting says, when Serve gets SIGTERM, whether the agent is about to be started
	// again. It may take a second. Nil: as systemd says.
	Restarting func() bool

	Log *slog.Logger // never nil

	// LogDropped returns how many lines of Log have been lost; nil: none is.
	LogDropped func() uint64

	// FlushLog waits until what was logged is written, but not for long; nil: it is.
	FlushLog func()

	// Fit are further arguments with which another build of this program, started as
	// this one was, reads what it would be handed from standard input, and says whether
	// it could go on with it (DecodeHanded, Rehearse). Empty: Serve never hands over.
	Fit []string

	// Changeover is how upgrades are carried out on this host. Nil: no order is. Serve
	// sets it.
	Changeover Changeover

	Successor Successor // who may go on in this process; nil: nobody. Serve sets it
	Handed    *Handed   // what the build before left in this process; nil: there was none. Serve sets it
}

// Kernel is what an agent needs of the kernel's tables.
type Kernel interface {
	// Observe returns all links with their addresses.
	Observe() ([]node.Link, error)

	// Converge makes the host hold exactly what is wished among what is hactl's,
	// and returns what became of it. It calls there for every wished address as
	// soon as that is there. Once going is false it adds nothing more, and more says
	// whether something is left to add.
	Converge(w node.Wishes, there func(link string, a netip.Addr), going func() bool) (held node.Holdings, more bool)

	// Refresh makes those of the wishes' addresses that are there and ours last for
	// their lifetimes from now on. Once going is false it refreshes nothing more.
	Refresh(wishes []node.Wish, going func() bool) error

	// Watch calls changed after links or addresses have changed, until ctx ends.
	Watch(ctx context.Context, changed func()) error

	// Alarm returns an alarm that calls ring at the instant on CLOCK_BOOTTIME that was set
	// last, unless that is 0, and never after stop. Set and stop are called by one goroutine.
	Alarm(ring func()) (set func(at time.Duration), stop func(), err error)
}

// heartbeat is the longest time between two reports.
const heartbeat = 5 * time.Second

// settle is how long changes are gathered before a report is made.
const settle = 20 * time.Millisecond

// Agent follows the plan of one host.
type Agent struct {
	cfg    Config
	kernel Kernel
	store  Store
	node   *node.Node
	clock  clock
	events chan func()   // facts and requests, run by the loop one by one
	done   chan struct{} // closed when the loop has ended

	linksPending atomic.Bool   // a look at the links is to be begun
	looks        chan struct{} // asks for a look into the store

	thread   *thread // of the loop; nil: it has none of its own
	wires    *wires
	hands    *hands
	checks   *checks
	notices  *notices
	hooks    *hooks
	upgrades *upgrades
	numbers  *numbers
	open     []node.Socket // that the node knows to be open, in its order
	held     node.Holdings
	missing  map[station]bool    // addresses with a problem; true: they are not there
	amiss    map[any]bool        // routes and rules with a problem
	rung     chan struct{}       // the alarm for the node's deadline has
	alarm    func(time.Duration) // sets that
	armed    vrrp.Instant        // when it rings; vrrp.Never: it has, or is not set
	due      vrrp.Instant        // the node's deadline; vrrp.Never for none
	late     lateness            // of the loop, for its deadlines
	report   *time.Timer         // of the next report; nil when none is due
	reported time.Duration       // that the last report took
	retry    *time.Timer         // of the next attempt to converge; nil when none is due
	reports  chan status.Host
	newest   atomic.Pointer[status.Host] // report, which does not change any more; nil before the first
	page     http.Handler                // with the metrics of that

	names   []string // under which the host's plan is looked for
	started time.Time
	loaded  time.Time
	doc     *plan.Document    // that is followed; nil before the first
	secrets map[string]string // content of the secret files that doc names
	resume  *node.Saved       // with which the node is to go on after its plan; nil once it has
	saved   string            // hash of the plan that is kept for a start without the store
	problem string            // why the newest plan is not followed
	intents status.Intents    // what people want beside the plan
	trials  *trials
	trial   *trial.Record // what the trials knew at the last look; nil: nothing has been on trial

	listeners listeners
	handovers chan struct{}    // asks for a hand-over
	ended     atomic.Bool      // a signal has said that it is to leave
	passing   sync.Mutex       // held by whoever leaves everything to a successor
	handover  *status.Handover // the last one; nil: none was asked for
}

// New returns an agent that has not begun. Nothing is opened before Run.
func New(cfg Config, kernel Kernel, store Store) *Agent {
	a := &Agent{
		cfg: cfg, kernel: kernel, store: store,
		node:    node.New(),
		events:  make(chan func(), 1024),
		done:    make(chan struct{}),
		rung:    make(chan struct{}, 1),
		looks:   make(chan struct{}, 1),
		reports: make(chan status.Host, 1),

		handovers: make(chan struct{}, 1),
		listeners: listeners{open: map[string]net.Listener{}},
	}
	a.wires, a.checks, a.notices = newWires(a), newChecks(a), newNotices(cfg.Log)
	a.hooks, a.numbers, a.hands = newHooks(a), newNumbers(a), newHands(a)
	a.upgrades = newUpgrades(a)
	if a.trials = newTrials(a); cfg.Uptime == nil {
		a.cfg.Uptime = uptime
	}
	a.page = metrics.Page(metrics.NewCollector(a.newest.Load))
	return a
}

// Names returns the names under which a plan for this host is looked for, in
// order.
func (c Config) Names() ([]string, error) {
	if c.Host != "" {
		return []string{c.Host}, nil
	}
	name, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("read the machine's name: %w", err)
	}
	names := []string{name}
	if first, _, dotted := strings.Cut(name, "."); dotted {
		names = append(names, first)
	}
	return names, nil
}

// Run follows plans until Leave is done or ctx ends, which gives everything up
// at once. It owns every goroutine, socket and file that it opens.
func (a *Agent) Run(ctx context.Context) error {
	names, err := a.cfg.Names()
	if err == nil {
		err = a.cfg.checkMetrics()
	}
	if err != nil {
		return err
	}
	alarm, stop, err := a.kernel.Alarm(a.ring)
	if err != nil {
		return err
	}
	defer stop()
	a.alarm = alarm
	a.names, a.clock, a.started = names, startClock(), time.Now()
	a.thread = newThread(a)
	if a.cfg.Handed != nil {
		a.clock = clockFrom(a.cfg.Handed.Clock)
	}
	links, err := a.kernel.Observe()
	a.hands.announcer.know(links)
	a.linked(links, err)
	a.upgrades.find()
	a.trials.begin()
	if !a.takeUp() {
		a.loadPlan(ctx)
	}
	a.trial = a.trials.record
	a.step(node.Sockets{Open: a.open})
	crew, err := a.muster(ctx)
	if err == nil {
		a.installed()
		a.upgrades.consider()
		a.loop(ctx)
		a.publish(a.status(status.Stopped))
	}
	close(a.done)
	a.trials.alarm.Stop()
	a.checks.close()
	a.hooks.close()
	a.upgrades.close()
	a.wires.close()
	crew.dismiss()
	return err
}

// stop gives everything up at once.
func (a *Agent) stop() {
	a.notices.leave("agent stopped")
	a.upgrades.halt()
	a.step(node.Stop{Cause: "agent stopped"})
}

// Leave gives everything up without a gap: Active routers let a successor take
// over first. Run returns when that is done.
func (a *Agent) Leave(cause string) {
	notifySystemd(daemon.SdNotifyStopping)
	a.cfg.Log.Info("leaving", "cause", cause)
	a.post(func() {
		a.notices.leave(cause)
		a.hooks.leave()
		a.upgrades.halt()
		a.step(node.Leave{Cause: cause})
	})
}

// transitioned logs one line, and tells who is to be told.
func (a *Agent) transitioned(e node.Transitioned) {
	a.cfg.Log.Info("router changed state", "router", e.Router, "from", e.From.String(), "to", e.To.String(),
		"yielding", e.Yielding, "reason", e.Reason.String(), "cause", e.Cause, "rfc9568", e.Section, "origin", a.origin(e.Router))
	a.notices.transitioned(e)
}

// origin returns the line of the configuration that a router comes from.
func (a *Agent) origin(router string) string {
	if a.doc == nil {
		return ""
	}
	return a.doc.Envelope.Origins["router "+router]
}
