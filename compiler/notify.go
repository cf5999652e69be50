package compiler

import (
	"cmp"
	"net/url"
	"slices"

	"hactl/lang"
	"hactl/schemas/plan"
)

// target is a notify block.
type target struct {
	name  string
	block *lang.Block
	used  bool // some vip names it
}

// target enters one notify block.
func (r *resolver) target(b *lang.Block) {
	t := &target{name: b.Label(), block: b}
	r.targets = append(r.targets, t)
	r.byTarget[t.name] = t
}

// targetsOf returns who hears of a vip.
func (r *resolver) targetsOf(cluster, vip *lang.Block) []*target {
	var all []*target
	if cluster.Broken("notify") || vip.Broken("notify") { // it may name any
		for _, t := range r.targets {
			t.used = true
		}
	}
	for _, ref := range slices.Concat(cluster.Refs("notify"), vip.Refs("notify")) {
		if t := r.byTarget[ref.V.ID]; t != nil && !slices.Contains(all, t) {
			t.used = true
			all = append(all, t)
		}
	}
	return all
}

// names returns the targets' names.
func names(targets []*target) []string {
	var all []string
	for _, t := range targets {
		all = append(all, t.name)
	}
	return all
}

// lowerTargets adds to each plan the targets that its routers name.
func lowerTargets(m *model, plans map[string]*plan.Plan, places places) {
	for _, t := range m.targets {
		for host, p := range plans {
			if slices.ContainsFunc(p.Routers, func(r plan.Router) bool { return slices.Contains(r.Notify, t.name) }) {
				p.Notify = append(p.Notify, t.lower(host))
				places[host]["notify "+t.name] = t.block.Range()
			}
		}
	}
}

// lower returns t for one host.
func (t *target) lower(host string) plan.Notify {
	b := t.block.For(host)
	n := plan.Notify{Name: t.name, On: events(b)}
	if e := b.Block("exec"); e != nil {
		n.Exec = &plan.ExecTarget{
			Active: texts(e, "active"), Backup: texts(e, "backup"), Fault: texts(e, "fault"), Stop: texts(e, "stop"), Any: texts(e, "any"),
			Conflict: texts(e, "conflict"),
			User:     e.String("user").V, Environment: textMap(e, "environment"), Timeout: millis(e, "timeout"),
		}
	}
	if w := b.Block("webhook"); w != nil {
		n.Webhook = &plan.WebhookTarget{
			URL: w.String("url").V, URLFile: w.String("url_file").V, Headers: textMap(w, "headers"),
			BearerFile: w.String("bearer_file").V, CAFile: w.String("ca_file").V, Timeout: millis(w, "timeout"),
		}
	}
	if m := b.Block("mail"); m != nil {
		n.Mail = lowerMail(m)
	}
	return n
}

// lowerMail returns what the plan says of a mail block.
func lowerMail(b *lang.Block) *plan.MailTarget {
	server, security := mailServer(b)
	return &plan.MailTarget{
		To: texts(b, "to"), From: b.String("from").V, Server: server, Security: security,
		Username: b.String("username").V, Password: b.String("password").V, PasswordFile: b.String("password_file").V,
		CAFile: b.String("ca_file").V, Gather: millis(b, "gather"), Timeout: millis(b, "timeout"),
	}
}

// mailServer returns the host and port of a mail block's server, and how the
// connection is protected.
func mailServer(b *lang.Block) (server string, security plan.Security) {
	u, err := url.Parse(b.String("server").V)
	if err != nil {
		panic("compiler: package lang let a mail server pass: " + err.Error())
	}
	security = plan.StartTLS
	if u.Scheme == "smtps" {
		security = plan.TLS
	}
	security = plan.Security(cmp.Or(b.String("security").V, string(security)))
	port := map[plan.Security]string{plan.TLS: "465", plan.StartTLS: "587", plan.Clear: "25"}[security]
	if u.Port() == "" {
		return u.Host + ":" + port, security
	}
	return u.Host, security
}

// events returns the events that b's target hears of, in the plan's order: where on
// does not say, of all states, and of conflicts where a program is for them.
func events(b *lang.Block) []plan.Event {
	on := texts(b, "on")
	if len(on) == 0 {
		if x := b.Block("exec"); x != nil && x.Has("conflict") {
			return append(plan.Events(), plan.OnConflict)
		}
		return plan.Events()
	}
	return slices.DeleteFunc(append(plan.Events(), plan.OnConflict), func(e plan.Event) bool { return !slices.Contains(on, string(e)) })
}
