package compiler

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// resolver makes a model of blocks and reports names that lead nowhere.
type resolver struct {
	model
	byName    map[string]*host
	byCheck   map[string]*healthCheck
	byTarget  map[string]*target
	byCluster map[string]*lang.Block
	report    report
}

// resolve returns the model of c.
func resolve(c *lang.Config, report report) *model {
	r := &resolver{
		byName: map[string]*host{}, byCheck: map[string]*healthCheck{}, byTarget: map[string]*target{}, byCluster: map[string]*lang.Block{},
		report: report,
	}
	for _, b := range c.Hosts() {
		r.host(b)
	}
	for _, b := range c.Checks() {
		r.healthCheck(b)
	}
	for _, b := range c.Notifies() {
		r.target(b)
	}
	for _, b := range c.Clusters() {
		r.cluster(b)
	}
	for _, b := range c.Upgrades() {
		r.upgrade(b)
	}
	slices.SortFunc(r.vips, func(a, b *vip) int {
		return cmp.Or(rule.ComparePlaces(a.at, b.at), cmp.Compare(a.id(), b.id()))
	})
	for _, v := range r.vips {
		v.markPorts()
	}
	findSegments(&r.model)
	r.needs = findNeeds(&r.model)
	return &r.model
}

// markPorts lets the interfaces that v uses know its addresses.
func (v *vip) markPorts() {
	for _, m := range v.members {
		if m.port == nil {
			continue
		}
		if m.port.virtual == nil {
			m.port.virtual = map[netip.Addr]bool{}
		}
		for _, a := range v.addresses {
			m.port.virtual[a.V.Addr()] = true
		}
	}
}

func (r *resolver) host(b *lang.Block) {
	h := &host{
		name:  b.Label(),
		ssh:   cmp.Or(b.String("ssh").V, b.Label()),
		kind:  plan.Kind(b.String("router").V),
		at:    b.Range(),
		vague: b.Broken("interface") || b.Broken("router"),
	}
	for _, i := range b.Blocks("interface") {
		h.ports = append(h.ports, &port{
			host:      h,
			name:      i.Label(),
			declared:  true,
			addresses: i.Prefixes("addresses"),
			segment:   i.String("segment"),
			vague:     i.Broken("addresses"),
		})
	}
	r.hosts = append(r.hosts, h)
	r.byName[h.name] = h
}

func (r *resolver) cluster(b *lang.Block) {
	r.byCluster[b.Label()] = b
	hosts := r.seats(b, "hosts")
	if len(b.Refs("hosts")) == 1 && !b.Broken("hosts") {
		r.report(rule.SingleHost.At(b.AttrRange("hosts"), fmt.Sprintf(
			"Cluster %q has host %q only, so nothing takes over when it fails. Name another host.", b.Label(), hosts[0].host.name)))
	}
	if len(b.Blocks("vip")) == 0 && !b.Broken("vip") {
		r.report(rule.NoVip.At(b.Range(), fmt.Sprintf("Cluster %q has no vip, so its hosts have nothing to do for it. Add a vip block, or remove the cluster.", b.Label())))
	}
	r.memberLabels(b, hosts)
	before := len(r.vips)
	for _, v := range b.Blocks("vip") {
		r.memberLabels(v, hosts)
		r.vip(b, v, hosts)
	}
	r.track(b, r.vips[before:])
	unite(b, r.vips[before:])
}

// seats returns the hosts that an attribute of b names, each once.
func (r *resolver) seats(b *lang.Block, attribute string) []seat {
	var found []seat
	for _, ref := range b.Refs(attribute) {
		h := r.byName[ref.V.ID]
		if h == nil {
			continue // package lang has said so
		}
		if i := seatOf(found, h); i >= 0 {
			r.report(rule.HostTwice.At(ref.Range, fmt.Sprintf(
				"Host %q is already in %s. Name each host once.", h.name, attribute), rule.Related{Message: "Named here first", Range: found[i].at}))
			continue
		}
		found = append(found, seat{h, ref.Range})
	}
	return found
}

// memberLabels checks the labels of b's member blocks.
func (r *resolver) memberLabels(b *lang.Block, hosts []seat) {
	cluster := b
	if b.Type() == "vip" {
		cluster = b.Parent()
	}
	if cluster.Broken("hosts") {
		return
	}
	for _, m := range b.Blocks("member") {
		h := r.byName[m.Label()]
		if h != nil && seatOf(hosts, h) >= 0 {
			continue
		}
		names := make([]string, len(hosts))
		for i, s := range hosts {
			names[i] = s.host.name
		}
		near := rule.Related{Message: "The cluster's hosts", Range: cluster.AttrRange("hosts")}
		if h != nil {
			r.report(rule.NotAMember.At(m.LabelRange(), fmt.Sprintf(
				"Host %q is not in hosts. Add it to hosts of cluster %q, or remove the block.", m.Label(), cluster.Label()), near))
			continue
		}
		r.report(rule.UnknownMember.At(m.LabelRange(), fmt.Sprintf(
			"There is no host %q.%s A member block is labelled with the name of a host in hosts of cluster %q.",
			m.Label(), didYouMean(m.Label(), names), cluster.Label()), near))
	}
}

func (r *resolver) vip(cluster, b *lang.Block, hosts []seat) {
	from := func(name string) *lang.Block { return lang.Holder(b, name) }
	alone := from // in a unit the cluster's word is the only one
	if together(cluster) {
		alone = func(string) *lang.Block { return cluster }
		r.refuseOwn(cluster, b)
	}
	v := &vip{
		cluster: cluster.Label(), name: b.Label(), at: b.Range(),
		vague:     cluster.Broken("hosts") || cluster.Broken("member") || b.Broken("member") || alone("prefer").Broken("prefer"),
		vrid:      b.Integer("vrid"),
		version:   from("version").Integer("version"),
		interval:  from("advert_interval").Duration("advert_interval"),
		transport: from("transport").String("transport"),
		group:     from("multicast_group").Address("multicast_group"),
		groupNear: from("multicast_group") == b || from("transport") == cluster,
		checksum:  from("checksum").String("checksum"),
		loss:      cluster.String("on_agent_loss"),
		quiet:     alone("quiet_start").Duration("quiet_start"),
		quietLink: alone("quiet_link").Duration("quiet_link"),
		announce:  resolveAnnounce(from("announce").Block("announce")),
		hooks:     slices.Concat(cluster.Blocks("hook"), b.Blocks("hook")),
		targets:   r.targetsOf(cluster, b),
		addresses: b.Prefixes("addresses"),
		partial:   b.Broken("addresses") || b.Broken("address") || !b.Has("addresses") && !b.Has("address"),
		inherits:  !b.Has("prefer") && !together(cluster),
		hostsAt:   cluster.AttrRange("hosts"),
	}
	if from("version").Broken("version") {
		v.version.V = 0
	}
	v.resolveDetails(b.Blocks("address"))
	v.resolveRoutes(b)
	v.auth, v.preemption = resolveAuth(from("auth").Block("auth")), resolvePreemption(alone("preemption").Block("preemption"))
	v.prefer = r.preferred(v, alone("prefer"), hosts)
	for _, s := range inOrder(v.prefer, hosts) {
		v.members = append(v.members, r.member(v, b, s))
	}
	r.vips = append(r.vips, v)
}

func resolveAuth(b *lang.Block) *auth {
	if b == nil {
		return nil
	}
	a := &auth{
		kind: b.String("type"), secret: b.String("secret"), file: b.String("secret_file"),
		active: b.Integer("active"), accept: b.String("accept"), at: b.Range(), secretAt: secretPlace(b),
	}
	a.resolveKeys(b)
	return a
}

func resolvePreemption(b *lang.Block) preemption {
	if b == nil {
		return preemption{mode: lang.Value[string]{V: string(plan.Always)}}
	}
	return preemption{mode: b.String("mode"), delay: b.Duration("delay"), vague: b.Broken("mode") || b.Broken("delay")}
}

// preferred returns the hosts that prefer of b names.
func (r *resolver) preferred(v *vip, b *lang.Block, hosts []seat) []seat {
	return slices.DeleteFunc(r.seats(b, "prefer"), func(s seat) bool {
		outside := seatOf(hosts, s.host) < 0
		if outside && !v.vague {
			r.report(rule.NotAMember.At(s.at, fmt.Sprintf(
				"Host %q is not in hosts of cluster %q, so it cannot be preferred. Add it to hosts, or remove it here.", s.host.name, v.cluster),
				rule.Related{Message: "The cluster's hosts", Range: v.hostsAt}))
		}
		return outside
	})
}

// inOrder returns hosts with the preferred ones first: prefer need not name
// all, and the others follow in the order of hosts.
func inOrder(prefer, hosts []seat) []seat {
	order := make([]seat, 0, len(hosts))
	for _, s := range prefer {
		order = append(order, hosts[seatOf(hosts, s.host)])
	}
	for _, s := range hosts {
		if seatOf(prefer, s.host) < 0 {
			order = append(order, s)
		}
	}
	return order
}

// member resolves the host of s as a member of the vip of block b. A member
// block of the vip replaces the cluster's block of the same host whole.
func (r *resolver) member(v *vip, b *lang.Block, s seat) *member {
	m := &member{host: s.host, at: s.at}
	block := b.Find("member", s.host.name)
	if block != nil {
		m.own, m.owner = true, block.Bool("owner")
	} else {
		block = b.Parent().Find("member", s.host.name)
	}
	if block != nil {
		m.at, m.source, m.priority = block.Range(), block.Address("source"), block.Integer("priority")
		v.vague = v.vague || block.Broken("priority") || m.own && block.Broken("owner")
	}
	if together(b.Parent()) {
		m.owner, m.priority = lang.Value[bool]{}, unitPriority(b.Parent(), s.host.name)
	}
	r.port(v, m, b, block)
	return m
}

// port finds the interface of m: the nearest word wins, so that an interface
// of the vip is not overruled by the cluster's member block.
func (r *resolver) port(v *vip, m *member, b, block *lang.Block) {
	places := []*lang.Block{block, b, b.Parent()}
	if !m.own {
		places = []*lang.Block{b, block, b.Parent()}
	}
	for _, place := range places {
		if place == nil || !place.Has("interface") {
			continue
		}
		if m.named = place.String("interface"); m.named.Set {
			m.port = r.interfaceOf(m)
		}
		return
	}
	if m.host.kind == plan.Hactl && !m.host.vague && !v.vague {
		r.report(rule.NoInterface.At(v.at, fmt.Sprintf(
			"Nothing says which interface host %q uses for %s. Write interface = \"…\" in the vip, in its cluster, or in the member block of the host.",
			m.host.name, v), rule.Related{Message: "The host is a member here", Range: m.at}))
	}
}

// interfaceOf returns the interface that m names, nil when its host declares
// others only.
func (r *resolver) interfaceOf(m *member) *port {
	h, name := m.host, m.named.V
	if p := h.port(name); p != nil {
		return p
	}
	if h.declares() || h.vague {
		if !h.vague {
			r.unknownInterface(m)
		}
		return nil
	}
	p := &port{host: h, name: name}
	h.ports = append(h.ports, p)
	return p
}

func (r *resolver) unknownInterface(m *member) {
	r.report(rule.UnknownInterface.At(m.named.Range, fmt.Sprintf(
		"Host %q declares its interfaces, and %q is none of them.%s Declare it in the host's block, or name another one in a member block.",
		m.host.name, m.named.V, didYouMean(m.named.V, m.host.portNames())), rule.Related{Message: "The host and its interfaces", Range: m.host.at}))
}

// seatOf returns the position of h in seats, or -1.
func seatOf(seats []seat, h *host) int {
	return slices.IndexFunc(seats, func(s seat) bool { return s.host == h })
}
