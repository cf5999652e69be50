package keepalived

import (
	"fmt"
	"slices"
	"strings"

	"hactl/lang/rule"
)

// target is who hears of transitions.
type target struct {
	name string
	does *block // exec or mail
	text string // of does
}

// events are keepalived's words for scripts by what takes their place, in the
// order in which they are written.
var events = []struct{ word, attribute string }{
	{"notify_master", "active"}, {"notify_backup", "backup"}, {"notify_fault", "fault"}, {"notify_stop", "stop"}, {"notify", "any"},
}

// listen writes who hears of the transitions of a cluster's vips.
func (m *importer) listen(c *clusterDraft) {
	for _, v := range c.vips {
		m.scripts(v)
		m.mail(v)
	}
}

// scripts writes the programs that the transitions of a vip run.
func (m *importer) scripts(v *vipDraft) {
	b := &block{head: "exec"}
	var first *Statement
	for _, e := range events {
		s := m.scriptOf(v, e.word)
		if s == nil {
			continue
		}
		if first == nil {
			first = s
		}
		b.attr(e.attribute, m.commandOf(v, e.word, s))
		if operates(scriptLine(s)) {
			m.reportf(rule.ImportChanged, s.Range(), "keepalived runs this without a shell, so only its first program runs, with strange arguments. In the configuration it works as written.")
		}
	}
	if first == nil {
		return
	}
	m.scriptUser(b, v, first)
	m.without(v, b, first)
	v.notify = append(v.notify, refer("notify", m.target("scripts", b)))
}

// without reports, once for the same scripts, a node that lacks some of them.
func (m *importer) without(v *vipDraft, b *block, first *Statement) {
	if m.lacking == b.plain() {
		return
	}
	for _, i := range v.router {
		var all []string
		for _, e := range events {
			if b.has(e.attribute) && scriptOn(i, e.word) == nil {
				all = append(all, e.word)
			}
		}
		if len(all) > 0 {
			m.lacking = b.plain()
			m.report(rule.ImportChanged, first.Range(), fmt.Sprintf("%s does not have %s. In the configuration scripts run on every host, so they have to be there, too.", i.Node.Name, rule.List(all)), see(i.Statement.Range(), "Without them"))
			return
		}
	}
}

// target returns the name of the target that does that, a new one if need be.
func (m *importer) target(name string, b *block) string {
	text := b.head + b.plain()
	for _, t := range m.targets {
		if t.text == text {
			return t.name
		}
	}
	t := &target{name: m.unique("notify", name), does: b, text: text}
	m.targets = append(m.targets, t)
	return t.name
}

// scriptOf returns the statement of that word which counts, and reports nodes that
// have another one or none.
func (m *importer) scriptOf(v *vipDraft, word string) *Statement {
	var first *Statement
	has := map[*Node]*Statement{}
	for _, i := range v.router {
		m.twice(i, word)
		if s := scriptOn(i, word); s != nil {
			if has[i.Node] = s; first == nil {
				first = s
			}
		}
	}
	for _, i := range v.router {
		switch s := has[i.Node]; {
		case first == nil || s == first || s == nil:
		case scriptLine(s) != scriptLine(first):
			m.report(rule.ImportOther, s.Range(), fmt.Sprintf("%s runs another script than %s. The configuration has each host's own, by its name.", i.Node.Name, v.router[0].Node.Name), see(first.Range(), "The other script"))
			return first
		}
	}
	return first
}

// scriptOn returns the statement of that word of an instance, or of its sync group.
func scriptOn(i *Instance, word string) *Statement {
	all := i.Statement.children(word)
	if i.Group != nil {
		all = append(all, i.Group.Statement.children(word)...)
	}
	for _, s := range all { // the first one counts
		if w, ok := s.Value(); ok && w.Text != "" {
			return s
		}
	}
	return nil
}

// twice reports a script that keepalived ignores, as there is one before it.
func (m *importer) twice(i *Instance, word string) {
	if all := i.Statement.children(word); len(all) > 1 && texts(all[1]) != texts(all[0]) {
		m.report(rule.ImportChanged, all[1].Range(), fmt.Sprintf("%s is written twice, and keepalived runs the first of the scripts only. So does the configuration; if another state was meant, write it there.", word), see(all[0].Range(), "The first one"))
	}
}

// commandOf returns the expression of what a state runs: the command of first,
// or each host's own.
func (m *importer) commandOf(v *vipDraft, word string, first *Statement) string {
	blocks := map[*hostDraft]*block{}
	for _, h := range v.hosts {
		s := first
		for _, i := range v.router {
			if own := scriptOn(i, word); own != nil && i.Node == h.node {
				s = own
			}
		}
		blocks[h] = &block{}
		blocks[h].attr(word, argv(m.program(scriptLine(s), s.Range())))
	}
	return byHost(v.hosts, blocks).items[0].value
}

func groupStatement(i *Instance) *Statement {
	if i.Group == nil {
		return nil
	}
	return i.Group.Statement
}

// scriptLine returns the command of a notify statement: its first value, as user
// and group follow.
func scriptLine(s *Statement) string {
	w, _ := s.Value()
	return w.Text
}

// scriptUser writes whose rights the scripts have.
func (m *importer) scriptUser(b *block, v *vipDraft, s *Statement) {
	if len(s.Words) > 2 && !s.Words[2].Unknown {
		b.attr("user", quote(s.Words[2].Text))
		return
	}
	m.user(b, nil, v.router[0].Node)
}

// mail writes the mail that the transitions of a vip send.
func (m *importer) mail(v *vipDraft) {
	i := v.router[0]
	alert := m.settingOf(i, "smtp_alert", "smtp_alert_vrrp")
	if g := groupStatement(i).child("smtp_alert"); g != nil {
		alert = g
	}
	if alert == nil || off(alert) {
		return
	}
	g := i.Node.Global
	var to []string
	for _, b := range g.children("notification_email") {
		for _, line := range b.Children {
			if w := line.Words[0]; strings.Contains(w.Text, "@") {
				to = append(to, m.textOf(bare(w), "a mail address"))
			}
		}
	}
	server, known := value(g.child("smtp_server"))
	if len(to) == 0 || !known {
		m.reportf(rule.ImportNoPlace, alert.Range(), "smtp_alert sends mail, but global_defs lacks notification_email or smtp_server. The configuration sends none.")
		return
	}
	b := &block{head: "mail"}
	b.attr("to", list(to))
	if sender, ok := value(g.child("notification_email_from")); ok && strings.Contains(sender.Text, "@") {
		b.attr("from", m.textOf(bare(sender), "a mail address"))
	} else {
		b.attr("from", `"keepalived@${self.name}"`)
	}
	if server.Unknown {
		b.attr("server", `"smtp://${`+m.open(server, "string", "the mail server")+`}"`)
	} else {
		b.attr("server", quote("smtp://"+serverOf(g.child("smtp_server"), server)))
	}
	b.attr("security", quote("none"))
	m.reportf(rule.ImportOther, alert.Range(), "keepalived sends mail in clear text, without logging in. So does the configuration; take security out for STARTTLS, which the server then has to offer.")
	v.notify = append(v.notify, refer("notify", m.target("mail", b)))
}

// bare returns a mail address without the brackets around it.
func bare(w Word) Word {
	if inner := strings.TrimSuffix(strings.TrimPrefix(w.Text, "<"), ">"); strings.Contains(inner, "@") {
		w.Text = inner
	}
	return w
}

// off tells whether a switch is written to be off.
func off(s *Statement) bool {
	w, ok := value(s)
	return ok && slices.Contains([]string{"false", "off", "no"}, w.Text)
}

// serverOf returns the mail server with its port.
func serverOf(s *Statement, w Word) string {
	host := w.Text
	if a, ok := address(w); ok && a.Is6() {
		host = "[" + host + "]"
	}
	if len(s.Words) > 2 && decimal.MatchString(s.Words[2].Text) && s.Words[2].Text != "25" {
		host += ":" + s.Words[2].Text
	}
	return host
}
