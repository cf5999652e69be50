package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"strings"
	"time"

	"hactl/agent/node"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Store is what an agent needs of the plan store's folder on its machine.
type Store interface {
	// Plan returns the plan file of a host; an error that is fs.ErrNotExist when
	// there is none.
	Plan(ctx context.Context, host string) ([]byte, error)

	// Hosts returns the names of the hosts that have a plan, sorted.
	Hosts(ctx context.Context) ([]string, error)

	// Watch calls changed after the plan file of a host may have changed, until
	// ctx ends.
	Watch(ctx context.Context, host string, changed func()) error

	// Intents returns the file with what people want of a host beside its plan; an
	// error that is fs.ErrNotExist when there is none.
	Intents(ctx context.Context, host string) ([]byte, error)

	// WatchIntents is Watch for that file.
	WatchIntents(ctx context.Context, host string, changed func()) error

	// PutStatus replaces the report of a host by what report writes.
	PutStatus(host string, report func(to io.Writer) error) error

	// Good returns the last plan that was saved by SaveGood; fs.ErrNotExist when
	// there is none.
	Good(host string) ([]byte, error)
	SaveGood(host string, data []byte) error

	// History returns what was kept last by SaveHistory of the orders of an upgrade;
	// fs.ErrNotExist when there is nothing.
	History(host, upgrade string) ([]byte, error)
	SaveHistory(host, upgrade string, data []byte) error

	// Sequence returns the mark that was saved by SaveSequence, which is to be quick
	// rather than safe from a loss of power; fs.ErrNotExist when there is none.
	Sequence(host string) (uint64, error)
	SaveSequence(host string, mark uint64) error

	// Trial returns what was kept by SaveTrial, where nil keeps nothing;
	// fs.ErrNotExist when there is nothing.
	Trial(host string) ([]byte, error)
	SaveTrial(host string, data []byte) error

	// ReplacePlan replaces the plan file of a host if its content is over, nil where
	// there is none.
	ReplacePlan(ctx context.Context, host string, doc, over []byte) error
}

// found is what a look into the store brought.
type found struct {
	data    []byte         // of the file; nil when there is none, or it could not be read
	doc     *plan.Document // nil when there is none to follow
	secrets map[string]string
	refused map[string]error // secret files that others could have read or written, and who
	problem string           // why the newest plan is not doc; empty when it is
}

// lookup reads the newest plan for the first of the host's names that has one.
func (a *Agent) lookup(ctx context.Context) found {
	for _, name := range a.names {
		data, err := a.store.Plan(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return found{problem: fmt.Sprintf("the plan cannot be read: %v", err)}
		}
		doc, err := decode(data, name)
		if err != nil {
			return found{data: data, problem: fmt.Sprintf("the plan in the store is not followed: %v", err)}
		}
		f := found{data: data, doc: doc}
		f.secrets, f.refused = readSecrets(&doc.Plan)
		return f
	}
	return found{problem: a.noPlan(ctx)}
}

// decode reads a plan file that is to be of host.
func decode(data []byte, host string) (*plan.Document, error) {
	doc, err := plan.Decode(data)
	if err != nil {
		return nil, err
	}
	if doc.Plan.Host != host {
		return nil, fmt.Errorf("it is the plan of host %s, not of %s", doc.Plan.Host, host)
	}
	return doc, nil
}

// noPlan says that there is no plan, and which ones there are.
func (a *Agent) noPlan(ctx context.Context) string {
	text := status.NoPlan + strings.Join(a.names, " or ")
	others, err := a.store.Hosts(ctx)
	if err != nil || len(others) == 0 {
		return text + " yet; hactl apply brings one"
	}
	return fmt.Sprintf("%s; there are plans for %s: if this host is one of them, start the agent with --host NAME",
		text, strings.Join(others, ", "))
}

// loadPlan follows the newest plan, or the last good one when the newest cannot
// be followed. It is called before the loop begins.
func (a *Agent) loadPlan(ctx context.Context) {
	wanted := a.lookupIntents(ctx)
	f := a.trials.judge(ctx, a.lookup(ctx), wanted, nil)
	if f.doc == nil {
		good := a.good()
		f.doc, f.secrets, f.refused = good.doc, good.secrets, good.refused
		if f.doc != nil {
			f.problem += goesOn
		}
	}
	a.heed(wanted)
	a.trials.followed = f.doc
	if a.follow(f) && f.data != nil {
		a.lookSoon() // which keeps it, when the routers run
	}
}

// good returns the last good plan, for the first of the host's names that has one that
// can be followed.
func (a *Agent) good() found {
	for _, name := range a.names {
		data, err := a.store.Good(name)
		if err != nil {
			continue
		}
		if doc, err := decode(data, name); err == nil {
			f := found{doc: doc}
			f.secrets, f.refused = readSecrets(&doc.Plan)
			return f
		}
	}
	return found{}
}

// lookSoon asks for a look into the store.
func (a *Agent) lookSoon() {
	select {
	case a.looks <- struct{}{}:
	default: // one is asked for already
	}
}

// lookWhenAsked looks into the store, one look after the other, until ctx ends.
func (a *Agent) lookWhenAsked(ctx context.Context) {
	for {
		select {
		case <-a.looks:
			a.look(ctx, nil)
		case c := <-a.trials.asked:
			a.look(ctx, &c.said)
			c.done <- a.trials.record
		case <-ctx.Done():
			return
		}
	}
}

// look looks into the store, away from the loop, and lets the loop follow what
// is there. What it follows is kept for a start without the store. said, which may be
// nil, is a confirmation that was given to the agent itself.
func (a *Agent) look(ctx context.Context, said *intent.Confirmation) {
	wanted := a.lookupIntents(ctx)
	f := a.trials.judge(ctx, a.lookup(ctx), wanted, said)
	known := a.trials.record
	followed := make(chan bool, 1)
	if !a.post(func() { a.heed(wanted); a.trial = known; followed <- a.follow(f); a.upgrades.consider() }) {
		return
	}
	select {
	case yes := <-followed:
		if yes {
			a.trials.followed = f.doc
			a.saveGood(f)
		}
	case <-a.done:
	}
}

// saveGood keeps a plan for a start without the store.
func (a *Agent) saveGood(f found) {
	if f.doc.Hash == a.saved {
		return
	}
	if err := a.store.SaveGood(f.doc.Plan.Host, f.data); err != nil {
		a.cfg.Log.Warn("cannot keep the plan for the next start", "error", err)
		return
	}
	a.saved = f.doc.Hash
}

// goesOn ends what is said about a plan that is not followed.
const goesOn = "; the last good plan is followed"

// pause is how long it may take, with hundreds of routers, to follow another plan: a
// millisecond or two, and more where processors are short.
const pause = 20 * time.Millisecond

// follow takes over what a look into the store brought, and reports whether that
// was a plan. Without one, the plan that runs goes on.
func (a *Agent) follow(f found) bool {
	if f.doc == nil && a.doc != nil {
		f.problem += goesOn
	}
	if f.doc != nil {
		f.problem += a.keepSecrets(f)
	}
	if f.problem != a.problem && f.problem != "" {
		a.cfg.Log.Warn("not following the newest plan", "problem", f.problem)
	}
	a.problem = f.problem
	a.noteChange()
	if f.doc == nil {
		return false
	}
	same := a.doc != nil && a.doc.Hash == f.doc.Hash
	if same {
		f.doc.Plan = a.doc.Plan // one copy of it is enough
	}
	same = same && maps.Equal(a.secrets, f.secrets)
	a.doc, a.secrets = f.doc, f.secrets // the envelope may be another
	a.notices.follow(f.doc)
	if same {
		return true
	}
	a.loaded = time.Now()
	a.cfg.Log.Info("following a plan", "hash", f.doc.Hash, "routers", len(f.doc.Plan.Routers),
		"commit", f.doc.Envelope.Commit, "applied_by", f.doc.Envelope.AppliedBy)
	a.upgrades.follow(&f.doc.Plan)
	a.mind() // a new plan may end a hold, and is not followed without one that stands
	collect(len(f.doc.Plan.Routers))
	a.numbers.begin(&f.doc.Plan)
	a.step(node.Early{Within: pause})
	a.step(node.Plan{Plan: &f.doc.Plan, Secrets: f.secrets})
	a.resumed()
	a.checks.follow(&f.doc.Plan)
	a.upgrades.heard()
	a.hooks.follow(&f.doc.Plan)
	a.connect()
	return true
}
