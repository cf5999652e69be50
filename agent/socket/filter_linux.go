package socket

import (
	"encoding/binary"
	"net/netip"
	"slices"

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

// claims returns the filter of ListenClaims: what others sent, on this link and not on
// a VLAN of it, that is ARP with one of these addresses as its sender's, or an ICMPv6
// neighbour advertisement whose target ends like one of them.
func claims(addresses []netip.Addr) []bpf.RawInstruction {
	const (
		etherType  = 12
		sender     = 14 + 14
		nextHeader = 14 + 6
		icmpType   = 14 + 40
		targetEnd  = 14 + 40 + 8 + 12
	)
	var v4, v6 []uint32 // the last four bytes of each
	for _, a := range addresses {
		switch b := a.AsSlice(); {
		case a.Is4() && len(v4) < MaxClaims:
			v4 = append(v4, binary.BigEndian.Uint32(b))
		case a.Is6() && len(v6) < MaxClaims:
			v6 = append(v6, binary.BigEndian.Uint32(b[12:]))
		}
	}
	arp := among(sender, v4)
	program := []bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtType},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.PACKET_OUTGOING, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadExtension{Num: bpf.ExtVLANTagPresent},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadAbsolute{Off: etherType, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.ETH_P_ARP, SkipTrue: 1},
		bpf.Jump{Skip: uint32(len(arp))},
	}
	program = append(program, arp...)
	program = append(program,
		bpf.LoadAbsolute{Off: etherType, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.ETH_P_IPV6, SkipTrue: 4},
		bpf.LoadAbsolute{Off: nextHeader, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_ICMPV6, SkipTrue: 2},
		bpf.LoadAbsolute{Off: icmpType, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 136, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
	)
	filter, err := bpf.Assemble(append(program, among(targetEnd, v6)...))
	if err != nil {
		panic("socket: " + err.Error())
	}
	return filter
}

// among accepts a frame whose four bytes at an offset are one of these, and drops
// every other one.
func among(offset uint32, values []uint32) []bpf.Instruction {
	const farthest = 128 // less than a jump can skip
	program := []bpf.Instruction{bpf.LoadAbsolute{Off: offset, Size: 4}}
	for part := range slices.Chunk(values, farthest) {
		for i, v := range part {
			program = append(program, bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipTrue: uint8(len(part) - i)})
		}
		program = append(program, bpf.Jump{Skip: 1}, bpf.RetConstant{Val: readBuffer})
	}
	return append(program, bpf.RetConstant{Val: 0})
}
