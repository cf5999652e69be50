package kernel

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

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

// local says whether packets to an IPv6 address that was added to a link are for this host.
func (r *requests) local(o op) bool {
	req := r.request(unix.RTM_GETROUTE, 0)
	req.AddData(&nl.RtMsg{RtMsg: unix.RtMsg{Family: unix.AF_INET6, Dst_len: 128}})
	addAddress(req, unix.RTA_DST, o.prefix.Addr())
	addNumber(req, unix.RTA_OIF, uint32(o.index))
	list, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWROUTE)
	return err == nil && len(list) == 1 && len(list[0]) >= unix.SizeofRtMsg && list[0][7] == unix.RTN_LOCAL
}
