package compiler

import (
	"fmt"
	"slices"
	"strings"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// checkTargets looks at the notify blocks.
func checkTargets(m *model, report report) {
	for _, t := range m.targets {
		if !t.used && len(m.vips) > 0 {
			report(rule.UnusedTarget.At(t.block.Range(), fmt.Sprintf(
				"No cluster or vip names %s, so it hears of nothing. Write notify = [notify.%s] in a cluster, or remove the block.", t.name, t.name)))
		}
		if b := t.block.Block("mail"); b != nil {
			checkMail(b, report)
		}
		if b := t.block.Block("webhook"); b != nil {
			checkWebhook(b, report)
		}
		if b := t.block.Block("exec"); b != nil && t.block.Has("on") && !t.block.Broken("on") {
			checkUnheard(t.block, b, report)
		}
	}
}

// checkMail refuses logins that cannot work, and warns of one that all can read.
func checkMail(b *lang.Block, report report) {
	name, password, file := b.String("username"), b.String("password"), b.String("password_file")
	switch {
	case password.Set && file.Set:
		report(rule.Contradicts.At(b.NameRange("password_file"), "Only one of password and password_file may be written. Take the other out.",
			related("The other one stands here", b.NameRange("password"))))
	case name.Set && !b.Has("password") && !b.Has("password_file"):
		report(rule.HalfLogin.At(name.Range, "There is a user but no password, so the server would refuse the login. Add password_file = \"/etc/hactl/smtp.password\", or remove username."))
	case !b.Has("username") && (password.Set || file.Set):
		at := b.NameRange("password")
		if file.Set {
			at = b.NameRange("password_file")
		}
		report(rule.HalfLogin.At(at, "There is a password but no user, so it is never sent. Add username, or remove the password."))
	}
	if b.Broken("server") || !b.Has("server") || b.Broken("security") {
		return
	}
	scheme := b.String("server")
	_, security := mailServer(b)
	if len(scheme.V) > 5 && scheme.V[:5] == "smtps" && security != plan.TLS {
		report(rule.MailSecurity.At(b.String("security").Range, "smtps:// means TLS from the first byte. Write smtp:// in server, or remove security.",
			related("The server", scheme.Range)))
		return
	}
	if security == plan.Clear && b.Has("ca_file") {
		report(rule.WithoutEffect.At(b.NameRange("ca_file"), "Without TLS there is no certificate to trust. Remove ca_file, or security.", related("The security", b.String("security").Range)))
	}
	if security == plan.Clear && name.Set {
		report(rule.LoginInClear.At(b.String("security").Range, "Without TLS everybody on the way to the mail server can read the password. Remove security, or the login."))
	}
}

// checkWebhook refuses a second login beside the token.
func checkWebhook(b *lang.Block, report report) {
	for name := range b.StringMap("headers") {
		if strings.EqualFold(name, "authorization") && b.Has("bearer_file") {
			report(rule.Contradicts.At(b.NameRange("bearer_file"), fmt.Sprintf("The token is sent in the header Authorization, and %s in headers is the same one. Remove one of them.", name),
				related("The other one stands here", b.NameRange("headers"))))
		}
	}
}

// checkUnheard refuses a program for a state that on leaves out.
func checkUnheard(b, exec *lang.Block, report report) {
	heard := events(b)
	for _, e := range append(plan.Events(), plan.OnConflict) {
		if exec.Has(string(e)) && !slices.Contains(heard, e) {
			report(rule.UnheardCommand.At(exec.NameRange(string(e)), fmt.Sprintf(
				"on does not name %q, so this program never runs. Add it to on, or remove the program.", string(e)), related("What is told", b.AttrRange("on"))))
		}
	}
}
