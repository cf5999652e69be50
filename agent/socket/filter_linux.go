package socket

import (
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// announcements returns the filter of Announcements: what others sent, on this
// link and not on a VLAN of it, that is ARP or an ICMPv6 neighbour
// advertisement right behind an IPv6 header.
func announcements() []bpf.RawInstruction {
	const (
		etherType  = 12
		nextHeader = 14 + 6
		icmpType   = 14 + 40
	)
	filter, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtType},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.PACKET_OUTGOING, SkipTrue: 10},
		bpf.LoadExtension{Num: bpf.ExtVLANTagPresent},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: 8},
		bpf.LoadAbsolute{Off: etherType, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.ETH_P_ARP, SkipTrue: 5},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.ETH_P_IPV6, SkipTrue: 5},
		bpf.LoadAbsolute{Off: nextHeader, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_ICMPV6, SkipTrue: 3},
		bpf.LoadAbsolute{Off: icmpType, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 136, SkipTrue: 1},
		bpf.RetConstant{Val: readBuffer}, // accept
		bpf.RetConstant{Val: 0},          // drop
	})
	if err != nil {
		panic("socket: " + err.Error())
	}
	return filter
}
