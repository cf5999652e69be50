package export

import (
	"net/mail"
	"slices"

	"hactl/schemas/plan"
)

// sends reports whether keepalived can send a target's mail.
func sends(n plan.Notify) bool {
	return n.Mail != nil && n.Mail.Security == plan.Clear && n.Mail.Username == ""
}

// mail writes how mail is sent: keepalived knows one way for all instances.
func (e *exporter) mail() {
	for _, n := range e.plan.Notify {
		if n.Mail != nil && !sends(n) {
			e.lose("notify "+n.Name, "keepalived sends mail without TLS and without logging in, so it is left out. Name a server that takes it like that, or use a notify script.")
		}
	}
	at := slices.IndexFunc(e.plan.Notify, sends)
	if at < 0 {
		return
	}
	n := &e.plan.Notify[at]
	var to []string
	for _, s := range n.Mail.To {
		to = append(to, bare(s))
	}
	e.out.list("notification_email", to)
	e.out.line("notification_email_from", bare(n.Mail.From))
	host, port := endpoint(n.Mail.Server)
	e.out.line("smtp_server", host, port)
	e.out.line("smtp_connect_timeout", e.whole("notify "+n.Name, "smtp_connect_timeout", n.Mail.Timeout))
	for _, other := range e.plan.Notify[at+1:] {
		if sends(other) {
			e.lose("notify "+other.Name, "keepalived knows one mail server and one list of addresses: those of %s are used.", n.Name)
		}
	}
}

// bare returns a valid address without the name beside it, which keepalived would
// hand to the mail server.
func bare(address string) string {
	a, err := mail.ParseAddress(address)
	if err != nil {
		panic("export: " + err.Error())
	}
	return a.Address
}

// notify writes who hears of an instance.
func (e *exporter) notify(r *plan.Router) {
	scripts, mails := "", false
	for _, name := range r.Notify {
		n := e.plan.Notify[slices.IndexFunc(e.plan.Notify, func(n plan.Notify) bool { return n.Name == name })]
		switch {
		case n.Webhook != nil:
			e.lose("notify "+name, "keepalived knows no webhooks. Use a notify script that calls one.")
			continue
		case n.Mail != nil && !sends(n):
			continue
		case n.Mail != nil && !mails:
			mails = true
			e.out.line("smtp_alert")
		case n.Mail != nil:
		case scripts != "":
			e.lose("notify "+name, "An instance has one script for each state: those of %s are used.", scripts)
		default:
			scripts = name
			e.scripts(n)
		}
		if !everyState(n) && (n.Exec == nil || len(n.Exec.Any) > 0) {
			e.lose("notify "+name, "keepalived tells of every state: on has no counterpart.")
		}
	}
}

// everyState reports whether a target hears of every state.
func everyState(n plan.Notify) bool {
	return !slices.ContainsFunc(plan.Events(), func(e plan.Event) bool { return !slices.Contains(n.On, e) })
}

// scripts writes the programs that transitions run.
func (e *exporter) scripts(n plan.Notify) {
	x := n.Exec
	if len(x.Conflict) > 0 {
		e.lose("notify "+n.Name, "keepalived tells nobody of conflicts: the program for them is left out.")
	}
	for _, s := range []struct {
		word    string
		on      plan.Event
		command []string
	}{
		{"notify_master", plan.OnActive, x.Active},
		{"notify_backup", plan.OnBackup, x.Backup},
		{"notify_fault", plan.OnFault, x.Fault},
		{"notify_stop", plan.OnStop, x.Stop},
		{"notify", "", x.Any},
	} {
		if len(s.command) > 0 && (s.on == "" || slices.Contains(n.On, s.on)) {
			e.out.program(s.word, e.withEnvironment("notify "+n.Name, x.Environment, s.command), x.User)
		}
	}
}

// hooks names the hooks, for which keepalived has no place.
func (e *exporter) hooks(r *plan.Router) {
	for _, h := range r.Hooks {
		if h.When == plan.BeforeRelease {
			e.lose(e.object(r), "keepalived runs no program before it lets an address go; the hook %s is left out.", h.Command[0])
		} else {
			e.lose(e.object(r), "keepalived runs notify_master beside the takeover and not after it; the hook %s is left out. Put it into a notify block's active if that will do.", h.Command[0])
		}
	}
}
