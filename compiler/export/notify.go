package export

import (
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
	e.out.list("notification_email", n.Mail.To)
	e.out.line("notification_email_from", n.Mail.From)
	host, port := endpoint(n.Mail.Server)
	e.out.line("smtp_server", host, port)
	e.out.line("smtp_connect_timeout", e.whole("notify "+n.Name, "smtp_connect_timeout", n.Mail.Timeout))
	for _, other := range e.plan.Notify[at+1:] {
		if sends(other) {
			e.lose("notify "+other.Name, "keepalived knows one mail server and one list of addresses: those of %s are used.", n.Name)
		}
	}
}

// notify writes who hears of an instance.
func (e *exporter) notify(r *plan.Router) {
	scripts := ""
	for _, name := range r.Notify {
		n := e.plan.Notify[slices.IndexFunc(e.plan.Notify, func(n plan.Notify) bool { return n.Name == name })]
		switch {
		case n.Webhook != nil:
			e.lose("notify "+name, "keepalived knows no webhooks. Use a notify script that calls one.")
		case n.Mail != nil && !sends(n):
			continue
		case n.Mail != nil:
			e.out.line("smtp_alert")
		case scripts != "":
			e.lose("notify "+name, "An instance has one script for each state: those of %s are used.", scripts)
		default:
			scripts = name
			e.scripts(n.Exec)
		}
		if !slices.Equal(n.On, plan.Events()) && n.Exec == nil {
			e.lose("notify "+name, "keepalived tells of every state: on has no counterpart.")
		}
	}
}

// scripts writes the programs that transitions run.
func (e *exporter) scripts(x *plan.ExecTarget) {
	if len(x.Conflict) > 0 {
		e.lose("notify", "keepalived tells nobody of conflicts: the program for them is left out.")
	}
	for _, s := range []struct {
		word    string
		command []string
	}{{"notify_master", x.Active}, {"notify_backup", x.Backup}, {"notify_fault", x.Fault}, {"notify_stop", x.Stop}, {"notify", x.Any}} {
		if len(s.command) > 0 {
			e.out.line(s.word, commandLine(withEnvironment(x.Environment, s.command)), x.User)
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
