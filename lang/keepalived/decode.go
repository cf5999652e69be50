package keepalived

import (
	"net/netip"
	"strconv"
	"strings"
)

// Decode returns what the configuration means at runtime. Whatever is wrong
// in it is left out.
func Decode(c *Config) *Node {
	n := &Node{Name: c.Node, Config: c, checks: map[string][]*Check{}, groups: map[string]*Group{}}
	for order, s := range c.Statements {
		name, ok := s.Value()
		switch s.Kind {
		case "global":
			n.Global = merge(n.Global, s)
		case "script", "process", "file":
			if ok {
				n.addCheck(check(s, name, order))
			}
		case "group":
			n.addGroup(group(s, name))
		case "virtual":
			n.Virtuals = append(n.Virtuals, s)
		}
	}
	for order, s := range c.Statements {
		if s.Kind == "instance" {
			n.Instances = append(n.Instances, n.instance(s, order))
		}
	}
	return n
}

func (n *Node) addCheck(c *Check) {
	key := c.Kind + " " + c.Name.Text
	n.Checks, n.checks[key] = append(n.Checks, c), append(n.checks[key], c)
}

func (n *Node) addGroup(g *Group) {
	n.Groups = append(n.Groups, g)
	for _, m := range g.Members {
		n.groups[m.Text] = g
	}
}

// merge returns one block with the statements of both.
func merge(a, b *Statement) *Statement {
	if a == nil {
		return b
	}
	m := *a
	m.Children = append(append([]*Statement{}, a.Children...), b.Children...)
	return &m
}

func check(s *Statement, name Word, order int) *Check {
	c := &Check{Kind: s.Kind, Name: name, Statement: s, order: order}
	c.Weight = number(s.child("weight"), 0)
	if s.Kind == "file" && !c.Weight.Given {
		c.Weight.Value = 1
	}
	if weight := s.child("weight"); weight != nil {
		_, c.Reverse = option(weight, "reverse")
	}
	if init := s.child("init_file"); init != nil {
		c.Init = number(init, 0)
	}
	for _, child := range s.Children {
		if child.Words[0].Unknown {
			c.Weight.Known = false
		}
	}
	return c
}

func group(s *Statement, name Word) *Group {
	g := &Group{Name: name, Statement: s, Weights: s.child("sync_group_tracking_weight") != nil}
	for _, b := range s.children("group") {
		for _, m := range b.Children {
			g.Members = append(g.Members, m.Words...)
		}
	}
	return g
}

// instance decodes one vrrp_instance, the order-th statement.
func (n *Node) instance(s *Statement, order int) *Instance {
	i := &Instance{Node: n, Statement: s, set: map[netip.Addr]bool{}}
	i.Name, _ = s.Value()
	if w, ok := value(s.child("state")); ok {
		i.State = &w
	}
	for _, c := range s.children("state") {
		if w, ok := c.Value(); ok && w.Text == "MASTER" { // a later BACKUP is ignored
			i.State, i.Master = &w, true
		}
	}
	i.Interface, _ = value(s.child("interface"))
	i.VRID = number(s.child("virtual_router_id"), 0)
	i.Priority = number(s.child("priority"), 100).within(1, 255, 100)
	if !i.Priority.Given && i.Master {
		i.Priority.Value = 255
	}
	i.Advert = number(s.child("advert_int"), 1).within(0.01, 255, 1)
	i.Nopreempt, i.Delay = s.child("nopreempt"), s.child("preempt_delay")
	for _, c := range s.Children {
		i.Opaque = i.Opaque || c.Words[0].Unknown
	}
	i.Priority.Known = i.Priority.Known && (i.Priority.Given || !i.Opaque && (i.State == nil || !i.State.Unknown))
	i.sender(s)
	i.vips(s)
	i.version(n)
	i.Group = n.groups[i.Name.Text]
	for _, kind := range []string{"script", "process", "file", "interface"} {
		i.tracks(s, kind, order, false)
		if i.Group != nil {
			i.tracks(i.Group.Statement, kind, order, true)
		}
	}
	return i
}

// sender decodes how adverts are sent.
func (i *Instance) sender(s *Statement) {
	auth := s.child("authentication")
	if w, ok := value(auth.child("auth_type")); ok {
		i.Auth.Type = &w
	}
	if w, ok := value(auth.child("auth_pass")); ok {
		i.Auth.Pass = &w
	}
	if w, ok := value(s.child("unicast_src_ip")); ok {
		i.Source = &w
	}
	i.Peers = s.child("unicast_peer")
	i.Unicast = i.Peers != nil && len(i.Peers.Children) > 0
}

// vips decodes the virtual addresses.
func (i *Instance) vips(s *Statement) {
	for _, b := range s.Children {
		excluded := b.Keyword() == "virtual_ipaddress_excluded"
		if !excluded && b.Keyword() != "virtual_ipaddress" {
			continue
		}
		if !excluded {
			i.Blocks = append(i.Blocks, b)
		}
		for _, line := range b.Children {
			v := VIP{Statement: line, Excluded: excluded, Device: i.Interface.Text}
			_, v.Length = length(line.Words[0].Text)
			a, ok := address(line.Words[0])
			if !ok {
				i.Unknown = i.Unknown || !excluded
				continue
			}
			v.Address, v.Prefix = a, prefix(line.Words[0].Text, a)
			if dev, ok := option(line, "dev"); ok {
				v.Device = dev.Text
			}
			i.VIPs, i.set[a] = append(i.VIPs, v), true
		}
	}
}

// version decodes the version of the protocol: IPv6 is always version 3.
func (i *Instance) version(n *Node) {
	v := number(i.Statement.child("version"), 0)
	if !v.Given {
		v = number(n.Global.child("vrrp_version"), 2)
	}
	switch {
	case i.family() == 6:
		i.Version = 3
	case v.Known:
		i.Version = int(v.Value)
	}
}

// tracks decodes the track_ blocks of one kind in s. order is the instance's:
// what is defined after it is unknown to it.
func (i *Instance) tracks(s *Statement, kind string, order int, group bool) {
	for _, b := range s.children("track_" + kind) {
		for _, line := range b.Children {
			t := &Track{Kind: kind, Name: line.Words[0], Group: group}
			t.Weight = Number{Known: true, Range: line.Words[0].Range}
			for _, c := range i.Node.checks[kind+" "+t.Name.Text] {
				if c.order > order && !group {
					t.Later = c
					continue
				}
				t.Check, t.Weight, t.Reverse = c, c.Weight, c.Reverse
			}
			if w, ok := option(line, "weight"); ok {
				t.Weight = parseNumber(w)
			}
			if _, ok := option(line, "reverse"); ok {
				t.Reverse = true
			}
			if _, ok := option(line, "noreverse"); ok {
				t.Reverse = false
			}
			i.Tracks = append(i.Tracks, t)
		}
	}
}

// value returns the first value of a statement, which may be nil.
func value(s *Statement) (Word, bool) {
	if s == nil {
		return Word{}, false
	}
	return s.Value()
}

// option returns the word after name on a line; ok tells whether name is
// there.
func option(s *Statement, name string) (w Word, ok bool) {
	for n, word := range s.Words[1:] {
		if word.Text == name {
			if n+2 < len(s.Words) {
				w = s.Words[n+2]
			}
			return w, true
		}
	}
	return Word{}, false
}

// number returns the value of a statement, or what counts without it.
func number(s *Statement, otherwise float64) Number {
	w, ok := value(s)
	if !ok {
		return Number{Value: otherwise, Known: s == nil}
	}
	return parseNumber(w)
}

// within returns n, or what keepalived takes instead of a number out of range.
func (n Number) within(low, high, otherwise float64) Number {
	if n.Known && n.Given && (n.Value < low || n.Value > high) {
		n.Value = otherwise
	}
	return n
}

func parseNumber(w Word) Number {
	v, err := strconv.ParseFloat(w.Text, 64)
	return Number{Value: v, Given: true, Known: err == nil && !w.Unknown, Range: w.Range}
}

// address returns the address that a word holds, without its prefix length.
func address(w Word) (netip.Addr, bool) {
	text, _, _ := strings.Cut(w.Text, "/")
	a, err := netip.ParseAddr(text)
	return a.Unmap(), err == nil && !w.Unknown
}

// length returns the prefix length that a word ends in.
func length(text string) (int, bool) {
	_, bits, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(bits)
	return n, ok && err == nil
}

// prefix returns the address with the length as written, or alone.
func prefix(text string, a netip.Addr) netip.Prefix {
	bits, ok := length(text)
	if !ok || bits < 0 || bits > a.BitLen() {
		bits = a.BitLen()
	}
	return netip.PrefixFrom(a, bits)
}
