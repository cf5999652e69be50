package keepalived

import (
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Node is one node as its configuration makes it behave.
type Node struct {
	Name      string
	Config    *Config
	Global    *Statement // nil when there is none
	Instances []*Instance
	Checks    []*Check
	Groups    []*Group
	Virtuals  []*Statement // virtual_server blocks
	checks    map[string][]*Check
	groups    map[string]*Group // by the name of a member
}

// Number is a numeric value. It is known when it is given and no placeholder,
// or when the default is what counts.
type Number struct {
	Value float64
	Given bool
	Known bool
	Range hcl.Range
}

// Instance is one VRRP router of one node.
type Instance struct {
	Node      *Node
	Name      Word
	Statement *Statement
	State     *Word // as written, nil when there is none
	Master    bool  // state MASTER
	VRID      Number
	Priority  Number // 255 or 100 where none is given
	Advert    Number // seconds
	Version   int    // 2 or 3, 0 when unknown
	Interface Word
	Auth      Auth
	Nopreempt *Statement
	Delay     *Statement // preempt_delay
	Unicast   bool       // there are peers
	Peers     *Statement // unicast_peer
	Source    *Word      // unicast_src_ip
	VIPs      []VIP
	Blocks    []*Statement // virtual_ipaddress
	Tracks    []*Track
	Group     *Group // the sync group that it is in, nil for none
	Opaque    bool   // a whole statement is a placeholder: anything may be missing
	Unknown   bool   // some virtual address is a placeholder
	set       map[netip.Addr]bool
}

// Auth is the authentication of version 2.
type Auth struct {
	Type *Word // PASS or AH as written, nil when there is none
	Pass *Word
}

// VIP is one virtual address.
type VIP struct {
	Address   netip.Addr
	Prefix    netip.Prefix // with the length as written, or of a single address
	Length    bool         // a length is written
	Device    string       // dev, or the instance's interface
	Statement *Statement
	Excluded  bool
}

// Check is a vrrp_script, vrrp_track_process or vrrp_track_file.
type Check struct {
	Kind      string // "script", "process" or "file", as in the name of the block that tracks it
	Name      Word
	Statement *Statement
	Weight    Number
	Reverse   bool
	Init      Number // what is written to a file that does not exist, zero for none
	order     int    // of its statement among all
	tracked   bool
}

// Track is the use of a check by an instance or its sync group.
type Track struct {
	Kind    string // as of Check, or "interface"
	Name    Word
	Check   *Check // nil when it is not defined before
	Later   *Check // the definition that comes too late, if any
	Weight  Number
	Reverse bool
	Group   bool // it is in the sync group
}

// Group is a vrrp_sync_group.
type Group struct {
	Name      Word
	Statement *Statement
	Members   []Word
	Weights   bool // sync_group_tracking_weight
}

// owner tells whether the instance has the priority of an address owner.
func (i *Instance) owner() bool { return i.Priority.Known && i.Priority.Value == 255 }

// preempts tells whether nopreempt has no effect: it is not there, or cleared.
func (i *Instance) preempts() bool { return i.Nopreempt == nil || i.Master || i.owner() }

// weighted tells whether the weights of the instance's checks count.
func (i *Instance) weighted() bool { return !i.owner() && (i.Group == nil || i.Group.Weights) }

// family returns 6 when the instance's first virtual address is of IPv6, 4
// otherwise.
func (i *Instance) family() int {
	first := slices.IndexFunc(i.VIPs, func(v VIP) bool { return !v.Excluded })
	if first >= 0 && i.VIPs[first].Address.Is6() {
		return 6
	}
	return 4
}

// source returns the address that the instance sends from, where it is
// written.
func (i *Instance) source() (netip.Addr, bool) {
	if i.Source == nil {
		return netip.Addr{}, false
	}
	return address(*i.Source)
}

// peers returns the addresses of unicast_peer; ok is false when one of them
// is unknown.
func (i *Instance) peers() (all []netip.Addr, ok bool) {
	if i.Peers == nil {
		return nil, !i.Opaque
	}
	for _, s := range i.Peers.Children {
		a, known := address(s.Words[0])
		if !known {
			return nil, false
		}
		all = append(all, a)
	}
	return all, true
}

// child returns the last statement of that keyword in s, nil when there is
// none.
func (s *Statement) child(keyword string) *Statement {
	if s == nil {
		return nil
	}
	for i := len(s.Children) - 1; i >= 0; i-- {
		if c := s.Children[i]; c.Keyword() == keyword {
			return c
		}
	}
	return nil
}

// children returns the statements of that keyword in s.
func (s *Statement) children(keyword string) []*Statement {
	var all []*Statement
	if s == nil {
		return nil
	}
	for _, c := range s.Children {
		if c.Keyword() == keyword {
			all = append(all, c)
		}
	}
	return all
}
