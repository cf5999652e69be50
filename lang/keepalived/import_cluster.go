package keepalived

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"hactl/lang/rule"
)

// clusterDraft is a cluster of the configuration: vips of the same hosts.
type clusterDraft struct {
	name  string
	group *Group // the sync group that it was, nil for vips that move by themselves
	hosts []*hostDraft
	vips  []*vipDraft
}

// makeClusters puts the vips of the same hosts into one cluster, and each sync
// group of several routers into one of its own.
func (m *importer) makeClusters() {
	for _, v := range m.vips {
		g := m.groupOf(v)
		at := slices.IndexFunc(m.clusters, func(c *clusterDraft) bool {
			return (g == nil) == (c.group == nil) && (g == nil || c.group.Name.Text == g.Name.Text) && sameHosts(c.hosts, v.hosts)
		})
		if at < 0 {
			m.clusters = append(m.clusters, &clusterDraft{group: g, hosts: v.hosts})
			at = len(m.clusters) - 1
		}
		m.clusters[at].vips = append(m.clusters[at].vips, v)
	}
	for _, c := range m.clusters {
		m.onePreference(c)
		c.name = m.unique("cluster", m.clusterName(c))
		m.depend(c)
		m.listen(c)
	}
}

// onePreference reports vips of a unit that prefer other hosts than the first one.
func (m *importer) onePreference(c *clusterDraft) {
	for _, v := range c.vips[1:] {
		if first := c.vips[0]; c.group != nil && !slices.Equal(v.hosts, first.hosts) {
			m.report(rule.ImportDisagree, v.router[0].Statement.Range(), fmt.Sprintf("%s and %s are in one sync group and prefer different nodes. They move together, so the configuration has the order of %s for both.", first.name, v.name, first.name), see(first.router[0].Statement.Range(), "The other router"))
			return
		}
	}
}

// groupOf returns the sync group of a vip, nil for none, and for one without an
// effect.
func (m *importer) groupOf(v *vipDraft) *Group {
	g := v.router[0].Group
	if g == nil {
		return nil
	}
	n := 0
	for _, i := range v.router[0].Node.Instances {
		if i.Group == g {
			n++
		}
	}
	if n < 2 {
		m.reportf(rule.ImportDropped, g.Statement.Range(), "A sync group of one router moves nothing together, so it is left out.")
		return nil
	}
	return g
}

func sameHosts(a, b []*hostDraft) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(h *hostDraft) bool { return !slices.Contains(b, h) })
}

var ending = regexp.MustCompile(`[-_.]*\d+[a-z]?$|[-_.][a-z]$`)

// clusterName returns the name of a cluster: that of the sync group, what the
// hosts' names have in common, or "main".
func (m *importer) clusterName(c *clusterDraft) string {
	if c.group != nil {
		return label(c.group.Name.Text, "main")
	}
	common := ""
	for n, h := range c.hosts {
		stem := ending.ReplaceAllString(h.name, "")
		if stem == h.name || n > 0 && stem != common {
			return "main"
		}
		common = stem
	}
	if len(common) < 2 || len(m.nodes) < 2 {
		return "main"
	}
	return label(common, "main")
}

// depend writes what the vips of a cluster track, and the priorities that go
// with weights.
func (m *importer) depend(c *clusterDraft) {
	for n, v := range c.vips {
		if c.group != nil && n > 0 {
			break // the tracks of a unit stand on the cluster
		}
		r := v.router
		if c.group != nil {
			r = c.union()
		}
		var numbers bool
		v.tracks, numbers = m.trackBlocks(r)
		if !numbers {
			continue
		}
		for _, i := range v.router {
			c.number(m.hostOf(i.Node), v, i.Priority)
		}
		m.byNumbers(v)
	}
	c.hosts = c.vips[0].hosts
}

// byNumbers puts the hosts of a vip into the order of their written priorities,
// which a preference must not contradict.
func (m *importer) byNumbers(v *vipDraft) {
	order := slices.Clone(v.router)
	slices.SortStableFunc(order, func(a, b *Instance) int { return cmp.Compare(b.Priority.Value, a.Priority.Value) })
	var hosts []*hostDraft
	var members []*block
	for _, i := range order {
		h := m.hostOf(i.Node)
		hosts, members = append(hosts, h), append(members, v.members[slices.Index(v.hosts, h)])
	}
	v.hosts, v.members = hosts, members
}

// number writes the priority of a host, on all vips of a unit.
func (c *clusterDraft) number(h *hostDraft, v *vipDraft, p Number) {
	all := []*vipDraft{v}
	if c.group != nil {
		all = c.vips
	}
	for _, v := range all {
		b := v.members[slices.Index(v.hosts, h)]
		b.items = slices.Insert(b.items, 0, item{name: "priority", value: fmt.Sprint(int(p.Value))})
	}
}

// union returns the instances of a unit, as one on each node that tracks what any
// of them does.
func (c *clusterDraft) union() router {
	var all router
	for _, i := range c.vips[0].router {
		u := *i
		for _, v := range c.vips[1:] {
			u.Tracks = append(slices.Clone(u.Tracks), v.router.more(&u)...)
		}
		all = append(all, &u)
	}
	return all
}

// more returns what the router's instance on the node of u tracks, and u does
// not.
func (r router) more(u *Instance) []*Track {
	var all []*Track
	for _, i := range r {
		if i.Node == u.Node {
			all = append(all, slices.DeleteFunc(slices.Clone(i.Tracks), func(t *Track) bool { return tracked(u.Tracks, t) })...)
		}
	}
	return all
}
