package kernel

import (
	"net"
	"net/netip"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"hactl/agent/node"
)

// TestAnswersOnceThere: whoever is told that an address is there may announce it at once,
// since the kernel answers by then. The one that had it may be gone a moment later.
func TestAnswersOnceThere(t *testing.T) {
	onBoth(t, func(b *bench) {
		var routes *netlink.Handle
		b.must(b.host.Do(func() (err error) { routes, err = netlink.NewHandle(unix.NETLINK_ROUTE); return err }))
		defer routes.Close()
		eth0, err := routes.LinkByName("eth0")
		b.must(err)
		asked := &netlink.RouteGetOptions{OifIndex: eth0.Attrs().Index}
		wishes := []node.Wish{wish("eth0", "fe80::200:5eff:fe00:201/128", false)}
		for i := range byte(100) {
			v4, v6 := netip.AddrFrom4([4]byte{10, 0, 0, 100 + i}), netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 14: 1, 15: i})
			wishes = append(wishes, wish("eth0", v4.String()+"/32", false), wish("eth0", v6.String()+"/128", false))
		}
		told := 0
		b.kernel.Converge(node.Wishes{Addresses: wishes}, func(_ string, a netip.Addr) {
			told++
			to, err := routes.RouteGetWithOptions(net.IP(a.AsSlice()), asked)
			if err != nil || len(to) != 1 || to[0].Type != unix.RTN_LOCAL {
				t.Errorf("%v is there, and the kernel does not know yet that it is its own: %v %v", a, to, err)
			}
		}, always)
		if told != len(wishes) {
			t.Errorf("told of %d addresses, want %d", told, len(wishes))
		}
	})
}
