package plan

import (
	"slices"
	"strings"
	"testing"
)

// Each case breaks one promise of notify.go about targets.
func TestValidateNotify(t *testing.T) {
	exec := func(p *Plan) *ExecTarget { return p.Notify[0].Exec }
	mail := func(p *Plan) *MailTarget { return p.Notify[1].Mail }
	webhook := func(p *Plan) *WebhookTarget { return p.Notify[2].Webhook }
	const kinds = "target: one of exec, mail and webhook is needed, and only one"
	refuses(t, full, []breach{
		{"unsorted", func(p *Plan) { p.Notify[0], p.Notify[1] = p.Notify[1], p.Notify[0] }, "notify exec: name: not behind mail: targets are sorted, and a name is there once"},
		{"that nobody names", func(p *Plan) { p.Notify = append(p.Notify, p.Notify[2]); p.Notify[3].Name = "x" }, "notify x: no router names it"},
		{"of no target", func(p *Plan) { p.Routers[0].Notify = []string{"mail", "exec", "webhook", "x"} }, `router web/public/ipv4: notify: there is no target "x"`},
		{"of a target without a name", func(p *Plan) { p.Routers[0].Notify = []string{"mail", "exec", "webhook", ""} }, `router web/public/ipv4: notify: there is no target ""`},
		{"a target twice", func(p *Plan) { p.Routers[0].Notify = []string{"mail", "exec", "webhook", "mail"} }, "router web/public/ipv4: notify: mail is there twice"},

		{"no event", func(p *Plan) { p.Notify[0].On = nil }, "notify exec: on: none"},
		{"another event", func(p *Plan) { p.Notify[2].On = []Event{"start"} }, `notify webhook: on: "start" is no event, or not in order, each once`},
		{"events unsorted", func(p *Plan) { p.Notify[1].On = []Event{OnFault, OnActive} }, `notify mail: on: "active" is no event, or not in order, each once`},
		{"event twice", func(p *Plan) { p.Notify[1].On = []Event{OnFault, OnFault} }, `notify mail: on: "fault" is no event, or not in order, each once`},
		{"no target", func(p *Plan) { p.Notify[0].Exec = nil }, "notify exec: " + kinds},
		{"two targets", func(p *Plan) { p.Notify[0].Mail = mail(p) }, "notify exec: " + kinds},

		{"no command", func(p *Plan) { *exec(p) = ExecTarget{User: "root", Timeout: 1} }, "notify exec: exec: no command"},
		{"relative program", func(p *Plan) { exec(p).Any[0] = "x" }, `notify exec: exec any: "x" is no absolute path`},
		{"argument with a NUL byte", func(p *Plan) { exec(p).Fault[1] = "hunter2\x00" }, "notify exec: exec fault argument 1: with a NUL byte"},
		{"no user", func(p *Plan) { exec(p).User = "" }, `notify exec: exec user: "" is empty or not UTF-8`},
		{"variable's name", func(p *Plan) { exec(p).Environment["Ä"] = "hunter2" }, `notify exec: exec environment: "Ä" is no name of a variable`},
		{"no time for programs", func(p *Plan) { exec(p).Timeout = 0 }, "notify exec: exec timeout_ms: 0 is outside 1..86400000"},

		{"no recipient", func(p *Plan) { mail(p).To = nil }, "notify mail: mail to: none"},
		{"many recipients", func(p *Plan) { mail(p).To = slices.Repeat(mail(p).To[:1], 257) }, "notify mail: mail to: 257 of them, more than 256"},
		{"recipient", func(p *Plan) { mail(p).To[0] = "ops" }, `notify mail: mail to: "ops" is no mail address`},
		{"sender in two lines", func(p *Plan) { mail(p).From = "\"a\r\n b\" <a@b>" }, `notify mail: mail from: "\"a\r\n b\" <a@b>" is no mail address`},
		{"server without a port", func(p *Plan) { mail(p).Server = "smtp.example.com" }, `notify mail: mail server: "smtp.example.com" is not HOST:PORT`},
		{"security", func(p *Plan) { mail(p).Security = "ssl" }, `notify mail: mail security: "ssl" is none of tls, starttls, none`},
		{"user without a password", func(p *Plan) { mail(p).Password = "" }, "notify mail: mail: one of password and password_file is needed with a username, and only one"},
		{"two passwords", func(p *Plan) { mail(p).PasswordFile = "/x" }, "notify mail: mail: one of password and password_file is needed with a username, and only one"},
		{"password without a user", func(p *Plan) { mail(p).Username = "" }, "notify mail: mail: a password without a username"},
		{"password not UTF-8", func(p *Plan) { mail(p).Password = "hunter2\xff" }, "notify mail: mail password: not UTF-8"},
		{"relative password file", func(p *Plan) { mail(p).Password, mail(p).PasswordFile = "", "x" }, `notify mail: mail password_file: "x" is no absolute path`},
		{"CA without TLS", func(p *Plan) { mail(p).Security = Clear }, "notify mail: mail ca_file: with security none"},
		{"negative time to gather", func(p *Plan) { mail(p).Gather = -1 }, "notify mail: mail gather_ms: -1 is outside 0..86400000"},
		{"no time for mail", func(p *Plan) { mail(p).Timeout = 0 }, "notify mail: mail timeout_ms: 0 is outside 1..86400000"},

		{"no URL", func(p *Plan) { webhook(p).URL = "" }, "notify webhook: webhook: one of url and url_file is needed, and only one"},
		{"two URLs", func(p *Plan) { webhook(p).URLFile = "/x" }, "notify webhook: webhook: one of url and url_file is needed, and only one"},
		{"URL of another scheme", func(p *Plan) { webhook(p).URL = "ftp://x/hunter2" }, "notify webhook: webhook url: not absolute, or neither http nor https"},
		{"URL that is none", func(p *Plan) { webhook(p).URL = "https://x/hunter2%zz" }, "notify webhook: webhook url: not absolute, or neither http nor https"},
		{"long URL", func(p *Plan) { webhook(p).URL += strings.Repeat("x", MaxText) }, "notify webhook: webhook url: 4130 bytes, more than 4096"},
		{"relative URL file", func(p *Plan) { webhook(p).URL, webhook(p).URLFile = "", "x" }, `notify webhook: webhook url_file: "x" is no absolute path`},
		{"header's value", func(p *Plan) { webhook(p).Headers["X-Team"] = "hunter2\n" }, "notify webhook: webhook headers X-Team: with a control character"},
		{"two tokens", func(p *Plan) { webhook(p).Headers["authorization"] = "hunter2" }, "notify webhook: webhook bearer_file: with a header authorization"},
		{"relative token file", func(p *Plan) { webhook(p).BearerFile = "x" }, `notify webhook: webhook bearer_file: "x" is no absolute path`},
		{"relative CA file", func(p *Plan) { webhook(p).CAFile = "x" }, `notify webhook: webhook ca_file: "x" is no absolute path`},
		{"a day to post", func(p *Plan) { webhook(p).Timeout = Longest + 1 }, "notify webhook: webhook timeout_ms: 86400001 is outside 1..86400000"},
	})
}

// Hooks are broken in both families alike; each fault is told of both.
func TestValidateHooks(t *testing.T) {
	hook := func(breaks func(*Hook)) func(*Plan) {
		return func(p *Plan) { breaks(&p.Routers[0].Hooks[0]) } // one list serves both
	}
	both := func(fault string) string {
		return "router web/public/ipv4: " + fault + "\nrouter web/public/ipv6: " + fault
	}
	refuses(t, full, []breach{
		{"when", hook(func(h *Hook) { h.When = "later" }), both(`hooks when: "later" is none of before_release, after_acquire`)},
		{"no command", hook(func(h *Hook) { h.Command = nil }), both("hooks command: none")},
		{"no user", hook(func(h *Hook) { h.User = "" }), both(`hooks user: "" is empty or not UTF-8`)},
		{"variable's value", hook(func(h *Hook) { h.Environment = map[string]string{"A": "hunter2\xff"} }), both("hooks environment A: not UTF-8")},
		{"no deadline", hook(func(h *Hook) { h.Timeout = 0 }), both("hooks timeout_ms: 0 is outside 1..86400000")},
		{"many", func(p *Plan) {
			p.Routers[0].Hooks = slices.Repeat(p.Routers[0].Hooks, 129)
			p.Routers[1].Hooks = p.Routers[0].Hooks
		}, both("hooks: 258 of them, more than 256")},
		{"in one family only", func(p *Plan) { p.Routers[1].Hooks = nil }, "router web/public/ipv6: hooks: not those of router web/public/ipv4, of the same vip"},
	})
}
