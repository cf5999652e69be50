package keepalived

import (
	"fmt"
	"strings"

	"hactl/lang/rule"
)

// preempting writes when a preferred host takes the address back: the preferred
// node's word counts, as it is the one that would.
func (m *importer) preempting(v *vipDraft, order []*Instance) {
	b := &block{head: "preemption"}
	i := order[0]
	mode, delay := preemptionOf(i)
	if level(order) {
		mode = "never"
	}
	if mode != "never" {
		m.uselessNopreempt(order)
	}
	switch {
	case mode == "never":
		b.attr("mode", quote(mode))
	case delay != "":
		b.attr("mode", quote("delayed"))
		b.attr("delay", delay)
		m.delayText(i)
	}
	v.blocks = append(v.blocks, levelBlock{block: b})
	m.otherPreemption(order)
}

// level tells whether nobody takes the address back since the first two nodes have
// the same priority, and nothing says that one of them was meant to.
func level(order []*Instance) bool {
	if len(order) < 2 || standing(order[0]) != standing(order[1]) || !order[0].Priority.Known || !order[1].Priority.Known {
		return false
	}
	return order[0].Master == order[1].Master || order[0].Nopreempt != nil || order[1].Nopreempt != nil
}

// uselessNopreempt reports where nopreempt is written and the address is taken
// back all the same.
func (m *importer) uselessNopreempt(order []*Instance) {
	for _, i := range order {
		switch s := i.Nopreempt; {
		case s == nil:
		case i.preempts():
			m.reportf(rule.ImportChanged, s.Range(), "keepalived drops nopreempt where the state is MASTER or the priority 255, so %s takes the address back, and the configuration says so. If that is not wanted, write a preemption block with mode = \"never\".", order[0].Node.Name)
			return
		default:
			m.reportf(rule.ImportOther, s.Range(), "nopreempt says nothing of a node that is not preferred: %s is, and takes the address back. The configuration says so.", order[0].Node.Name)
			return
		}
	}
}

// preemptionOf returns what an instance does when it comes back.
func preemptionOf(i *Instance) (mode, delay string) {
	if !i.preempts() {
		return "never", ""
	}
	w, ok := value(i.Delay)
	if !ok || i.Master || w.Unknown {
		return "always", ""
	}
	if n := parseNumber(Word{Text: strings.TrimSuffix(w.Text, "s")}); n.Known && n.Value > 0 && n.Value <= 1000 {
		return "delayed", duration(n.Value)
	}
	return "always", ""
}

// delayText reports a delay that keepalived does not read as it is meant.
func (m *importer) delayText(i *Instance) {
	if w, _ := i.Delay.Value(); strings.HasSuffix(w.Text, "s") {
		m.reportf(rule.ImportChanged, w.Range, "keepalived does not know units, and reads %s as no delay at all. In the configuration it is what is written.", shown(w.Text))
	}
}

// otherPreemption reports nodes that preempt otherwise than the preferred one,
// where that can be seen.
func (m *importer) otherPreemption(order []*Instance) {
	mode, delay := preemptionOf(order[0])
	for n, i := range order[1:] {
		if other, its := preemptionOf(i); n < len(order)-2 && (other != mode || its != delay) {
			m.report(rule.ImportDisagree, i.Statement.Range(), fmt.Sprintf("%s and %s do not preempt alike. The configuration has what %s says, which is preferred.", order[0].Node.Name, i.Node.Name, order[0].Node.Name), see(order[0].Statement.Range(), "The preferred node"))
			return
		}
	}
}
