package keepalived

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// script returns what a vrrp_script does.
func (m *importer) script(d *checkDraft) (probe, []string) {
	lines := make([]string, len(d.on))
	var at []hcl.Range
	for n, c := range d.on {
		s := c.Statement.child("script")
		at = append(at, c.Statement.Range())
		if s != nil && len(s.Words) > 1 {
			lines[n], at[n] = lineOf(s), s.Range()
		}
	}
	if lines[0] == "" {
		m.reportf(rule.ImportOpen, at[0], "%s has no script. Write a probe into the check.", d)
		return probe{}, []string{fmt.Sprintf("%s: vrrp_script %s has no script.", fileLine(at[0]), d.label)}
	}
	note := []string{fmt.Sprintf("%s: %s", fileLine(at[0]), m.text(at[0]))}
	return m.eachHost(d, lines, at), note
}

// eachHost returns the probe of a command, or of the commands of several hosts.
func (m *importer) eachHost(d *checkDraft, lines []string, at []hcl.Range) probe {
	differ := slices.IndexFunc(lines, func(l string) bool { return l != lines[0] && l != "" })
	first := m.probe(d, 0, lines[0], at[0])
	if differ < 0 {
		return first
	}
	blocks := map[*hostDraft]*block{}
	for _, h := range m.hosts {
		blocks[h] = first.block
		if n := slices.Index(d.hosts, h); n > 0 && lines[n] != "" {
			blocks[h] = m.probe(d, n, lines[n], at[n]).block
		}
		if !alike(blocks[h], first.block) {
			m.report(rule.ImportDisagree, at[differ], fmt.Sprintf("The check %s does something else on %s. The configuration has what %s does, on every host.", d, h, d.hosts[0]), see(at[0], "The other one"))
			return first
		}
	}
	m.report(rule.ImportOther, at[differ], fmt.Sprintf("The commands of %s differ between the nodes. The configuration has each host's own, by its name.", d), see(at[0], "The other command"))
	return probe{block: byHost(m.hosts, blocks), timeout: first.timeout}
}

// alike tells whether two blocks say something of the same attributes.
func alike(a, b *block) bool {
	return a.head == b.head && slices.EqualFunc(a.items, b.items, func(x, y item) bool { return x.name == y.name })
}

// byHost returns one block of several that have the same attributes: a value that
// differs is looked up by the name of the host that it is evaluated for.
func byHost(hosts []*hostDraft, blocks map[*hostDraft]*block) *block {
	first := blocks[hosts[0]]
	b := &block{head: first.head}
	for n, i := range first.items {
		var lines []string
		same := true
		for _, h := range hosts {
			value := blocks[h].items[n].value
			same = same && value == i.value
			lines = append(lines, key(h.name)+" = "+value)
		}
		if !same {
			i.value = "{\n" + strings.Join(lines, "\n") + "\n}[self.name]"
		}
		b.attr(i.name, i.value)
	}
	return b
}

// probe returns the probe of one command: a typed one, or one that runs it.
func (m *importer) probe(d *checkDraft, n int, line string, at hcl.Range) probe {
	p, c, typed := probeOf(line)
	m.explain(line, at, c, p, typed)
	if typed {
		return p
	}
	b := &block{head: "exec"}
	b.attr("command", argv(m.program(line, at)))
	m.user(b, d.on[n].Statement.child("user"), d.hosts[n].node)
	return probe{block: b}
}

// explain reports what the probe does otherwise than keepalived did.
func (m *importer) explain(line string, at hcl.Range, c command, p probe, typed bool) {
	_, shell := shellLine(line)
	_, bare := strings.CutPrefix(strings.TrimSpace(line), "</dev/tcp/")
	switch {
	case bare, !shell && (c.operator || c.dropped || c.inverted) && !(typed && p.block.head == "file" && !c.dropped && !c.inverted):
		m.reportf(rule.ImportChanged, at, "keepalived runs this without a shell, so it does not do there what it says: most often it fails for ever, or never. In the configuration it works as written.")
	case p.caveat != "":
		m.reportf(rule.ImportOther, at, "%s", p.caveat)
	}
}

// lineOf returns the command that a statement gives, with quotes around words
// that have them in the file.
func lineOf(s *Statement) string {
	given := slices.DeleteFunc(slices.Clone(s.Words[1:]), func(w Word) bool { return strings.Trim(w.Text, " \"") == "" })
	if len(given) == 1 && given[0].Quoted {
		return given[0].Text
	}
	var all []string
	for _, w := range given {
		if w.Quoted && strings.ContainsAny(w.Text, " \t;|&<>()$`*?") {
			w.Text = "'" + strings.ReplaceAll(w.Text, "'", `'\''`) + "'"
		}
		all = append(all, w.Text)
	}
	line := strings.Join(all, " ")
	if strings.Count(line, `"`) == 1 {
		line = strings.TrimSuffix(line, `"`) // of quotes that were opened too early
	}
	return line
}

// program returns the words of a command as the agent executes them: those of the
// line, or a shell and the line where it needs one.
func (m *importer) program(line string, at hcl.Range) []string {
	if operates(line) {
		shell := "/bin/sh"
		if strings.Contains(line, "[[") || strings.Contains(line, "/dev/tcp/") {
			shell = "/bin/bash" // the only one that knows these
		}
		return []string{shell, "-c", line}
	}
	var words []string
	tokens, _ := shellWords(line)
	for _, t := range tokens {
		words = append(words, unquoted(t))
	}
	switch {
	case words[0] == "sh" || words[0] == "bash":
		words[0] = "/bin/" + words[0]
	case !path.IsAbs(words[0]):
		m.reportf(rule.ImportOther, at, "keepalived looks %s up in its PATH; the configuration needs the whole path, and has /usr/bin/%s. Correct it if the program is elsewhere.", shown(words[0]), shown(path.Base(words[0])))
		words[0] = "/usr/bin/" + path.Base(words[0])
	}
	return words
}

// scriptUser is who runs scripts where nobody is named.
const scriptUser = "keepalived_script"

// user writes whose rights a program has: those that keepalived gives it.
func (m *importer) user(b *block, own *Statement, n *Node) {
	for _, s := range []*Statement{own, n.Global.child("script_user")} {
		if w, ok := value(s); ok && !w.Unknown {
			b.attr("user", quote(w.Text))
			m.ownGroup(s)
			return
		}
	}
	if s := n.Global.child("enable_script_security"); s != nil {
		b.attr("user", quote(scriptUser))
		if !m.secured {
			m.secured = true
			m.reportf(rule.ImportOther, s.Range(), "Without script_user keepalived runs scripts as %s, and none where nobody is called so. The configuration names that user, who has to be there on every host.", scriptUser)
		}
		return
	}
	b.attr("user", quote("root"))
}

// ownGroup reports a group that is not the user's own.
func (m *importer) ownGroup(s *Statement) {
	if len(s.Words) > 2 && s.Words[2].Text != s.Words[1].Text && !m.grouped {
		m.grouped = true
		m.reportf(rule.ImportNoPlace, s.Words[2].Range, "The group has no place: programs have the groups that %s has.", shown(s.Words[1].Text))
	}
}
