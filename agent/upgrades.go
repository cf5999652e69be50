package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/upgrade"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

// Changeover is how upgrades are carried out on the host. Its methods are those of a
// changeover.Host; none is called by the loop once that has begun.
type Changeover interface {
	Records() (map[string]*upgrade.Record, error)
	Run(ctx context.Context, t changeover.Task) (upgrade.Outcome, error)
	Clear(name string, o upgrade.Outcome) error
	Look(ctx context.Context, u plan.Upgrade) changeover.Sight
}

// upgrades carry out the orders for the upgrades of a plan, one after the other, each
// by a goroutine that posts how far it is. Only the loop calls its methods.
type upgrades struct {
	agent  *Agent
	ctx    context.Context // ends with the agent, and with it every run
	stop   context.CancelFunc
	byName map[string]*change
	orders map[string]intent.Order // by name of the upgrade
	known  bool                    // orders are those in the store: before, none has vanished
	going  *run                    // nil: none is under way
	halted bool                    // the agent is about to end: nothing is begun
	tasks  sync.WaitGroup

	places atomic.Pointer[places] // of the vips of the one that is under way

	looking bool // at the programs
	again   bool // they are to be looked at once more
}

// change is one upgrade: of the plan, of an order, or of a record.
type change struct {
	name    string
	plan    *plan.Upgrade // nil: the plan that is followed has none of this name
	history upgrade.History
	damage  string            // why the history is not known, in words; it is not written then
	sight   *changeover.Sight // nil: nobody has looked yet

	left   bool // a record lies there, and nobody goes on with it
	unread bool // that record cannot be read: nobody knows how far the upgrade is
	failed bool // it could not be gone on with; it is tried again at the next heartbeat

	// unsaved is the outcome that could not be written down, or whose record could not be
	// removed; its order is not gone on with, and nothing else is begun, before that could.
	// Nil: that is done.
	unsaved *upgrade.Outcome

	outcomes map[string]uint64 // orders that have ended, by verdict

	carried  plan.Upgrade        // that is under way, or was last
	progress changeover.Progress // of that; the Stage is 0 while nothing is under way
	since    time.Time           // of the stage
	notes    []string            // what was told of the newest order that stays worth knowing
}

// run is an upgrade under way.
type run struct {
	change   *change
	stop     context.CancelFunc
	aborts   chan string
	aborted  bool          // it has been asked for the way back
	hurried  bool          // its checks have been run at once after the switch
	ended    chan struct{} // closed when its goroutine has
	busy     atomic.Bool   // a command runs
	verifier *verifier     // nil: nothing is carried out, an order is refused

	concluded bool // how the upgrade has ended is known
}

// newUpgrades returns upgrades of nothing.
func newUpgrades(a *Agent) *upgrades {
	u := &upgrades{agent: a, byName: map[string]*change{}, orders: map[string]intent.Order{}}
	u.places.Store(&places{})
	u.ctx, u.stop = context.WithCancel(context.Background())
	return u
}

// host is the name under which histories are kept: the plan may not be known yet.
func (u *upgrades) host() string { return u.agent.names[0] }

// find finds what agents before this one have left under way. It is called before the
// loop begins, and before there is a plan.
func (u *upgrades) find() {
	if u.agent.cfg.Changeover == nil {
		return
	}
	records, err := u.agent.cfg.Changeover.Records()
	if err != nil {
		u.agent.cfg.Log.Error("cannot see whether an upgrade is under way", "error", err)
	}
	for name, r := range records {
		c := u.get(name)
		c.left = true
		switch c.unread = r == nil; {
		case c.unread:
		case c.over():
			c.unsaved = &upgrade.Outcome{Verdict: c.history.Last().Verdict, Text: c.history.Last().Text}
		default:
			c.carried, c.progress.Stage, c.since = r.Upgrade, r.Stage, time.Now()
		}
	}
}

// over reports whether the newest order has ended. A record that lies there still is then
// of that order, since one that is begun is written down before it is recorded.
func (c *change) over() bool { return c.history.Last() != nil && c.history.Underway() == nil }

// get returns the upgrade of a name, with what is kept of it.
func (u *upgrades) get(name string) *change {
	if c := u.byName[name]; c != nil {
		return c
	}
	c := &change{name: name, outcomes: map[string]uint64{}}
	if h := u.agent.cfg.Handed; h != nil {
		maps.Copy(c.outcomes, h.Orders[name])
	}
	u.byName[name] = c
	data, err := u.agent.store.History(u.host(), name)
	if errors.Is(err, fs.ErrNotExist) {
		return c
	}
	if err == nil {
		c.history, err = upgrade.DecodeHistory(data)
	}
	if err != nil {
		c.damage = fmt.Sprintf("what was ordered before is not known: %v", err)
		u.agent.cfg.Log.Error("no order for this upgrade is carried out", "upgrade", name, "error", err)
	}
	return c
}

// follow takes over a plan.
func (u *upgrades) follow(p *plan.Plan) {
	for _, c := range u.byName {
		c.plan = nil
	}
	for i := range p.Upgrades {
		u.get(p.Upgrades[i].Name).plan = &p.Upgrades[i]
	}
	u.forget()
	u.look()
}

// order takes over the orders of the host.
func (u *upgrades) order(all []intent.Order) {
	u.orders, u.known = map[string]intent.Order{}, true
	for _, o := range all {
		u.orders[o.Name] = o
		u.get(o.Name)
	}
	u.forget()
}

// forget forgets upgrades that nothing is left of but their files.
func (u *upgrades) forget() {
	maps.DeleteFunc(u.byName, func(name string, c *change) bool {
		_, ordered := u.orders[name]
		return c.plan == nil && !ordered && !c.left && (u.going == nil || u.going.change != c)
	})
}
