package plan

import "strings"

// compare notes what becomes of a target.
func (x *Notify) compare(is *Notify, n *notes) {
	plain(n, "on", events(x.On), events(is.On))
	switch {
	case x.kind() != is.kind():
		plain(n, "target", x.kind(), is.kind())
	case x.Exec != nil:
		x.Exec.compare(is.Exec, n)
	case x.Mail != nil:
		x.Mail.compare(is.Mail, n)
	default:
		x.Webhook.compare(is.Webhook, n)
	}
}

// kind names the kind of target.
func (x *Notify) kind() string {
	switch {
	case x.Exec != nil:
		return "exec"
	case x.Mail != nil:
		return "mail"
	}
	return "webhook"
}

// summary says what a target is, for one that comes or goes whole. The URL of a
// webhook may be a secret.
func (x *Notify) summary() []string {
	what := x.kind()
	if x.Mail != nil {
		what += " to " + strings.Join(x.Mail.To, ", ")
	}
	return []string{what, "on " + events(x.On)}
}

func events(on []Event) string {
	var words []string
	for _, e := range on {
		words = append(words, string(e))
	}
	return strings.Join(words, ", ")
}

func (x *ExecTarget) compare(is *ExecTarget, n *notes) {
	now := is.commands()
	for i, c := range x.commands() {
		n.command("command for "+c.name, c.argv, now[i].argv)
	}
	plain(n, "user", x.User, is.User)
	n.variables("variable", x.Environment, is.Environment)
	plain(n, "timeout", milliseconds(x.Timeout), milliseconds(is.Timeout))
}

func (x *MailTarget) compare(is *MailTarget, n *notes) {
	members(n, "recipient", "", x.To, is.To)
	plain(n, "from", x.From, is.From)
	plain(n, "server", x.Server, is.Server)
	plain(n, "security", x.Security, is.Security)
	plain(n, "username", x.Username, is.Username)
	if x.Password != is.Password {
		n.note(InPlace, "", "password changed")
	}
	plain(n, "password file", x.PasswordFile, is.PasswordFile)
	plain(n, "ca file", x.CAFile, is.CAFile)
	plain(n, "gathered for", milliseconds(x.Gather), milliseconds(is.Gather))
	plain(n, "timeout", milliseconds(x.Timeout), milliseconds(is.Timeout))
}

func (x *WebhookTarget) compare(is *WebhookTarget, n *notes) {
	if x.URL != is.URL {
		n.note(InPlace, "", "url changed")
	}
	plain(n, "url file", x.URLFile, is.URLFile)
	n.variables("header", x.Headers, is.Headers)
	plain(n, "bearer file", x.BearerFile, is.BearerFile)
	plain(n, "ca file", x.CAFile, is.CAFile)
	plain(n, "timeout", milliseconds(x.Timeout), milliseconds(is.Timeout))
}
