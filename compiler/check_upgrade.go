package compiler

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// checkUpgrades looks at the upgrade blocks.
func checkUpgrades(m *model, report report) {
	type file struct {
		host *host
		path string
	}
	first := map[file]hcl.Range{}
	for _, u := range m.upgrades {
		checkHosts(u, report)
		checkOwners(m, u, report)
		for _, h := range u.hosts {
			replaced := u.file(h.name)
			release := u.block.For(h.name).Block("release")
			if replaced.V == "" || release == nil {
				continue
			}
			if source := release.String("source"); source.V == replaced.V {
				report(rule.SameFile.At(source.Range, "The new file is put in the place of the old one, so both cannot be the same. Write where the release lies, such as \"/srv/releases/nginx-1.27.2/nginx\"."))
			}
			if at, taken := first[file{h, replaced.V}]; taken {
				report(rule.BinaryTwice.At(replaced.Range, fmt.Sprintf("Another upgrade replaces %s on host %q too, so the two would undo each other. Keep one.", replaced.V, h.name),
					related("The other one", at)))
				break
			}
			first[file{h, replaced.V}] = replaced.Range
		}
	}
}

// checkHosts refuses an upgrade that has no hosts, or that leaves none: all vips of a
// cluster have all of its hosts, of which any that is under way counts as out, whatever
// its checks say, and spare more may fail. Upgrades that share hosts do not add up, as
// one is under way in a store at a time.
func checkHosts(u *upgrade, report report) {
	if u.cluster == nil || u.cluster.Broken("hosts") {
		return
	}
	hosts := related("The cluster's hosts", u.cluster.AttrRange("hosts"))
	all, name := len(u.cluster.Refs("hosts")), u.cluster.Label()
	most, spare := u.block.Integer("max_unavailable"), u.block.Integer("spare")
	out := min(max(most.V, 1), len(u.hosts))
	switch {
	case out == 0:
		report(rule.NobodyToUpgrade.At(u.block.AttrRange("cluster"), fmt.Sprintf(
			"No host of cluster %q runs hactl's agent, so nobody could carry it out. Name another cluster, or remove the upgrade.", name), hosts))
	case spare.V > 0 && out+spare.V >= all:
		report(rule.NoneToSpare.At(spare.Range, fmt.Sprintf(
			"Cluster %q has %s: with %d under way and %d more that may fail meanwhile, no healthy host would be left for its vips. Write a smaller spare or max_unavailable, or add a host.",
			name, count(all, "host"), out, spare.V), hosts))
	case all == 1 && u.block.Has("drain"):
		report(rule.AllAtOnce.At(u.block.Block("drain").Range(), fmt.Sprintf(
			"Cluster %q has one host, so there is none to move its vips to first. Remove the block, or add a host to the cluster.", name),
			related("The cluster's host", u.cluster.AttrRange("hosts"))))
	case all > 1 && out >= all:
		report(rule.AllAtOnce.At(most.Range, fmt.Sprintf(
			"Cluster %q has %d hosts, and %d may be under way at once, so no healthy host would be left for its vips. Write a smaller max_unavailable, or add a host.",
			name, all, most.V), hosts))
	}
}

// checkOwners refuses to move addresses away that are a host's own.
func checkOwners(m *model, u *upgrade, report report) {
	if u.cluster == nil || !u.block.Has("drain") {
		return
	}
	for _, v := range m.vips {
		if o := v.owner(); o != nil && v.cluster == u.cluster.Label() && slices.Contains(u.hosts, o.host) {
			report(rule.OwnerDrained.At(u.block.Block("drain").Range(), fmt.Sprintf(
				"Host %q owns the addresses of vip %q, so they stay on it, and its upgrade would be refused. Remove the block, or let priorities decide instead of owner = true.", o.host.name, v.name),
				related("The owner", o.owner.Range)))
			return
		}
	}
}
