package keepalived

import (
	"slices"
	"strings"
)

// clustersBlock returns the clusters.
func (m *importer) clustersBlock() *block {
	all := &block{}
	for _, c := range m.clusters {
		var note []string
		switch {
		case len(c.hosts) > 1:
		case len(m.nodes) > 1:
			note = prose("Only one of the files has this: add other hosts, in order of preference.")
		default:
			note = prose("Only one file was given: add the other hosts, in order of preference.")
		}
		all.add(m.clusterBlock(c), note...)
	}
	return all
}

// sharing is what stands on a cluster for its vips.
type sharing struct {
	attrs   map[string]string // expressions; "" for what stands on the vips, or nowhere
	notify  []string
	blocks  []levelBlock
	tracks  []*block
	members []*block
}

func (m *importer) clusterBlock(c *clusterDraft) *block {
	s := sharing{attrs: map[string]string{}, notify: c.sharedNotify(), blocks: c.sharedBlocks(), tracks: c.sharedTracks(), members: c.sharedMembers()}
	b := &block{head: "cluster " + quote(c.name)}
	b.attr("hosts", hostList(c.hosts))
	for _, name := range levels {
		if s.attrs[name] = c.common(name); s.attrs[name] != "" {
			b.attr(name, s.attrs[name])
		}
	}
	if c.group != nil {
		b.attr("failover", quote("together"))
	}
	if len(s.notify) > 0 {
		b.attr("notify", list(s.notify))
	}
	for _, l := range s.blocks {
		b.add(l.block, l.note...)
	}
	for _, inner := range slices.Concat(s.tracks, s.members) {
		b.add(inner)
	}
	for _, v := range c.vips {
		b.add(c.vipBlock(v, s))
	}
	return b
}

func hostList(hosts []*hostDraft) string {
	var all []string
	for _, h := range hosts {
		all = append(all, h.expr())
	}
	return list(all)
}

// value returns the value of an attribute of v.
func (v *vipDraft) value(name string) string {
	at := slices.IndexFunc(v.attrs, func(s setting) bool { return s.name == name })
	if at < 0 {
		return ""
	}
	return v.attrs[at].value
}

// common returns what stands on the cluster for an attribute: what most vips
// have, if the others can say otherwise.
func (c *clusterDraft) common(name string) string {
	count, most := map[string]int{}, ""
	for _, v := range c.vips {
		value := v.value(name)
		if count[value]++; count[value] > count[most] || most == "" && value != "" && count[value] == count[most] {
			most = value
		}
	}
	if count[most]*2 <= len(c.vips) || count[""] > 0 && defaults[name] == "" {
		return ""
	}
	return most
}

// vipBlock returns a vip without what stands on its cluster.
func (c *clusterDraft) vipBlock(v *vipDraft, s sharing) *block {
	b := &block{head: "vip " + quote(v.name)}
	own := v.own.items
	for len(own) > 0 && own[0].name != "" {
		b.items, own = append(b.items, own[0]), own[1:]
	}
	if !slices.Equal(v.hosts, c.hosts) && c.group == nil {
		b.attr("prefer", hostList(v.hosts))
	}
	for _, name := range levels {
		switch value := v.value(name); {
		case value == s.attrs[name]:
		case value == "":
			b.attr(name, defaults[name])
		default:
			b.attr(name, value)
		}
	}
	if rest := without(v.notify, s.notify); len(rest) > 0 {
		b.attr("notify", list(rest))
	}
	b.items = append(b.items, own...)
	c.rest(b, v, s)
	return b
}

// rest writes the blocks of a vip that do not stand on its cluster. Those of a
// unit have no preemption, tracks and priorities of their own.
func (c *clusterDraft) rest(b *block, v *vipDraft, s sharing) {
	for _, l := range v.blocks {
		unit := c.group != nil && l.block.head == "preemption"
		if !unit && !l.block.empty() && !slices.ContainsFunc(s.blocks, func(o levelBlock) bool { return o.block.same(l.block) }) {
			b.add(l.block, l.note...)
		}
	}
	for _, t := range v.tracks {
		if !slices.ContainsFunc(s.tracks, t.same) {
			b.add(t)
		}
	}
	if len(s.members) > 0 {
		return
	}
	for _, member := range v.memberBlocks() {
		b.add(member)
	}
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

// sharedBlocks returns the blocks that all vips have alike; those of a unit are
// the first vip's.
func (c *clusterDraft) sharedBlocks() []levelBlock {
	var all []levelBlock
	for n, l := range c.vips[0].blocks {
		if c.group != nil && l.block.head == "preemption" || c.most(n) {
			all = append(all, l)
		}
	}
	return slices.DeleteFunc(all, func(l levelBlock) bool { return l.block.empty() })
}

// most tells whether most vips have the n-th block of the first one, and the
// others one of their own that takes its place.
func (c *clusterDraft) most(n int) bool {
	alike := 0
	for _, v := range c.vips {
		if v.blocks[n].block.same(c.vips[0].blocks[n].block) {
			alike++
		} else if v.blocks[n].block.empty() {
			return false
		}
	}
	return alike*2 > len(c.vips)
}

func (c *clusterDraft) all(is func(*vipDraft) bool) bool {
	return !slices.ContainsFunc(c.vips, func(v *vipDraft) bool { return !is(v) })
}

// sharedTracks returns the tracks that all vips have.
func (c *clusterDraft) sharedTracks() []*block {
	return slices.DeleteFunc(slices.Clone(c.vips[0].tracks), func(t *block) bool {
		return c.group == nil && !c.all(func(v *vipDraft) bool { return slices.ContainsFunc(v.tracks, t.same) })
	})
}

// memberBlocks returns the member blocks of a vip that say something.
func (v *vipDraft) memberBlocks() []*block {
	var all []*block
	for n, b := range v.members {
		if !b.empty() {
			b.head = "member " + quote(v.hosts[n].name)
			all = append(all, b)
		}
	}
	return all
}

// sharedMembers returns the member blocks, where all vips have the same ones, and
// the same interface if they name another one.
func (c *clusterDraft) sharedMembers() []*block {
	text := func(v *vipDraft) string {
		var all []string
		for _, b := range v.memberBlocks() {
			if b.has("interface") {
				all = append(all, v.value("interface"))
			}
			all = append(all, b.head+b.plain())
		}
		slices.Sort(all)
		return strings.Join(all, "")
	}
	first := c.vips[0]
	if !c.all(func(v *vipDraft) bool { return text(v) == text(first) }) {
		return nil
	}
	return first.memberBlocks()
}

// sharedNotify returns the targets that all vips have.
func (c *clusterDraft) sharedNotify() []string {
	return slices.DeleteFunc(slices.Clone(c.vips[0].notify), func(n string) bool {
		return !c.all(func(v *vipDraft) bool { return slices.Contains(v.notify, n) })
	})
}
