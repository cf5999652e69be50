package compiler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// trackTwice refuses t, which stands beside first and tracks the same thing.
func (r *resolver) trackTwice(t, first *track) {
	r.report(rule.TrackTwice.At(t.at(), fmt.Sprintf("Another track block beside this one has %s too. Remove one of them.", t), related("The other one", first.at())))
}

// checkEffects refuses tracks of which it is not clear what follows from a
// failure.
func checkEffects(v *vip, report report) {
	for _, t := range v.tracks {
		weight, effect := t.block.Integer("weight"), t.block.String("effect")
		switch {
		case weight.Set && effect.Set:
			report(rule.EffectAndWeight.At(t.block.NameRange("weight"), fmt.Sprintf(
				"A failure of %s either has effect %q or changes the priority by a weight. Remove one of them.", t, effect.V), related("The effect", effect.Range)))
		case weight.Set && weight.V == 0:
			report(rule.ZeroWeight.At(weight.Range, `In keepalived a check with a weight of 0 takes the address away when it fails. Write effect = "fault" for that.`))
		}
	}
}

// checkOwnInterfaces refuses tracks of an interface that every vip under them
// uses itself, on every host.
func checkOwnInterfaces(m *model, report report) {
	needed := map[hcl.Range]bool{}
	each := func(do func(*vip, *track)) {
		for _, v := range m.vips {
			for _, t := range v.tracks {
				do(v, t)
			}
		}
	}
	each(func(v *vip, t *track) {
		needed[t.at()] = needed[t.at()] || v.vague || len(v.members) == 0
		for _, b := range v.members {
			needed[t.at()] = needed[t.at()] || !b.named.Set || v.watches(t, b)
		}
	})
	each(func(v *vip, t *track) {
		if !needed[t.at()] {
			report(rule.OwnInterface.At(t.at(), fmt.Sprintf(
				"Adverts and addresses use %s, which is tracked anyway: without it a host lets the addresses go. Remove the block.", t)))
		}
	})
}

// checkTrackedInterfaces warns of interfaces that are not among those that a
// host declares. It need not declare one without addresses, so nothing is sure.
func checkTrackedInterfaces(v *vip, report report) {
	for _, t := range v.tracks {
		if t.check == nil {
			v.checkTracked(t, report)
		}
	}
}

// checkTracked warns once of all hosts that do not declare the interface of t.
func (v *vip) checkTracked(t *track, report report) {
	var hosts, declared []string
	var places []rule.Related
	for _, m := range slices.SortedFunc(slices.Values(v.members), func(a, b *member) int { return cmp.Compare(a.host.name, b.host.name) }) {
		h := m.host
		if !h.omits(t.port.V) || !v.watches(t, m) {
			continue
		}
		hosts, declared = append(hosts, quote(h.name)), append(declared, h.portNames()...)
		places = append(places, related("The host and its interfaces", h.at))
	}
	if len(hosts) == 0 {
		return
	}
	report(rule.UndeclaredTrack.At(t.at(), fmt.Sprintf(
		"%q is not among the declared interfaces of %s.%s Where a host has no such interface, it counts as down there. Declare it: interface %q {} in the block of the host. Where its name differs between hosts, track a check that looks at it by self.labels instead.",
		t.port.V, rule.List(hosts), didYouMean(t.port.V, declared), t.port.V), places...))
}

// checkOwnerTracks warns where a failure leaves the addresses on their owner.
func checkOwnerTracks(v *vip, report report) {
	owner := v.owner()
	if owner == nil || owner.host.kind != plan.Hactl || len(v.tracks) == 0 {
		return
	}
	report(rule.OwnerStays.At(owner.owner.Range, fmt.Sprintf(
		"The addresses of %s are host %q's own, so it keeps them and answers for them whatever fails there: its priority stays 255. What is tracked matters for the other hosts only. Remove owner = true to let a failure move the addresses.",
		v, owner.host.name), related("What is tracked", v.tracks[0].at())))
}

// checkSuccessor warns of tracks whose failure nobody can make good.
func checkSuccessor(v *vip, report report) {
	if len(v.members) != 1 || v.vague {
		return
	}
	for _, t := range v.tracks {
		what := "nothing follows from it"
		if t.effect == plan.Fault {
			what = "the addresses are then on no host at all"
		}
		report(rule.NoSuccessor.At(t.at(), fmt.Sprintf(
			"Host %q is the only one of cluster %q: when %s fails there, nobody can take over, and %s. Add a host, or remove the block.",
			v.members[0].host.name, v.cluster, t, what), related("The cluster's hosts", v.hostsAt)))
	}
}
