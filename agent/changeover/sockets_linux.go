package changeover

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// The states of /proc/net/tcp.
const (
	established = "01"
	listening   = "0A"
)

// own is where /proc has this process.
const own = "/proc/thread-self/"

// sockets returns the TCP sockets in a state of the network that a process is in:
// local address by inode.
func sockets(pid int, state string) map[string]netip.AddrPort { return listed(dir(pid), state) }

// listed is sockets for a process in a folder of /proc.
func listed(folder, state string) map[string]netip.AddrPort {
	found := map[string]netip.AddrPort{}
	for _, table := range []string{"net/tcp", "net/tcp6"} {
		data, err := os.ReadFile(folder + table)
		if err != nil {
			continue // a kernel without IPv6, or a process that has ended
		}
		for line := range strings.Lines(string(data)) {
			// 1: local address, 3: state, 9: inode
			if f := strings.Fields(line); len(f) > 9 && f[3] == state {
				found[f[9]] = address(f[1])
			}
		}
	}
	return found
}

// littleEndian reports in which order this machine has the bytes of a word.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// address reads ADDRESS:PORT of /proc/net/tcp, where the address is words in the
// machine's order. What is none is the zero value.
func address(text string) netip.AddrPort {
	host, port, _ := strings.Cut(text, ":")
	b, err := hex.DecodeString(host)
	n, wrong := strconv.ParseUint(port, 16, 16)
	if err != nil || wrong != nil || len(b)%4 != 0 {
		return netip.AddrPort{}
	}
	if littleEndian {
		for word := range slices.Chunk(b, 4) {
			slices.Reverse(word)
		}
	}
	a, _ := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(a, uint16(n))
}

// held returns those of the sockets that a process has open.
func held(pid int, all map[string]netip.AddrPort) map[string]netip.AddrPort {
	found := map[string]netip.AddrPort{}
	fds, _ := os.ReadDir(dir(pid) + "fd") // nothing when it has ended
	for _, fd := range fds {
		link, _ := os.Readlink(dir(pid) + "fd/" + fd.Name())
		inode, socket := strings.CutPrefix(link, "socket:[")
		inode = strings.TrimSuffix(inode, "]")
		if a, ok := all[inode]; ok && socket {
			found[inode] = a
		}
	}
	return found
}

// deaf returns the addresses that one process listens on by sockets which another
// one does not have, sorted.
func deaf(before, after int) (addresses []string) {
	all := sockets(before, listening)
	has := held(after, all)
	for inode, a := range held(before, all) {
		if _, ok := has[inode]; !ok {
			addresses = append(addresses, a.String())
		}
	}
	slices.Sort(addresses)
	return addresses
}

// share reports whether two processes listen on the same socket.
func share(one, other int) bool {
	return len(held(other, held(one, sockets(one, listening)))) > 0
}

// listens returns the addresses that a process listens on, by sockets of its own.
func listens(pid int) (addresses []string) {
	for _, a := range held(pid, sockets(pid, listening)) {
		addresses = append(addresses, a.String())
	}
	return addresses
}
