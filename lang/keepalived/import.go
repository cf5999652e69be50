package keepalived

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// Imported is a configuration that was made of files of keepalived.
type Imported struct {
	// Parts are in the order in which they stand in one file. Each is formatted
	// and not empty.
	Parts []Part

	// Servers is how many blocks of the load balancer are kept as comments.
	Servers int
}

// Part is a piece of a configuration that may be a file of its own.
type Part struct {
	Name string // of the file, without ".ha.hcl"
	Text string
}

// Text returns the whole as one file.
func (i *Imported) Text() string {
	var all []string
	for _, p := range i.Parts {
		all = append(all, p.Text)
	}
	return strings.Join(all, "\n")
}

// importer makes a configuration of some nodes.
type importer struct {
	texts     map[string][]byte // not masked: what is carried over is read from here
	nodes     []*Node
	diags     hcl.Diagnostics
	routers   []router
	leftOpen  bool           // it was said that checks have other defaults
	lacking   string         // the scripts of which it was said that some node lacks them
	names     map[string]int // that are taken, behind the kind of object and a space, with the last number that was put behind them
	grouped   bool           // it was said that groups of users have no place
	secured   bool           // it was said that the user for scripts has to be there
	hosts     []*hostDraft
	peers     map[string]*hostDraft // neighbours of the only node, by the expression of their address
	variables []*variable
	secrets   map[string]string // files by the password that they are to hold
	checks    []*checkDraft
	targets   []*target
	clusters  []*clusterDraft
	vips      []*vipDraft
}

// Import makes one configuration of hactl of the files of some nodes of one
// cluster. It returns what could be made, nil when nothing could, every step that
// loses or changes something as a finding, and the texts by name as in the
// findings' ranges, with asterisks where passwords stand.
func Import(sources []Source) (*Imported, hcl.Diagnostics, map[string][]byte) {
	m := &importer{texts: map[string][]byte{}, secrets: map[string]string{}, names: map[string]int{}, peers: map[string]*hostDraft{}}
	masked := m.read(sources)
	var made *Imported
	if m.worthwhile() {
		made = m.make()
	}
	l := linter{diags: m.diags}
	return made, merged(l.sorted(sources)), masked
}

// read reads the files and marks what is unknown in them. What the linter says
// of keywords is its own business.
func (m *importer) read(sources []Source) (masked map[string][]byte) {
	masked = map[string][]byte{}
	for _, s := range sources {
		c, diags := Read(s)
		for _, d := range diags {
			m.diags = append(m.diags, softened(d))
		}
		mask(masked, c)
		for name, text := range c.Sources {
			m.texts[name] = text
		}
		if !c.Template {
			l := &linter{version: Newest}
			l.words(c)
			m.straighten(c.Statements)
			m.nodes = append(m.nodes, Decode(c))
		}
	}
	return masked
}

// softened returns a finding about a file that can be imported in spite of it as
// a warning.
func softened(d *hcl.Diagnostic) *hcl.Diagnostic {
	if code, _, _ := rule.Of(d); d.Severity == rule.Error && (code == rule.Braces.Code || code == rule.Slashes.Code) {
		d.Severity = rule.Warning
	}
	return d
}

// worthwhile tells whether the files say something that can be imported.
func (m *importer) worthwhile() bool {
	if m.diags.HasErrors() {
		return false
	}
	if slices.ContainsFunc(m.nodes, func(n *Node) bool { return len(n.Instances) > 0 }) {
		return true
	}
	for _, n := range m.nodes {
		m.report(rule.ImportNothing, hcl.Range{Filename: n.Config.File, Start: hcl.InitialPos, End: hcl.InitialPos},
			"The file has no vrrp_instance, so there is no virtual address to take over. Name the files that have one.")
	}
	return false
}

// make makes the configuration of what was read.
func (m *importer) make() *Imported {
	m.routers = m.matched()
	m.makeHosts()
	m.makeChecks()
	m.makeVips()
	m.makeClusters()
	m.leftOver()
	made := &Imported{}
	add := func(name string, b *block) {
		if !b.empty() {
			made.Parts = append(made.Parts, Part{name, b.text()})
		}
	}
	add("hosts", m.hostsBlock())
	add("checks", m.checksBlock())
	add("clusters", m.clustersBlock())
	servers, count := m.servers()
	add("servers", servers)
	made.Servers = count
	return made
}

// matched returns the routers of all nodes. Two that only one node has, each
// another one, are the same with different VRIDs when they share an address.
func (m *importer) matched() []router {
	var all []router
	for _, r := range routers(m.nodes) {
		at := slices.IndexFunc(all, func(o router) bool {
			return len(r) == 1 && len(o) == 1 && r[0].Node != o[0].Node && shared(r[0], o[0]) > 0
		})
		if at >= 0 {
			all[at] = append(all[at], r[0])
			continue
		}
		all = append(all, r)
	}
	return all
}

func (m *importer) report(r rule.Rule, at hcl.Range, detail string, related ...rule.Related) {
	if len(m.diags) < maxFindings {
		m.diags = append(m.diags, r.At(at, detail, related...))
	}
}

func (m *importer) reportf(r rule.Rule, at hcl.Range, format string, args ...any) {
	m.report(r, at, fmt.Sprintf(format, args...))
}

// opinion is what one node says about something.
type opinion struct {
	node  string
	text  string // the same for the same; "" where it says nothing
	shown string // how a finding shows it; text when empty
	at    hcl.Range
}

func (o opinion) String() string {
	switch {
	case o.shown != "":
		return o.shown
	case o.text == "":
		return "nothing"
	}
	return shown(o.text)
}

// agree reports where others differ from the first opinion, which counts. what is
// a title.
func (m *importer) agree(what string, all []opinion) {
	for _, o := range all[1:] {
		if o.text != all[0].text {
			m.report(rule.ImportDisagree, o.at, fmt.Sprintf("%s: %s has %s, and %s has %s. The configuration says it once for all hosts, and has what %s says. Correct it there if that is the wrong one.",
				what, all[0].node, all[0], o.node, o, all[0].node), see(all[0].at, "What %s says", all[0].node))
			return
		}
	}
}
