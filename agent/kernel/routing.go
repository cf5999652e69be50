package kernel

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"hactl/agent/node"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// The kernel takes IPv4 routes away with their link or source address, and does
// not always say so. Therefore what is known of routes is read anew, as soon as
// something may have changed, and costs nothing before.

// doubt notes that routes may have gone, if any are known and something happened.
func (t *rtnetlink) doubt(happened bool) {
	t.stale = t.stale || happened && len(t.routing.routes) > 0
}

// tellRoute notes that a route of ours has changed.
func (t *rtnetlink) tellRoute(body []byte) (news bool, what any) {
	r, ours := decodeRoute(body)
	t.stale = t.stale || ours
	return ours, placeOf(r.Route)
}

// tellRule notes that a rule of ours has changed.
func (t *rtnetlink) tellRule(body []byte) (news bool, what any) {
	r, ours, _ := decodeRule(body)
	t.stale = t.stale || ours
	return ours, r
}

// readRouting reads our routes and rules anew.
func (t *rtnetlink) readRouting() {
	t.routing, t.stale = routing{}, false
	for _, family := range []int{unix.AF_INET, unix.AF_INET6} {
		routes, err := t.requests.routes(family)
		if err != nil {
			t.routing.failure, t.stale = err, true
			return
		}
		for _, body := range routes {
			if r, ours := decodeRoute(body); ours && r.Destination.Addr().Is6() == (family == unix.AF_INET6) {
				t.routing.routes = append(t.routing.routes, r)
			}
		}
	}
	t.readRules()
}

// readRules reads our rules anew.
func (t *rtnetlink) readRules() {
	rules, err := t.requests.rules()
	if err != nil {
		t.routing.failure, t.stale = err, true
		return
	}
	t.routing.unmarked = t.unmarked
	for _, body := range rules {
		r, ours, marked := decodeRule(body)
		t.routing.unmarked = t.routing.unmarked || !marked
		if ours {
			t.routing.rules = append(t.routing.rules, r)
		}
	}
}

// routes returns an RTM_NEWROUTE body for each of our routes of a family, with
// others among them before Linux 4.20: from then on the kernel looks for ours
// itself.
func (r *requests) routes(family int) ([][]byte, error) {
	fd := r.socket.Socket.GetFd()
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
	defer func() { _ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 0) }()
	req := r.request(unix.RTM_GETROUTE, unix.NLM_F_DUMP)
	req.AddData(&nl.RtMsg{RtMsg: unix.RtMsg{Family: uint8(family), Protocol: Mark}})
	list, err := r.list(req, unix.RTM_NEWROUTE, "list routes")
	if family == unix.AF_INET6 && (errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EAFNOSUPPORT)) {
		return nil, nil // no IPv6
	}
	return list, err
}

// rules returns an RTM_NEWRULE body for every rule.
func (r *requests) rules() ([][]byte, error) {
	req := r.request(unix.RTM_GETRULE, unix.NLM_F_DUMP)
	req.AddData(&nl.RtMsg{}) // like struct fib_rule_hdr
	return r.list(req, unix.RTM_NEWRULE, "list rules")
}

// route adds a route, unless its place is taken (EEXIST), or removes one of ours.
func (r *requests) route(o routeOp) error {
	msg := nl.NewRtMsg()
	req := r.request(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_EXCL|unix.NLM_F_ACK)
	if o.verb == remove {
		msg = nl.NewRtDelMsg()
		req = r.request(unix.RTM_DELROUTE, unix.NLM_F_ACK)
	} else {
		msg.Scope = uint8(o.route.Scope)
	}
	dst := o.route.Destination
	msg.Family, msg.Dst_len, msg.Protocol = family(dst.Addr().Is6()), uint8(dst.Bits()), Mark
	msg.Table = unix.RT_TABLE_UNSPEC
	req.AddData(msg)
	addAddress(req, unix.RTA_DST, dst.Addr())
	addAddress(req, unix.RTA_GATEWAY, o.route.Via)
	addAddress(req, unix.RTA_PREFSRC, o.route.Source)
	addNumber(req, unix.RTA_OIF, uint32(o.index))
	addNumber(req, unix.RTA_PRIORITY, o.route.Metric)
	addNumber(req, unix.RTA_TABLE, placeOf(o.route).table)
	return carryOut(req, o)
}

// rule adds a rule or removes one of ours.
func (r *requests) rule(o ruleOp) error {
	req := r.request(unix.RTM_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_EXCL|unix.NLM_F_ACK)
	if o.verb == remove {
		req = r.request(unix.RTM_DELRULE, unix.NLM_F_ACK)
	}
	msg := &nl.RtMsg{RtMsg: unix.RtMsg{Family: family(o.rule.IPv6), Type: unix.FR_ACT_TO_TBL}}
	msg.Dst_len, msg.Src_len = length(o.rule.To), length(o.rule.From)
	req.AddData(msg)
	addAddress(req, unix.FRA_SRC, o.rule.From.Addr())
	addAddress(req, unix.FRA_DST, o.rule.To.Addr())
	if o.rule.Interface != "" {
		req.AddData(nl.NewRtAttr(unix.FRA_IIFNAME, nl.ZeroTerminated(o.rule.Interface)))
	}
	addNumber(req, unix.FRA_PRIORITY, o.rule.Priority)
	addNumber(req, unix.FRA_FWMARK, o.rule.Mark)
	addNumber(req, unix.FRA_TABLE, o.rule.Table)
	req.AddData(nl.NewRtAttr(unix.FRA_PROTOCOL, []byte{Mark}))
	return carryOut(req, o)
}

// carryOut sends a request and waits for the acknowledgement.
func carryOut(req *nl.NetlinkRequest, c change) error {
	if _, err := req.Execute(unix.NETLINK_ROUTE, 0); err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	return nil
}

// family returns the kernel's number of a family.
func family(is6 bool) uint8 {
	if is6 {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

// length returns the length of a prefix, 0 when there is none.
func length(p netip.Prefix) uint8 { return uint8(max(p.Bits(), 0)) }

// addAddress adds an attribute, nothing for the zero address.
func addAddress(req *nl.NetlinkRequest, kind int, a netip.Addr) {
	if a.IsValid() {
		req.AddData(nl.NewRtAttr(kind, a.AsSlice()))
	}
}

// addNumber adds an attribute, nothing for 0.
func addNumber(req *nl.NetlinkRequest, kind int, n uint32) {
	if n != 0 {
		req.AddData(nl.NewRtAttr(kind, nl.Uint32Attr(n)))
	}
}

// decodeRoute reads the body of an RTM_NEWROUTE or RTM_DELROUTE message. It is
// ours when it says so, and no copy that the kernel made for its own use.
func decodeRoute(b []byte) (r route, ours bool) {
	if len(b) < unix.SizeofRtMsg || b[5] != Mark || u32(b[8:])&unix.RTM_F_CLONED != 0 {
		return route{}, false
	}
	r.Destination = anything(b[0], b[1])
	r.Table = uint32(b[4])
	if b[0] == unix.AF_INET {
		r.Scope = node.Scope(b[6])
	}
	for kind, value := range attributes(b[unix.SizeofRtMsg:]) {
		switch kind {
		case unix.RTA_DST:
			r.Destination = prefix(value, b[1])
		case unix.RTA_GATEWAY:
			r.Via, _ = netip.AddrFromSlice(value)
		case unix.RTA_PREFSRC:
			r.Source, _ = netip.AddrFromSlice(value)
		case unix.RTA_OIF:
			r.index = int(u32(value))
		case unix.RTA_PRIORITY:
			r.Metric = u32(value)
		case unix.RTA_TABLE:
			r.Table = u32(value)
		}
	}
	return r, r.Destination.IsValid()
}

// decodeRule reads the body of an RTM_NEWRULE or RTM_DELRULE message. It is ours
// when it says so; marked is false when it says nothing.
func decodeRule(b []byte) (r node.Rule, ours, marked bool) {
	if len(b) < unix.SizeofRtMsg || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return node.Rule{}, false, true
	}
	r.IPv6, r.Table = b[0] == unix.AF_INET6, uint32(b[4])
	for kind, value := range attributes(b[unix.SizeofRtMsg:]) {
		switch kind {
		case unix.FRA_SRC:
			r.From = prefix(value, b[2])
		case unix.FRA_DST:
			r.To = prefix(value, b[1])
		case unix.FRA_IIFNAME:
			r.Interface = text(value)
		case unix.FRA_PRIORITY:
			r.Priority = u32(value)
		case unix.FRA_FWMARK:
			r.Mark = u32(value)
		case unix.FRA_TABLE:
			r.Table = u32(value)
		case unix.FRA_PROTOCOL:
			marked, ours = true, slices.Equal(value, []byte{Mark})
		}
	}
	return r, ours, marked
}

// anything returns the prefix of a message that names no address.
func anything(family, bits uint8) netip.Prefix {
	if family == unix.AF_INET6 {
		return netip.PrefixFrom(netip.IPv6Unspecified(), int(bits))
	}
	return netip.PrefixFrom(netip.IPv4Unspecified(), int(bits))
}

// prefix returns an address with a prefix length.
func prefix(value []byte, bits uint8) netip.Prefix {
	a, _ := netip.AddrFromSlice(value)
	return netip.PrefixFrom(a, int(bits))
}
