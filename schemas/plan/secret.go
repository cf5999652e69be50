package plan

import (
	"slices"
	"strings"
)

// Secret reports whether the plan holds a secret in clear text, or what may be
// one, so that its document must be readable by its owner only.
//
// Passwords and keys are secrets. The URL of a webhook, the query of any other
// URL, a header and a variable of an environment may be: nobody can tell a token
// from a word, so that each of them counts. The arguments of a command do not:
// every user of the host sees them while it runs.
func (p *Plan) Secret() bool {
	return slices.ContainsFunc(p.Routers, Router.secret) ||
		slices.ContainsFunc(p.Checks, Check.secret) ||
		slices.ContainsFunc(p.Notify, Notify.secret)
}

func (r Router) secret() bool {
	return slices.ContainsFunc(r.Auths(), (*Auth).secret) ||
		slices.ContainsFunc(r.Hooks, func(h Hook) bool { return len(h.Environment) > 0 })
}

func (a *Auth) secret() bool {
	return a.Secret != "" || slices.ContainsFunc(a.Keys, func(k Key) bool { return k.Secret != "" })
}

func (c Check) secret() bool {
	return c.HTTP != nil && (len(c.HTTP.Headers) > 0 || strings.Contains(c.HTTP.URL, "?")) ||
		c.Exec != nil && len(c.Exec.Environment) > 0
}

func (x Notify) secret() bool {
	return x.Exec != nil && len(x.Exec.Environment) > 0 ||
		x.Mail != nil && x.Mail.Password != "" ||
		x.Webhook != nil && (x.Webhook.URL != "" || len(x.Webhook.Headers) > 0)
}
