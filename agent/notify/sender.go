package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hactl/schemas/plan"
)

// Sender reaches one target. Its methods may take as long as ctx lets them. Ready
// may be called while Send is at work.
type Sender interface {
	// Send tells the target, and returns when it has heard: nil, an error that is
	// Again when another attempt is worth while, or another one.
	Send(ctx context.Context, d Delivery) error

	// Ready says what would keep Send from working, as far as that can be seen
	// without telling anybody anything.
	Ready(ctx context.Context) error
}

// Again is an error of a Sender that may go away by itself.
type Again struct {
	Err   error
	After time.Duration // not before that time has passed; 0: the sender does not care
}

func (a *Again) Error() string { return a.Err.Error() }
func (a *Again) Unwrap() error { return a.Err }

// again makes an error worth another attempt, and leaves nil alone.
func again(err error) error {
	if err == nil {
		return nil
	}
	return &Again{Err: err}
}

// done is what a queue hears of a delivery that ended with err.
func done(err error) Done {
	var a *Again
	if errors.As(err, &a) {
		return Done{Failed: true, Again: true, After: a.After}
	}
	return Done{Failed: err != nil}
}

// kind is what a target is, in a report.
func kind(t plan.Notify) string {
	switch {
	case t.Exec != nil:
		return "exec"
	case t.Mail != nil:
		return "mail"
	}
	return "webhook"
}

// room is how many events wait for a target: enough for every vip of a host.
const room = 4096

// opener makes a plan's target a Sender.
type opener func(plan.Notify) (Sender, Rules)

// open returns what reaches a target of the plan, and how its queue treats it.
func open(t plan.Notify) (Sender, Rules) {
	rules := Rules{Most: 1, Limit: room}
	switch {
	case t.Exec != nil:
		return &execSender{target: t.Exec}, rules
	case t.Mail != nil:
		rules.Most, rules.Gather = mostInMail, millis(t.Mail.Gather)
		return &mailSender{name: t.Name, target: t.Mail}, rules
	case t.Webhook != nil:
		return &webhookSender{target: t.Webhook}, rules
	}
	panic(fmt.Sprintf("notify: target %s of a valid plan is of no kind", t.Name))
}

// millis turns a plan's milliseconds into a duration.
func millis(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }
