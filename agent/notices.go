package agent

import (
	"context"
	"log/slog"
	"time"

	"hactl/agent/node"
	"hactl/agent/notify"
	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// lastWords is how long targets and readers of the stream may take, after the
// routers have gone, to hear that they have.
const lastWords = 5 * time.Second

// teller is what notices need of a notify.Notifier.
type teller interface {
	// Run serves the targets until Leave has been called and they have heard all,
	// or ctx ends.
	Run(ctx context.Context)

	// Follow, Tell, Leave and Report never wait for a target.
	Follow(targets []plan.Notify)
	Tell(names []string, e event.Event)
	Leave()
	Report() []status.Target

	// Park, Save and Resume are those of a notify.Notifier.
	Park(on bool)
	Save(ctx context.Context) (targets map[string]savedTarget, all bool, err error)
	Resume(targets map[string]savedTarget)
}

// notices tell the outside what becomes of routers and vips. They belong to the
// loop, which never waits for whoever is told.
type notices struct {
	notifier teller
	stream   *notify.Stream
	vips     *notify.Vips
	overdue  notify.Overdue
	served   chan struct{} // closed when the notifier has ended

	doc     *plan.Document          // that is followed; nil before the first
	routers map[string]*plan.Router // of doc, by ID
	going   map[string]plan.Router  // of plans before, on their way out
	renewed map[string]bool         // of doc, to begin anew: that the old one stops is no fault
	targets map[string][]string     // names of those that hear of a vip
	leaving bool                    // all of them are on their way out
}

// newNotices returns notices of nothing.
func newNotices(log *slog.Logger) *notices {
	return &notices{
		notifier: notify.New(log), stream: notify.NewStream(), vips: notify.NewVips(), served: make(chan struct{}),
		routers: map[string]*plan.Router{}, going: map[string]plan.Router{}, renewed: map[string]bool{}, targets: map[string][]string{},
	}
}

// run serves the targets until end, or until ctx ends.
func (n *notices) run(ctx context.Context) {
	defer close(n.served)
	n.notifier.Run(ctx)
}

// follow takes over a plan, before the node does. Routers that leave with the old
// one still tell its targets.
func (n *notices) follow(doc *plan.Document) {
	var before *plan.Plan
	if n.doc != nil {
		before = &n.doc.Plan
	}
	same := n.doc != nil && n.doc.Hash == doc.Hash
	n.doc = doc // the envelope may be another
	if same {
		return
	}
	n.notifier.Follow(doc.Plan.Notify)
	now := make(map[string]*plan.Router, len(doc.Plan.Routers))
	for i := range doc.Plan.Routers {
		now[doc.Plan.Routers[i].ID] = &doc.Plan.Routers[i]
	}
	var gone []plan.Router
	for _, c := range plan.Diff(before, &doc.Plan) {
		switch c.Class {
		case plan.Recreated:
			n.renewed[c.ID] = true
		case plan.Added:
			if _, back := n.going[c.ID]; back {
				n.renewed[c.ID] = true
				delete(n.going, c.ID)
			}
		case plan.Removed:
			delete(n.renewed, c.ID)
			n.going[c.ID] = *n.routers[c.ID]
			gone = append(gone, *n.routers[c.ID])
		}
	}
	n.routers = now
	n.release(gone, "no longer in the plan")
	n.settle()
}

// leave is called before the node gives everything up.
func (n *notices) leave(cause string) {
	n.leaving = true
	var all []plan.Router
	if n.doc != nil {
		all = n.doc.Plan.Routers
	}
	n.release(all, cause)
	n.settle()
}

// release tells that routers which have stopped already will not begin again: no
// transition will.
func (n *notices) release(routers []plan.Router, cause string) {
	for _, r := range routers {
		if n.vips.Is(r.Vip, r.ID) == plan.OnFault {
			n.tell(r, event.Event{Event: plan.OnStop, Old: status.Initialize, New: status.Initialize, Cause: cause, Priority: r.Priority})
			delete(n.going, r.ID)
		}
	}
}

// transitioned tells of one transition.
func (n *notices) transitioned(t node.Transitioned) {
	r, departs := n.going[t.Router]
	switch planned := n.routers[t.Router]; {
	case departs:
	case planned != nil:
		r = *planned
	default:
		return // it has been told that it stopped: of a router made anew, the old one may take longer
	}
	leaving := n.leaving || departs
	e := event.Event{
		Event: notify.Meaning(t.To, t.Yielding, leaving), Old: stateWord(t.From), New: stateWord(t.To),
		Yielding: t.Yielding, Cause: t.Cause, Priority: int(t.Priority),
	}
	if t.Peer.IsValid() {
		e.Peer = t.Peer.String()
	}
	switch {
	case t.To == vrrp.Initialize && n.renewed[t.Router] && !leaving:
		n.vips.Forget(r.Vip, r.ID)
		e.Event = ""
	case t.To == vrrp.Initialize:
		delete(n.going, t.Router)
	case t.From == vrrp.Initialize:
		delete(n.renewed, t.Router)
	}
	n.tell(r, e)
}

// tell completes what a router has become, and lets the stream hear of it, and its
// vip.
func (n *notices) tell(r plan.Router, e event.Event) {
	n.targets[r.Vip] = r.Notify
	n.vips.Set(n.stream.Add(n.complete(r, e)))
}

// complete adds to an event what is known of its router.
func (n *notices) complete(r plan.Router, e event.Event) event.Event {
	e.Format, e.Time = event.Format, time.Now().UTC()
	e.Host, e.Plan = n.doc.Plan.Host, n.doc.Hash
	e.Vip, e.Router, e.Origin = r.Vip, r.ID, n.doc.Envelope.Origins["router "+r.ID]
	for _, a := range r.Addresses {
		e.Addresses = append(e.Addresses, a.Prefix)
	}
	return e
}

// noticed lets the stream hear of a conflict, and the targets that want to.
func (n *notices) noticed(e node.Noticed) {
	r, planned := n.routers[e.Router]
	if !planned {
		return
	}
	c, is := e.Conflict, stateWord(e.State)
	told := n.stream.Add(n.complete(*r, event.Event{
		Event: plan.OnConflict, Old: is, New: is, Cause: c.Words, Priority: int(e.Priority),
		Conflict: &event.Conflict{Kind: c.Kind, Peer: c.Peer, Host: c.Host, Address: c.Address, Count: c.Count, Ended: e.Ended},
	}))
	n.notifier.Tell(r.Notify, told)
}

// settle lets the targets hear what the vips have become.
func (n *notices) settle() {
	for _, e := range n.vips.Settle() {
		n.notifier.Tell(n.targets[e.Vip], e)
	}
}

// look finds routers that wait without ever having begun.
func (n *notices) look(routers []status.Router) {
	for _, line := range n.overdue.Look(time.Now(), routers) {
		r, planned := n.routers[line.ID]
		if is := n.vips.Is(line.Vip, line.ID); planned && !n.leaving && is != plan.OnFault {
			n.tell(*r, event.Event{Event: plan.OnFault, Old: line.State, New: line.State, Cause: line.Waiting, Priority: line.Effective})
		}
	}
	n.settle()
}

// end waits for those who have still to hear, within limits. The loop has ended.
func (n *notices) end() {
	ctx, stop := context.WithTimeout(context.Background(), lastWords)
	defer stop()
	n.notifier.Leave()
	n.stream.Close(ctx)
	select {
	case <-n.served:
	case <-ctx.Done():
	}
}

// stateWord is the word of reports for a state.
func stateWord(s vrrp.State) string {
	return map[vrrp.State]string{vrrp.Initialize: status.Initialize, vrrp.Backup: status.Backup, vrrp.Active: status.Active}[s]
}
