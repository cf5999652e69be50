package socket

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batchLength is how many packets one system call moves at most.
const batchLength = 64

// packetBuffer holds the longest advert behind the longest IPv4 header, with room to
// spare: what is longer is cut, and still too long to be an advert.
const packetBuffer = 4352

// controlBuffer holds what the kernel tells beside a packet, or is told.
const controlBuffer = 128

// batch is what a recvmmsg or sendmmsg works with. It is used again and again, so that
// a packet costs no memory.
type batch struct {
	headers  [batchLength]mmsghdr
	vectors  [batchLength]unix.Iovec
	names    [batchLength]unix.RawSockaddrInet6 // of either family
	controls [batchLength][controlBuffer / 8]uint64
	buffers  [batchLength][packetBuffer]byte // of what is received
	received [batchLength]Received

	first, end    int // of the messages that are to be moved
	moved         int // by the last call
	err           error
	receive, send func(fd uintptr) // made once: a closure for each call would cost memory
}

// mmsghdr is struct mmsghdr.
type mmsghdr struct {
	header unix.Msghdr
	length uint32
}

// batches are those that nobody uses.
var batches = sync.Pool{New: func() any {
	b := &batch{}
	b.receive = func(fd uintptr) { b.call(unix.SYS_RECVMMSG, fd) }
	b.send = func(fd uintptr) { b.call(unix.SYS_SENDMMSG, fd) }
	return b
}}

// call moves messages from the first one on, and says in moved how many it did.
func (b *batch) call(trap, fd uintptr) {
	moved, _, errno := unix.RawSyscall6(trap, fd, uintptr(unsafe.Pointer(&b.headers[b.first])), uintptr(b.end-b.first), unix.MSG_DONTWAIT, 0, 0)
	b.moved, b.err = int(moved), nil
	if errno != 0 {
		b.moved, b.err = 0, errno
	}
}

// prepare lets message i be about payload, and returns its header.
func (b *batch) prepare(i int, payload []byte, nameLen, controlLen int) {
	b.vectors[i].Base = unsafe.SliceData(payload)
	b.vectors[i].SetLen(len(payload))
	h := &b.headers[i].header
	h.Name, h.Namelen = (*byte)(unsafe.Pointer(&b.names[i])), uint32(nameLen)
	h.Iov = &b.vectors[i]
	h.SetIovlen(1)
	h.Control = (*byte)(unsafe.Pointer(&b.controls[i]))
	h.SetControllen(controlLen)
	h.Flags = 0
}

// control is the memory for what goes beside message i.
func (b *batch) control(i int) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&b.controls[i])), controlBuffer)
}

// beside is what the kernel tells of a packet beside it.
type beside struct {
	destination netip.Addr    // IPv6
	hopLimit    uint8         // IPv6
	arrived     time.Duration // since 1970; 0: unknown
}

// parseBeside reads control messages. What it does not know, or is cut, it passes over.
func parseBeside(b []byte) (told beside) {
	for len(b) >= unix.SizeofCmsghdr {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			return told
		}
		switch {
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
			told.arrived = time.Duration((*unix.Timespec)(unsafe.Pointer(&data[0])).Nano())
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= 16:
			told.destination = netip.AddrFrom16([16]byte(data))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_HOPLIMIT && len(data) >= 4:
			told.hopLimit = uint8(binary.NativeEndian.Uint32(data))
		}
		b = rest
	}
	return told
}

// putControl writes one control message, and returns its length.
func putControl[T any](b []byte, level, kind int32, data T) int {
	size := int(unsafe.Sizeof(data))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = level, kind
	h.SetLen(unix.CmsgLen(size))
	*(*T)(unsafe.Pointer(&b[unix.CmsgLen(0)])) = data
	return unix.CmsgSpace(size)
}
