package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Successor is another build of this program that may go on in this process.
type Successor interface {
	// Check lets it say, in a process of its own, whether it could go on with what
	// it would be handed, and returns its version.
	Check(ctx context.Context, handed []byte) (version string, err error)

	// Become makes it go on in this process. It returns only when that is not
	// possible, and then nothing has changed.
	Become(handed []byte) error
}

// again is how long a hand-over that has to wait does so before it looks again.
const again = 50 * time.Millisecond

// waiting is why a hand-over has to wait, in words.
type waiting string

func (w waiting) Error() string { return string(w) }

// HandOver asks for another build of the program to go on in this process, and
// returns at once. The report says what became of it.
func (a *Agent) HandOver() {
	select {
	case a.handovers <- struct{}{}:
	default: // it has been asked for already
	}
}

// serveHandOver is HandOver for whoever may use the control socket.
func (a *Agent) serveHandOver(w http.ResponseWriter, _ *http.Request) {
	a.HandOver()
	w.WriteHeader(http.StatusAccepted)
}

// handOverWhenAsked hands over, or says why not, until ctx ends.
func (a *Agent) handOverWhenAsked(ctx context.Context) {
	for {
		select {
		case <-a.handovers:
			asked := time.Now()
			err := a.handOver(ctx, asked)
			a.cfg.Log.Error("no hand-over; the agent goes on as it was", "error", err)
			a.tellHandover(status.Handover{Asked: asked, Refused: err.Error()})
		case <-ctx.Done():
			return
		}
	}
}

// tellHandover puts into the report how a hand-over goes.
func (a *Agent) tellHandover(h status.Handover) {
	h.Asked = h.Asked.UTC()
	a.post(func() { a.handover = &h; a.noteChange() })
}

// handOver hands this process over. What runs and could neither be lost nor done
// twice is waited for; nothing else stands still meanwhile. It returns why there is
// no hand-over.
func (a *Agent) handOver(ctx context.Context, asked time.Time) error {
	if a.cfg.Successor == nil {
		return errors.New("this program cannot be replaced while it runs")
	}
	version, err := a.rehearse(ctx)
	if err != nil {
		return fmt.Errorf("the program that is there now is not fit: %w", err)
	}
	a.cfg.Log.Info("handing over", "from", a.cfg.Version, "to", version)
	return a.passOn(ctx, asked, a.become)
}

// passOn lets pass, in the loop, leave everything to whoever goes on, as soon as
// nothing has to be waited for. It returns why that was not possible.
func (a *Agent) passOn(ctx context.Context, asked time.Time, pass func(*Handed) error) error {
	if !a.passing.TryLock() {
		return errors.New("another hand-over is under way")
	}
	defer a.passing.Unlock()
	defer a.notices.notifier.Park(false)
	for said := ""; ; {
		if a.cfg.FlushLog != nil {
			a.cfg.FlushLog()
		}
		err := a.attempt(ctx, asked, pass)
		var w waiting
		if !errors.As(err, &w) {
			return err
		}
		if said != string(w) {
			said = string(w)
			a.cfg.Log.Info("the hand-over waits", "for", said)
			a.tellHandover(status.Handover{Asked: asked, Waiting: said})
		}
		select {
		case <-time.After(again):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// inLoop runs f in the loop and waits until it has.
func (a *Agent) inLoop(f func()) error {
	done := make(chan struct{})
	if !a.post(func() { f(); close(done) }) {
		return errLeaving
	}
	select {
	case <-done:
		return nil
	case <-a.done:
		return errLeaving
	}
}

// errLeaving is why an agent that leaves does nothing else.
var errLeaving = errors.New("the agent is stopping")

// rehearse lets the successor try with what it would be handed now.
func (a *Agent) rehearse(ctx context.Context) (version string, err error) {
	var h *Handed
	if err := a.inLoop(func() { h = a.handed() }); err != nil {
		return "", err
	}
	h.text = planText(h.doc)
	return a.cfg.Successor.Check(ctx, h.encode())
}

// planText returns a plan as it is in the store; nothing for none.
func planText(doc *plan.Document) []byte {
	if doc == nil {
		return nil
	}
	text, err := plan.Encode(&doc.Plan, doc.Envelope)
	if err != nil {
		panic("agent: the plan that is followed does not encode: " + err.Error())
	}
	return text
}

// attempt hands over if nothing has to be waited for: a waiting says what, any
// other error why there can be no hand-over.
func (a *Agent) attempt(ctx context.Context, asked time.Time, pass func(*Handed) error) error {
	var doc *plan.Document
	var unsettled string
	if err := a.inLoop(func() { doc, unsettled = a.doc, a.unsettled() }); err != nil {
		return err
	}
	if unsettled != "" {
		a.notices.notifier.Park(false)
		return waiting(unsettled)
	}
	a.notices.notifier.Park(true)
	if _, err := a.parked(ctx); err != nil {
		return err
	}
	text := planText(doc)
	halted, err := a.halt()
	if err != nil {
		return err
	}
	for _, ended := range halted {
		<-ended
	}
	err = errLeaving
	stopped := a.inLoop(func() {
		if err = a.succeed(ctx, doc, text, asked, pass); err != nil {
			a.checks.proceedAll()
			a.upgrades.proceed()
		}
	})
	return errors.Join(stopped, err)
}

// halt stops checks and upgrades, unless something is under way again, and returns what
// is closed when they have stopped.
func (a *Agent) halt() (ended []<-chan struct{}, err error) {
	var unsettled string
	err = a.inLoop(func() {
		if unsettled = a.unsettled(); unsettled == "" {
			ended = append(a.checks.halt(), a.upgrades.halt()...)
		}
	})
	if err == nil && unsettled != "" {
		err = waiting(unsettled)
	}
	return ended, err
}

// unsettled says what is under way that would be lost; empty: nothing.
func (a *Agent) unsettled() string {
	for _, vip := range a.hooks.going {
		return "a hook of " + vip + " runs"
	}
	if !a.hands.idle() {
		return "addresses are being changed or announced"
	}
	return cmp.Or(a.upgrades.unsettled(), a.node.Unsettled())
}

// parked returns what the targets have still to hear, or a waiting.
func (a *Agent) parked(ctx context.Context) (map[string]savedTarget, error) {
	ctx, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	targets, all, err := a.notices.notifier.Save(ctx)
	if err == nil && !all {
		err = waiting("a notification is being delivered")
	}
	return targets, err
}

// succeed lets pass leave everything to the successor, in the loop. What has come in
// until now is handled by this one.
func (a *Agent) succeed(ctx context.Context, doc *plan.Document, text []byte, asked time.Time, pass func(*Handed) error) error {
	for range len(a.events) {
		(<-a.events)()
	}
	a.wires.drain()
	targets, err := a.parked(ctx)
	switch unsettled := a.unsettled(); {
	case a.notices.leaving:
		return errLeaving
	case err != nil:
		return err
	case unsettled != "":
		return waiting(unsettled)
	case doc != a.doc:
		return waiting("a plan that has come meanwhile")
	}
	h := a.handed()
	h.text, h.Targets, h.Asked = text, targets, asked.UTC()
	return pass(h)
}

// become makes the successor go on in this process.
func (a *Agent) become(h *Handed) error {
	undo, err := a.bequeath(h)
	defer undo()
	if err != nil {
		return err
	}
	notifySystemd(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
	defer notifySystemd(daemon.SdNotifyReady)
	handed := h.encode()
	if a.ended.Load() { // the successor would not hear of it
		return errLeaving
	}
	return a.cfg.Successor.Become(handed)
}

// handed returns what the successor needs, without descriptors, targets and the
// plan's text.
func (a *Agent) handed() *Handed {
	return &Handed{
		Version: a.cfg.Version, Clock: a.clock.origin(), Left: a.clock.now(),
		Host: a.node.Host(), Loaded: a.loaded, Secrets: a.secrets, Intents: a.intents, Node: a.node.Save(),
		Checks: a.checks.report(), Hooks: maps.Clone(a.hooks.lines), Orders: a.upgrades.outcomes(),
		Stream: a.notices.stream.Save(), Vips: a.notices.vips.Save(), doc: a.doc,
	}
}
