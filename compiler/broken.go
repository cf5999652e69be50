package compiler

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// broken reports plans that break a promise of schemas/plan, each fault at the
// block that made the object. The checks name nearly all that can be wrong with
// a configuration; this is what is left, so that no agent is sent what it would
// refuse. What is the same on several hosts is reported for the first.
func broken(plans map[string]*plan.Plan, made places) hcl.Diagnostics {
	var found hcl.Diagnostics
	said := map[string]bool{}
	for _, host := range slices.Sorted(maps.Keys(plans)) {
		err := plans[host].Validate()
		if err == nil {
			continue
		}
		for fault := range strings.SplitSeq(err.Error(), "\n") {
			at, ok := made.of(host, fault)
			if !ok {
				panic("compiler: plan of host " + host + ": " + fault)
			}
			if said[place(at)+fault] {
				continue
			}
			said[place(at)+fault] = true
			found = append(found, rule.BrokenPlan.At(at, "The agent of host "+quote(host)+" would refuse its plan: "+fault+". Correct what is named."))
		}
	}
	return tidy(found)
}

// of returns the place of the object that a fault of host's plan begins with.
func (p places) of(host, fault string) (hcl.Range, bool) {
	for id, at := range p[host] {
		if strings.HasPrefix(fault, id+": ") {
			return at, true
		}
	}
	return hcl.Range{}, false
}
