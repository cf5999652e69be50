package compiler

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
)

// together reports whether the vips of a cluster move as one.
func together(cluster *lang.Block) bool { return cluster.String("failover").V == "together" }

// unitPriority returns what a cluster whose vips move together says of a host's
// priority.
func unitPriority(cluster *lang.Block, host string) lang.Value[int] {
	if b := cluster.Find("member", host); b != nil {
		return b.Integer("priority")
	}
	return lang.Value[int]{}
}

// device is an interface of a host by its name.
type device struct {
	host *host
	name string
}

// unite lets the vips of one cluster know the interfaces that are tracked anyway,
// their own, or those of all of them when they move together, and ranks them.
func unite(cluster *lang.Block, vips []*vip) {
	devices := map[device]bool{}
	for _, v := range vips {
		if together(cluster) {
			v.unit = cluster.Label()
		} else {
			devices = map[device]bool{}
		}
		for _, m := range v.members {
			devices[device{m.host, m.named.V}] = true
		}
		v.devices = devices
	}
	for _, v := range vips {
		rank(v)
	}
}

// refuseOwn refuses what a vip that moves with others has for itself.
func (r *resolver) refuseOwn(cluster, vip *lang.Block) {
	refuse := func(what string, at hcl.Range) {
		r.report(rule.OwnInUnit.At(at, fmt.Sprintf(
			"The vips of cluster %q move together, with one preference, one set of tracks and one state, so %s has to be the same for all of them. Write it in the cluster, or remove it.",
			cluster.Label(), what), related("They move together", cluster.AttrRange("failover"))))
	}
	for _, name := range []string{"prefer", "quiet_start", "quiet_link"} {
		if vip.Has(name) {
			refuse(name, vip.NameRange(name))
		}
	}
	for _, typ := range []string{"preemption", "track"} {
		for _, b := range vip.Blocks(typ) {
			refuse("a "+typ+" block", b.Range())
		}
	}
	for _, b := range vip.Blocks("member") {
		if b.Has("priority") {
			refuse("a priority", b.NameRange("priority"))
		}
		if b.Bool("owner").V {
			r.report(rule.OwnInUnit.At(b.NameRange("owner"), fmt.Sprintf(
				"An owner never lets its addresses go, so the vips of cluster %q, which move together, could never leave host %q. Remove owner, or failover from the cluster.",
				cluster.Label(), b.Label()), related("They move together", cluster.AttrRange("failover"))))
		}
	}
}
