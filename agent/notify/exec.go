package notify

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"hactl/agent/program"
	"hactl/schemas/event"
	"hactl/schemas/plan"
)

// execSender runs programs. A program that ran is never run again for the same
// event, whatever became of it: half of what it does may have been done.
type execSender struct{ target *plan.ExecTarget }

// printed is how much of what a program printed goes to the log when it fails.
const printed = 1024

// Send runs the command of the state and the one for any state, in this order,
// the second also when the first fails.
func (s *execSender) Send(ctx context.Context, d Delivery) error {
	var errs []error
	for _, e := range d.Events {
		for _, argv := range s.commands(e) {
			errs = append(errs, s.run(ctx, argv, e))
		}
	}
	return errors.Join(errs...)
}

// run runs one command.
func (s *execSender) run(ctx context.Context, argv []string, e event.Event) error {
	ctx, stop := context.WithTimeout(ctx, millis(s.target.Timeout))
	defer stop()
	r := program.Run(ctx, s.program(argv, &e))
	if r.Err == nil {
		return nil
	}
	err := fmt.Errorf("%s, for %s of %s: %w", argv[0], e.Event, e.Vip, r.Err)
	if text := strings.TrimSpace(r.Output); text != "" {
		err = fmt.Errorf("%w; it printed %q", err, text)
	}
	return err
}

// Ready looks at every program.
func (s *execSender) Ready(context.Context) error {
	for _, argv := range [][]string{s.target.Active, s.target.Backup, s.target.Fault, s.target.Stop, s.target.Conflict, s.target.Any} {
		if len(argv) == 0 {
			continue
		}
		if err := program.Inspect(s.program(argv, nil)); err != nil {
			return err
		}
	}
	return nil
}

// program is what is run for an event; nil: for none.
func (s *execSender) program(argv []string, e *event.Event) program.Program {
	p := program.Program{Argv: argv, User: s.target.User, Environment: map[string]string{}, OutputLimit: printed}
	if e != nil {
		p.Environment = environment(*e)
	}
	for name, value := range s.target.Environment {
		p.Environment[name] = value
	}
	return p
}

// commands are what an event runs.
func (s *execSender) commands(e event.Event) [][]string {
	var list [][]string
	own := map[plan.Event][]string{
		plan.OnActive: s.target.Active, plan.OnBackup: s.target.Backup, plan.OnFault: s.target.Fault, plan.OnStop: s.target.Stop,
		plan.OnConflict: s.target.Conflict,
	}[e.Event]
	if len(own) > 0 {
		list = append(list, own)
	}
	if every := s.target.Any; len(every) > 0 && e.Event != plan.OnConflict {
		list = append(list, slices.Concat(every, []string{"INSTANCE", path.Base(e.Vip), keepalivedWord(e.Event), strconv.Itoa(e.Priority)}))
	}
	return list
}

// keepalivedWord is keepalived's word for an event.
func keepalivedWord(e plan.Event) string {
	return map[plan.Event]string{plan.OnActive: "MASTER", plan.OnBackup: "BACKUP", plan.OnFault: "FAULT", plan.OnStop: "STOP"}[e]
}

// environment is what a program finds beside its arguments.
func environment(e event.Event) map[string]string {
	of := map[string]string{
		"HACTL_EVENT":     string(e.Event),
		"HACTL_VIP":       e.Vip,
		"HACTL_HOST":      e.Host,
		"HACTL_OLD":       e.Old,
		"HACTL_NEW":       e.New,
		"HACTL_CAUSE":     e.Cause,
		"HACTL_PRIORITY":  strconv.Itoa(e.Priority),
		"HACTL_ADDRESSES": strings.Join(e.Addresses, " "),
		"HACTL_PEER":      e.Peer,
		"HACTL_PLAN":      e.Plan,
		"HACTL_ORIGIN":    e.Origin,
		"HACTL_TIME":      e.Time.UTC().Format(time.RFC3339Nano),
		"HACTL_SEQUENCE":  strconv.FormatUint(e.Sequence, 10),
	}
	if c := e.Conflict; c != nil {
		of["HACTL_CONFLICT"], of["HACTL_CONFLICT_PEER"], of["HACTL_CONFLICT_OVER"] = c.Kind, c.Peer, strconv.FormatBool(c.Ended)
	}
	return of
}
