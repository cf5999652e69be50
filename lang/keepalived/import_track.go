package keepalived

import (
	"fmt"
	"math"
	"slices"

	"hactl/lang/rule"
)

// trackDraft is what the instances of a router track under one name.
type trackDraft struct {
	first *Track // as the first node that has it tracks it
	on    []*Instance
	check *checkDraft // nil for an interface
}

// tracksOf returns the tracks of all instances, each once, in order.
func (m *importer) tracksOf(r router) []*trackDraft {
	var all []*trackDraft
	for _, i := range r {
		for _, t := range i.Tracks {
			if t.Kind != "interface" && t.Check == nil && t.Later == nil && m.checkNamed(t.Kind, t.Name.Text) != nil {
				continue // defined on another node only
			}
			at := slices.IndexFunc(all, func(d *trackDraft) bool { return tracked([]*Track{d.first}, t) })
			if at < 0 {
				all = append(all, &trackDraft{first: t})
				at = len(all) - 1
			}
			if d := all[at]; !slices.Contains(d.on, i) {
				d.on = append(d.on, i)
			}
		}
	}
	return slices.DeleteFunc(all, func(d *trackDraft) bool { return !m.resolve(d) })
}

// resolve finds what is tracked; false when nothing is to be written.
func (m *importer) resolve(d *trackDraft) bool {
	t, i := d.first, d.on[0]
	if t.Kind == "interface" {
		own := t.Name.Text == i.Interface.Text
		if own && t.Weight.Given && t.Weight.Value != 0 {
			m.reportf(rule.ImportOther, t.Weight.Range, "The weight is left out: the vip's own interface is always tracked, and without it a host cannot have the address.")
		}
		return !own && nameable(t.Name)
	}
	d.check = m.checkNamed(t.Kind, t.Name.Text)
	if d.check == nil {
		if !t.Name.Unknown {
			m.reportf(rule.ImportChanged, t.Name.Range, "No file defines %s, so keepalived goes on without this check, and so does the configuration. Write a check and a track block if it is needed.", shown(t.Name.Text))
		}
		return false
	}
	if d.check.idle {
		return false
	}
	d.check.tracked = true
	if t.Check == nil && t.Later != nil {
		m.report(rule.ImportChanged, t.Name.Range, fmt.Sprintf("%s is defined below, so keepalived does not know it here and goes on without this check. In the configuration it counts.", shown(t.Name.Text)), see(t.Later.Statement.Range(), "Defined here"))
	}
	return true
}

// trackBlocks returns the track blocks of a router, and whether its priorities
// must be written since weights refer to them.
func (m *importer) trackBlocks(r router) (blocks []*block, numbers bool) {
	all := m.tracksOf(r)
	order := r.byStanding()
	plain := demotes(order)
	kept := !plain && writable(order)
	for _, d := range all {
		b := &block{head: "track"}
		if d.check != nil {
			b.attr("check", refer("check", d.check.label))
		} else {
			b.attr("interface", quote(d.first.Name.Text))
		}
		if !m.effect(b, d, !kept) {
			numbers = true
		}
		m.onesided(d, r)
		blocks = append(blocks, b)
	}
	switch {
	case numbers:
		m.explainWeights(order)
	case !plain || len(order) == 1:
		m.counted(all, plain)
	}
	return blocks, numbers
}

// effect writes what the failure of a track does, and reports false where that is
// a weight.
func (m *importer) effect(b *block, d *trackDraft, plain bool) bool {
	t, i := d.first, d.on[0]
	zero := t.Weight.Known && t.Weight.Value == 0
	if t.Reverse {
		m.reportf(rule.ImportNoPlace, t.Name.Range, "reverse has no place: the configuration takes the success of %s for good. Turn the check around.", shown(t.Name.Text))
	}
	switch {
	case t.Kind == "file":
		return true // its numbers are turned into up and down
	case zero && !m.mixed(d):
		b.attr("effect", quote("fault"))
	case zero || !t.Weight.Known || len(i.Node.Instances) == 0:
	case !i.weighted():
		m.ignoredWeight(t, i)
	case plain:
		m.plainWeight(d)
	default:
		if w := int(t.Weight.Value); w >= -253 && w <= 253 {
			b.attr("weight", fmt.Sprint(w))
			return false
		}
	}
	return true
}

// mixed reports a check that has a weight on some nodes only, and tells whether
// it is one.
func (m *importer) mixed(d *trackDraft) bool {
	for _, i := range d.on[1:] {
		if t := trackOf(i, d.first); t.Weight.Known && t.Weight.Value != 0 {
			m.report(rule.ImportDisagree, t.Name.Range, fmt.Sprintf("%s has a weight on %s and none on %s. The configuration has it demote a host, as a weight does; write effect = \"fault\" if its failure is to take the address away.", shown(t.Name.Text), i.Node.Name, d.on[0].Node.Name), see(d.first.Name.Range, "Without a weight here"))
			return true
		}
	}
	return false
}

// trackOf returns the track of i that is the same as t.
func trackOf(i *Instance, t *Track) *Track {
	return i.Tracks[slices.IndexFunc(i.Tracks, func(o *Track) bool { return tracked([]*Track{o}, t) })]
}

// ignoredWeight reports a weight that keepalived ignores.
func (m *importer) ignoredWeight(t *Track, i *Instance) {
	why := "in a sync group without sync_group_tracking_weight"
	if i.owner() {
		why = "at priority 255"
	}
	m.reportf(rule.ImportChanged, t.Weight.Range, "keepalived ignores weights %s, so the failure of %s moves nothing there. In the configuration it demotes the host, and a healthier one takes over. Take the track out if that is not wanted.", why, shown(t.Name.Text))
}

// plainWeight says that a weight became a plain track.
func (m *importer) plainWeight(d *trackDraft) {
	if len(m.nodes) == 1 {
		m.reportf(rule.ImportOther, d.first.Weight.Range, "The weight of %s is left out, as the other nodes' priorities are not known: a failure demotes the host below all that have fewer.", shown(d.first.Name.Text))
		return
	}
	for _, i := range d.on {
		if i.Nopreempt != nil && !i.preempts() && d.first.Weight.Value != 0 {
			m.reportf(rule.ImportChanged, i.Nopreempt.Range(), "With nopreempt here keepalived does not take over from a master that only lowers its priority. In the configuration a failure of %s moves the address to a healthier host all the same.", shown(d.first.Name.Text))
			return
		}
	}
}

// onesided reports a track that some nodes lack.
func (m *importer) onesided(d *trackDraft, r router) {
	for _, i := range r {
		if !slices.Contains(d.on, i) {
			m.report(rule.ImportChanged, d.first.Name.Range, fmt.Sprintf("%s tracks %s, and %s does not. In the configuration it counts on every host, so the check has to work there, too.", d.on[0].Node.Name, shown(d.first.Name.Text), i.Node.Name), see(i.Statement.Range(), "Does not track it"))
			return
		}
	}
}

// counted reports weights by which one failure counts more than another, where
// failures are counted instead: numbers cannot be kept, or those of the other
// nodes are not known.
func (m *importer) counted(all []*trackDraft, plain bool) {
	var first *Track
	for _, d := range all {
		t := d.first
		if !counts(d.on[0], t) || !t.Weight.Known {
			continue
		}
		if first == nil {
			first = t
		}
		if !plain || math.Abs(t.Weight.Value) != math.Abs(first.Weight.Value) {
			m.reportf(rule.ImportChanged, t.Weight.Range, "These weights say more than that the host with fewer failures wins, and cannot be kept: they differ between nodes, priorities do not tell the nodes apart, or those of other nodes are not known. In the configuration each failure counts as much as any other, and the order of hosts decides between equals.")
			return
		}
	}
}

// explainWeights says why weights and priorities are kept.
func (m *importer) explainWeights(order []*Instance) {
	t := weighted(order[0])
	if len(t) == 0 {
		t = weighted(order[1])
	}
	at := order[0].Statement.Range()
	if len(t) > 0 {
		at = t[0].Weight.Range
	}
	m.report(rule.ImportChanged, at, fmt.Sprintf("By these numbers a host with fewer failures than %s does not always win, so weights and priorities are kept as they are. If every failure is to move the address, take them out of the configuration: that is what a track does by itself.", order[0].Node.Name),
		see(priorityAt(order[0]), "The priority of %s", order[0].Node.Name), see(priorityAt(order[1]), "The priority of %s", order[1].Node.Name))
}
