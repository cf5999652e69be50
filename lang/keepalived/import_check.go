package keepalived

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"hactl/lang/rule"
)

// checkDraft is a check of the configuration: what the nodes define under one
// name.
type checkDraft struct {
	label   string
	kind    string // as of Check
	on      []*Check
	hosts   []*hostDraft // of each of them
	tracked bool
	idle    bool // it looks whether keepalived itself runs
}

// String returns its name in the files.
func (d *checkDraft) String() string { return shown(d.on[0].Name.Text) }

// makeChecks collects the checks of all nodes.
func (m *importer) makeChecks() {
	for _, n := range m.nodes {
		for _, c := range n.Checks {
			d := m.checkNamed(c.Kind, c.Name.Text)
			if d == nil {
				d = &checkDraft{kind: c.Kind, label: m.unique("check", label(c.Name.Text, "check"))}
				m.checks = append(m.checks, d)
			}
			d.on, d.hosts = append(d.on, c), append(d.hosts, m.hostOf(n))
			d.idle = (d.idle || len(d.on) == 1) && ownsLife(c)
		}
	}
}

// checkNamed returns the check of that kind and name, nil for none.
func (m *importer) checkNamed(kind, name string) *checkDraft {
	for _, d := range m.checks {
		if d.kind == kind && d.on[0].Name.Text == name {
			return d
		}
	}
	return nil
}

// checksBlock returns the checks and who is notified. A check that nothing
// tracks is a comment.
func (m *importer) checksBlock() *block {
	all := &block{}
	for _, d := range m.checks {
		said := len(m.diags)
		b, note := m.checkBlock(d)
		if !d.tracked || d.idle {
			m.diags = m.diags[:said] // of what never ran there is nothing to say
		}
		switch {
		case d.idle:
			m.reportf(rule.ImportDropped, d.on[0].Statement.Range(), "%s looks whether keepalived itself runs: it never fails there, and would never succeed where hactl runs instead. Track what the addresses are for.", d)
		case b == nil:
			all.remark(note...)
		case d.tracked:
			all.add(b, note...)
		default:
			m.reportf(rule.ImportDropped, d.on[0].Statement.Range(), "No instance tracks %s, so keepalived never runs it. It stands in the configuration as a comment.", d)
			alone := &block{}
			alone.add(b)
			lines := strings.Split(strings.TrimRight(alone.text(), "\n"), "\n")
			all.remark(slices.Concat(note, prose("Nothing tracks this check, so keepalived never ran it. To use it, take the # away, and track it in a cluster."), lines)...)
		}
	}
	for _, t := range m.targets {
		b := &block{head: "notify " + quote(t.name)}
		b.add(t.does)
		all.add(b)
	}
	return all
}

// checkBlock returns one check and the comment above it.
func (m *importer) checkBlock(d *checkDraft) (b *block, note []string) {
	b = &block{head: "check " + quote(d.label)}
	var p probe
	switch d.kind {
	case "script":
		p, note = m.script(d)
	case "process":
		p, note = m.process(d)
	case "file":
		p, note = m.file(d)
	}
	if p.block == nil {
		return nil, note
	}
	b.add(p.block)
	m.timing(b, d, p.timeout)
	return b, note
}

// timing writes how often a check runs and what counts. What the file does not
// say is not written.
func (m *importer) timing(b *block, d *checkDraft, timeout string) {
	m.sameTiming(d)
	s := d.on[0].Statement
	if d.kind == "script" {
		m.untimed(d, s)
	}
	interval, known := seconds(s, "interval")
	if known && interval != usual("check", "interval") {
		b.attr("interval", interval)
	}
	if own, known := seconds(s, "timeout"); known {
		timeout = own
	}
	if timeout != "" && timeout != usual("check", "timeout") {
		b.attr("timeout", timeout)
	}
	for _, word := range []string{"fall", "rise"} {
		n := number(s.child(word), 0)
		times := fmt.Sprint(int(n.Value))
		if n.Known && n.Given && n.Value >= 1 && n.Value <= 1000 && times != usual("check", word) {
			b.attr(word, times)
		}
	}
	if s.child("init_fail") != nil {
		b.attr("initial", quote("down"))
	}
}

// untimed reports, once, that what a file leaves open is left to other defaults.
func (m *importer) untimed(d *checkDraft, s *Statement) {
	for _, word := range []string{"interval", "fall", "rise"} {
		if s.child(word) == nil && d.tracked && !m.leftOpen {
			m.leftOpen = true
			m.reportf(rule.ImportOther, s.Range(), "What a script leaves open, the configuration leaves open, too, and the defaults differ: keepalived runs a script every second, and one result counts; hactl runs a check every %s, and %s results in a row count. Write interval, fall and rise to have the old ones.", strings.Trim(usual("check", "interval"), `"`), usual("check", "fall"))
		}
	}
}

// seconds returns the time that a statement of s gives.
func seconds(s *Statement, word string) (expr string, known bool) {
	n := number(s.child(word), 0)
	expr = duration(n.Value)
	return expr, n.Known && n.Given && expr != "" && n.Value <= 86400
}

// sameTiming reports checks of one name that run differently on some nodes.
func (m *importer) sameTiming(d *checkDraft) {
	for _, word := range []string{"interval", "timeout", "fall", "rise"} {
		var all []opinion
		for n, c := range d.on {
			s := c.Statement.child(word)
			o := opinion{node: d.hosts[n].name, at: c.Statement.Range()}
			if w, ok := value(s); ok {
				o.text, o.at = w.Text, w.Range
			}
			all = append(all, o)
		}
		m.agree(sentence(word)+" of "+d.String(), all)
	}
}

// process returns what a vrrp_track_process does.
func (m *importer) process(d *checkDraft) (probe, []string) {
	s := d.on[0].Statement
	w, ok := value(s.child("process"))
	if !ok || w.Unknown {
		m.reportf(rule.ImportOpen, s.Range(), "No process is named. Write a process block into the check %q.", d.label)
		return probe{}, []string{fmt.Sprintf("%s: vrrp_track_process %s names no process.", fileLine(s.Range()), d.label)}
	}
	b := &block{head: "process"}
	b.attr("name", quote(path.Base(w.Text)))
	if n := number(s.child("quorum"), 1); n.Known && n.Value > 1 && n.Value <= 100000 {
		b.attr("minimum", fmt.Sprint(int(n.Value)))
	}
	for _, word := range []string{"param_match", "full_command", "quorum_max", "terminate_delay", "fork_delay", "delay"} {
		if c := s.child(word); c != nil {
			m.reportf(rule.ImportNoPlace, c.Range(), "%s has no place: the check counts processes by their program's name, every 2 s.", word)
		}
	}
	if words := s.child("process").Words; len(words) > 2 {
		m.reportf(rule.ImportNoPlace, words[2].Range, "Arguments of a process have no place: the check counts processes by their program's name.")
	}
	return probe{block: b}, []string{fmt.Sprintf("%s: vrrp_track_process %s", fileLine(s.Range()), d.on[0].Name.Text)}
}

// file returns what a vrrp_track_file does: its number times the weight is added
// to the priority, of which the sign is kept.
func (m *importer) file(d *checkDraft) (probe, []string) {
	s := d.on[0].Statement
	w, ok := value(s.child("file"))
	if !ok || w.Unknown {
		m.reportf(rule.ImportOpen, s.Range(), "No file is named. Write a file block into the check %q.", d.label)
		return probe{}, []string{fmt.Sprintf("%s: vrrp_track_file %s names no file.", fileLine(s.Range()), d.label)}
	}
	b := &block{head: "file"}
	b.attr("path", quote(w.Text))
	b.attr("expect", quote("number"))
	limit := "minimum"
	if d.on[0].Weight.Value < 0 {
		limit = "maximum"
	}
	b.attr(limit, "0")
	m.reportf(rule.ImportChanged, s.Range(), "keepalived adds the file's number, times the weight, to the priority. In the configuration any number that lowers it demotes the host, one that raises it does nothing, and a file that is not there counts as a failure.")
	return probe{block: b}, []string{fmt.Sprintf("%s: vrrp_track_file %s", fileLine(s.Range()), d.on[0].Name.Text)}
}
