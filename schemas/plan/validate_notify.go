package plan

import (
	"net/mail"
	"slices"
	"strings"
)

// validateNotify checks each target.
func (p *Plan) validateNotify(f *faults) {
	for i := range p.Notify {
		n := &p.Notify[i]
		f.at = "notify " + n.Name + ": "
		f.text("name", n.Name)
		if i > 0 {
			f.behind("targets", p.Notify[i-1].Name, n.Name)
		}
		n.validate(f)
	}
	f.at = ""
}

func (n *Notify) validate(f *faults) {
	if len(n.On) == 0 {
		f.add("on: none")
	}
	last := -1
	for _, e := range n.On {
		place := slices.Index(append(Events(), OnConflict), e)
		if place <= last {
			f.add("on: %q is no event, or not in order, each once", e)
		}
		last = place
	}
	f.one("target", "exec, mail and webhook", n.Exec != nil, n.Mail != nil, n.Webhook != nil)
	if n.Exec != nil {
		n.Exec.validate(f)
	}
	if n.Mail != nil {
		n.Mail.validate(f)
	}
	if n.Webhook != nil {
		n.Webhook.validate(f)
	}
}

func (x *ExecTarget) validate(f *faults) {
	none := true
	for _, c := range x.commands() {
		if len(c.argv) > 0 {
			none = false
			f.command("exec "+c.name, c.argv)
		}
	}
	if none {
		f.add("exec: no command")
	}
	f.text("exec user", x.User)
	f.environment("exec environment", x.Environment)
	f.span("exec timeout_ms", x.Timeout, 1, Longest)
}

// namedCommand is one of several commands.
type namedCommand struct {
	name string
	argv []string
}

// commands returns all, those that are not set too, in order.
func (x *ExecTarget) commands() []namedCommand {
	return []namedCommand{{"active", x.Active}, {"backup", x.Backup}, {"fault", x.Fault}, {"stop", x.Stop}, {"conflict", x.Conflict}, {"any", x.Any}}
}

func (x *MailTarget) validate(f *faults) {
	f.list("mail to", len(x.To))
	for _, to := range x.To {
		f.mailbox("mail to", to)
	}
	f.mailbox("mail from", x.From)
	f.endpoint("mail server", x.Server)
	f.oneOf("mail security", string(x.Security), string(TLS), string(StartTLS), string(Clear))
	f.sound("mail username", x.Username)
	f.sound("mail password", x.Password)
	f.optionalPath("mail password_file", x.PasswordFile)
	switch password, file := x.Password != "", x.PasswordFile != ""; {
	case x.Username == "" && (password || file):
		f.add("mail: a password without a username")
	case x.Username != "" && password == file:
		f.add("mail: one of password and password_file is needed with a username, and only one")
	}
	f.optionalPath("mail ca_file", x.CAFile)
	if x.CAFile != "" && x.Security == Clear {
		f.add("mail ca_file: with security none")
	}
	f.span("mail gather_ms", x.Gather, 0, Longest)
	f.span("mail timeout_ms", x.Timeout, 1, Longest)
}

// mailbox wants an address as in a mail's header.
func (f *faults) mailbox(field, s string) {
	f.sound(field, s)
	if _, err := mail.ParseAddress(s); err != nil || strings.ContainsAny(s, "\r\n") {
		f.add("%s: %q is no mail address", field, s)
	}
}

func (x *WebhookTarget) validate(f *faults) {
	f.one("webhook", "url and url_file", x.URL != "", x.URLFile != "")
	if x.URL != "" {
		f.url("webhook url", x.URL)
	}
	f.optionalPath("webhook url_file", x.URLFile)
	f.headers("webhook headers", x.Headers)
	f.optionalPath("webhook bearer_file", x.BearerFile)
	for name := range x.Headers {
		if x.BearerFile != "" && strings.EqualFold(name, "authorization") {
			f.add("webhook bearer_file: with a header %s", name)
		}
	}
	f.optionalPath("webhook ca_file", x.CAFile)
	f.span("webhook timeout_ms", x.Timeout, 1, Longest)
}

// validateTargets checks the names of those that hear of the router.
func (r *Router) validateTargets(f *faults) {
	for i, name := range r.Notify {
		if slices.Contains(r.Notify[:i], name) {
			f.add("notify: %s is there twice", name)
		}
	}
}

// validateHooks checks the programs that run when the vip comes or goes.
func (r *Router) validateHooks(f *faults) {
	f.most("hooks", len(r.Hooks))
	for _, h := range r.Hooks {
		f.oneOf("hooks when", string(h.When), string(BeforeRelease), string(AfterAcquire))
		f.command("hooks command", h.Command)
		f.text("hooks user", h.User)
		f.environment("hooks environment", h.Environment)
		f.span("hooks timeout_ms", h.Timeout, 1, Longest)
	}
}
