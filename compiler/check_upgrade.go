package compiler

import (
	"fmt"

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
		for _, h := range u.hosts {
			binary := u.binary(h.name)
			release := u.block.For(h.name).Block("release")
			if binary.V == "" || release == nil {
				continue
			}
			if source := release.String("source"); source.V == binary.V {
				report(rule.SameFile.At(source.Range, "The new binary is put in the place of the old one, so both cannot be the same file. Write where the release lies, such as \"/srv/releases/nginx-1.27.2/nginx\"."))
			}
			if at, taken := first[file{h, binary.V}]; taken {
				report(rule.BinaryTwice.At(binary.Range, fmt.Sprintf("Another upgrade replaces %s on host %q too, so the two would undo each other. Keep one.", binary.V, h.name),
					related("The other one", at)))
				break
			}
			first[file{h, binary.V}] = binary.Range
		}
	}
}

// checkHosts refuses an upgrade that has no hosts, or stops all of them at once.
func checkHosts(u *upgrade, report report) {
	if u.cluster == nil || u.cluster.Broken("hosts") {
		return
	}
	at := u.block.AttrRange("cluster")
	most := u.block.Integer("max_unavailable")
	switch n := len(u.hosts); {
	case n == 0:
		report(rule.NobodyToUpgrade.At(at, fmt.Sprintf("No host of cluster %q runs hactl's agent, so nobody could carry it out. Name another cluster, or remove the upgrade.", u.cluster.Label()),
			related("The cluster's hosts", u.cluster.AttrRange("hosts"))))
	case len(u.cluster.Refs("hosts")) == 1 && u.block.Has("drain"):
		report(rule.AllAtOnce.At(u.block.Block("drain").Range(), fmt.Sprintf(
			"Cluster %q has one host, so there is none to move its vips to first. Remove the block, or add a host to the cluster.", u.cluster.Label()),
			related("The cluster's host", u.cluster.AttrRange("hosts"))))
	case n > 1 && most.V >= len(u.cluster.Refs("hosts")):
		report(rule.AllAtOnce.At(most.Range, fmt.Sprintf(
			"Cluster %q has %d hosts, and %d may be under way at once, so no healthy host would be left for its vips. Write a smaller max_unavailable, or add a host.",
			u.cluster.Label(), len(u.cluster.Refs("hosts")), most.V), related("The cluster's hosts", u.cluster.AttrRange("hosts"))))
	}
}
