package kernel

import (
	"errors"
	"fmt"
	"slices"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// ruleOp is one change to the kernel's rules.
type ruleOp struct {
	verb verb
	rule node.Rule
}

func (o ruleOp) about() any { return o.rule }

func (o ruleOp) adds() bool { return o.verb == add }

// String returns o as the command that an operator would type.
func (o ruleOp) String() string {
	return fmt.Sprintf("ip%s rule %s %s protocol %d", dash6(o.rule.IPv6), o.verb.typed(), o.rule, Mark)
}

// diffRules returns the changes that make our rules exactly those wished, among
// what is ours. A rule of somebody else that says the same is no reason for none
// of ours: it may go.
func diffRules(h host, wishes []node.Rule) (additions, removals []change) {
	if h.failure != nil {
		return nil, nil
	}
	wanted := map[node.Rule]bool{}
	for _, w := range wishes {
		if !wanted[w] && !h.unmarked && !slices.Contains(h.rules, w) {
			additions = append(additions, ruleOp{add, w})
		}
		wanted[w] = true
	}
	for _, r := range slices.Backward(h.rules) {
		if !wanted[r] {
			removals = append(removals, ruleOp{remove, r})
		}
	}
	return additions, removals
}

// heldRules tells what became of rules.
func heldRules(h host, wishes []node.Rule, failed map[any]error) []node.Held[node.Rule] {
	var held []node.Held[node.Rule]
	for _, w := range wishes {
		x := node.Held[node.Rule]{Wish: w, Present: slices.Contains(h.rules, w)}
		if !x.Present {
			x.Problem = h.ruleProblem(failed[w])
		}
		held = append(held, x)
	}
	for _, r := range h.rules {
		if !slices.Contains(wishes, r) {
			held = append(held, node.Held[node.Rule]{Wish: r, Present: true, Problem: notRemoved(failed[r])})
		}
	}
	return held
}

// ruleProblem says why a rule is not there.
func (h host) ruleProblem(err error) string {
	switch {
	case h.unmarked:
		return "the kernel keeps no protocol number with rules, by which hactl knows its own (Linux 4.17 and later do)"
	case foreign(err):
		return "foreign rule"
	case err != nil:
		return err.Error()
	}
	return "somebody else removes it"
}

// foreign says whether an addition failed since somebody else was there first.
func foreign(err error) bool { return errors.Is(err, unix.EEXIST) }

// notRemoved says why something of ours that is not wished is there.
func notRemoved(err error) string {
	if err != nil {
		return err.Error()
	}
	return "not removed yet"
}
