package kernel

import (
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// ourRoutes returns the filter of events: every message but those about routes of
// others, of which a router may have a million that change all the time. The
// kernel sends one message at a time.
func ourRoutes() []bpf.RawInstruction {
	const (
		messageType = 4
		protocol    = unix.SizeofNlMsghdr + 5 // rtm_protocol
	)
	filter, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: messageType, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: asLoaded(unix.RTM_NEWROUTE), SkipTrue: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: asLoaded(unix.RTM_DELROUTE), SkipTrue: 2},
		bpf.LoadAbsolute{Off: protocol, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: Mark, SkipTrue: 1},
		bpf.RetConstant{Val: 1 << 20}, // accept
		bpf.RetConstant{Val: 0},       // drop
	})
	if err != nil {
		panic("kernel: " + err.Error())
	}
	return filter
}

// asLoaded returns what a filter, which loads as the network does, makes of a
// number of netlink.
func asLoaded(n uint16) uint32 {
	b := order.AppendUint16(nil, n)
	return uint32(b[0])<<8 | uint32(b[1])
}

// program returns a filter as the kernel takes it.
func program(filter []bpf.RawInstruction) *unix.SockFprog {
	code := make([]unix.SockFilter, len(filter))
	for i, f := range filter {
		code[i] = unix.SockFilter{Code: f.Op, Jt: f.Jt, Jf: f.Jf, K: f.K}
	}
	return &unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
}
