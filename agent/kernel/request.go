package kernel

import (
	"errors"
	"fmt"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// requests is a netlink socket for questions and orders, one after the other.
// It belongs to the namespace that it was opened in.
type requests struct {
	socket *nl.SocketHandle
}

// openRequests opens the socket.
func openRequests() (*requests, error) {
	s, err := nl.GetNetlinkSocketAt(-1, -1, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	patience := unix.Timeval{Sec: 10}
	if err := errors.Join(s.SetSendTimeout(&patience), s.SetReceiveTimeout(&patience), s.SetExtAck(true)); err != nil {
		s.Close()
		return nil, fmt.Errorf("set up netlink socket: %w", err)
	}
	return &requests{socket: &nl.SocketHandle{Socket: s}}, nil
}

// close closes the socket.
func (r *requests) close() error { return r.socket.Close() }

// request returns an empty request on the socket.
func (r *requests) request(kind, flags int) *nl.NetlinkRequest {
	req := nl.NewNetlinkRequest(kind, flags)
	req.Sockets = map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: r.socket}
	req.RetryInterrupted = true
	return req
}

// links returns an RTM_NEWLINK body for every link.
func (r *requests) links() ([][]byte, error) {
	req := r.request(unix.RTM_GETLINK, unix.NLM_F_DUMP)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	return r.list(req, unix.RTM_NEWLINK, "list links")
}

// addresses returns an RTM_NEWADDR body for every address.
func (r *requests) addresses() ([][]byte, error) {
	req := r.request(unix.RTM_GETADDR, unix.NLM_F_DUMP)
	req.AddData(nl.NewIfAddrmsg(unix.AF_UNSPEC))
	return r.list(req, unix.RTM_NEWADDR, "list addresses")
}

// netconf6 returns an RTM_NEWNETCONF body for every link; none where the kernel
// has no IPv6.
func (r *requests) netconf6() ([][]byte, error) {
	req := r.request(unix.RTM_GETNETCONF, unix.NLM_F_DUMP)
	req.AddData(nl.NewIfAddrmsg(unix.AF_INET6)) // begins with the family, like struct netconfmsg
	list, err := r.list(req, unix.RTM_NEWNETCONF, "list IPv6 settings")
	if errors.Is(err, unix.EOPNOTSUPP) {
		return nil, nil
	}
	return list, err
}

// list asks for a dump.
func (r *requests) list(req *nl.NetlinkRequest, kind uint16, what string) ([][]byte, error) {
	list, err := req.Execute(unix.NETLINK_ROUTE, kind)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return list, nil
}

// put is the request that adds an address, unless it is there already (EEXIST), or
// renews one: all of it is said again, for what is not said the kernel forgets. It
// is marked as ours if mark is set. An IPv6 address needs no duplicate address
// detection, since a predecessor may still hold it, and is never chosen as
// source of the host's own traffic (preferred for 0 s).
func (r *requests) put(o op, mark bool) *nl.NetlinkRequest {
	how := unix.NLM_F_CREATE | unix.NLM_F_EXCL
	if o.verb == renew {
		how = unix.NLM_F_REPLACE
	}
	req := r.request(unix.RTM_NEWADDR, how|unix.NLM_F_ACK)
	target(req, o)
	lasts := unix.IfaCacheinfo{Prefered: forever, Valid: forever}
	if o.lifetime > 0 {
		lasts.Valid = uint32(o.lifetime / time.Second)
		lasts.Prefered = lasts.Valid
	}
	flags := uint32(0)
	if !o.route {
		flags |= unix.IFA_F_NOPREFIXROUTE
	}
	if o.prefix.Addr().Is6() {
		flags |= unix.IFA_F_NODAD
		lasts.Prefered = 0
	}
	req.AddData(nl.NewRtAttr(unix.IFA_CACHEINFO, (&nl.IfaCacheInfo{IfaCacheinfo: lasts}).Serialize()))
	req.AddData(nl.NewRtAttr(unix.IFA_FLAGS, nl.Uint32Attr(flags)))
	if o.label != "" {
		req.AddData(nl.NewRtAttr(unix.IFA_LABEL, nl.ZeroTerminated(o.label)))
	}
	if mark {
		req.AddData(nl.NewRtAttr(ifaProto, []byte{Mark}))
	}
	return req
}

// forever is the lifetime of an address that does not expire.
const forever = 0xffffffff

// remove removes an address.
func (r *requests) remove(o op) error {
	req := r.request(unix.RTM_DELADDR, unix.NLM_F_ACK)
	target(req, o)
	return r.order(req, o)
}

// target says which address of which link a request is about.
func target(req *nl.NetlinkRequest, o op) {
	family := unix.AF_INET6
	if o.prefix.Addr().Is4() {
		family = unix.AF_INET
	}
	msg := nl.NewIfAddrmsg(family)
	msg.Prefixlen, msg.Scope, msg.Index = uint8(o.prefix.Bits()), uint8(o.scope), uint32(o.index)
	req.AddData(msg)
	addr := o.prefix.Addr().AsSlice()
	req.AddData(nl.NewRtAttr(unix.IFA_LOCAL, addr))
	req.AddData(nl.NewRtAttr(unix.IFA_ADDRESS, addr))
}

// order sends a request and waits for the acknowledgement.
func (r *requests) order(req *nl.NetlinkRequest, o op) error {
	if _, err := req.Execute(unix.NETLINK_ROUTE, 0); err != nil {
		return fmt.Errorf("%s %s on %s: %w", o.verb, o.prefix, o.link, err)
	}
	return nil
}

// removeAlone removes an address without its company: IPv4 addresses of the same
// subnet, which the kernel takes away with the subnet's primary one unless the
// setting promote_secondaries is on. It is switched on for that moment.
func (r *requests) removeAlone(o op) error {
	on, err := r.promotes(o.index)
	if err != nil {
		return fmt.Errorf("%s %s on %s: %w", o.verb, o.prefix, o.link, err)
	}
	if on {
		return r.remove(o)
	}
	if err := r.setPromotes(o.index, true); err != nil {
		return fmt.Errorf("%s %s on %s: %w", o.verb, o.prefix, o.link, err)
	}
	return errors.Join(r.remove(o), r.setPromotes(o.index, false))
}

// promotes says whether a link's own setting promote_secondaries is on.
func (r *requests) promotes(index int) (bool, error) {
	req := r.request(unix.RTM_GETLINK, 0)
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index = int32(index)
	req.AddData(msg)
	list, err := r.list(req, unix.RTM_NEWLINK, "read promote_secondaries")
	if err != nil || len(list) == 0 {
		return false, err
	}
	return decodePromotes(list[0]), nil
}

// setPromotes changes a link's own setting promote_secondaries.
func (r *requests) setPromotes(index int, on bool) error {
	value := uint32(0)
	if on {
		value = 1
	}
	req := r.request(unix.RTM_SETLINK, unix.NLM_F_ACK)
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index = int32(index)
	req.AddData(msg)
	spec := nl.NewRtAttr(unix.IFLA_AF_SPEC, nil)
	conf := spec.AddRtAttr(unix.AF_INET, nil).AddRtAttr(inetConf, nil)
	conf.AddRtAttr(promoteSecondary, nl.Uint32Attr(value))
	req.AddData(spec)
	if _, err := req.Execute(unix.NETLINK_ROUTE, 0); err != nil {
		return fmt.Errorf("set promote_secondaries: %w", err)
	}
	return nil
}
