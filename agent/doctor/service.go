package doctor

import (
	"fmt"
	"io/fs"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"hactl/schemas/plan"
)

// configured are the files in which services commonly name the address that they
// listen on.
var configured = []string{"etc/nginx/nginx.conf", "etc/nginx/conf.d/*", "etc/nginx/sites-enabled/*", "etc/haproxy/*.cfg", "etc/apache2/ports.conf", "etc/apache2/sites-enabled/*"}

// listens is a line that tells a service where to listen.
var listens = regexp.MustCompile(`(?m)^[ \t]*(?:listen|bind|Listen)\s+\[?([0-9A-Fa-f.:]+?)\]?:\d+\b`)

// examineServices looks for services that listen on a virtual address itself: on a
// Backup, which does not have it, they cannot start.
func examineServices(h *Host) []Finding {
	if h.Plan == nil {
		return nil
	}
	var all []Finding
	for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
		name := map[plan.Family]string{plan.IPv4: "net.ipv4.ip_nonlocal_bind", plan.IPv6: "net.ipv6.ip_nonlocal_bind"}[family]
		if h.text("proc/sys/"+strings.ReplaceAll(name, ".", "/")) == "1" {
			continue
		}
		if who := h.bound(family); len(who) > 0 {
			all = append(all, Finding{Severity: Warning, Seen: fmt.Sprintf("%s, and %s is 0", strings.Join(who, ", "), name),
				Why: "While this host is Backup it does not have the address: the service cannot start, and does not answer after a move.",
				Do:  []string{"echo " + name + "=1 | sudo tee -a /etc/sysctl.d/90-hactl.conf", "sudo sysctl --system   # or let the service listen on all addresses"}})
		}
	}
	return orGood(all, "services can listen on the virtual addresses, also on a Backup")
}

// bound says which services listen, or are configured to, on a virtual address.
func (h *Host) bound(family plan.Family) []string {
	var who []string
	for _, pattern := range configured {
		names, _ := fs.Glob(h.Root, pattern)
		for _, name := range names {
			for _, m := range listens.FindAllStringSubmatch(h.text(name), -1) {
				if a, err := netip.ParseAddr(m[1]); err == nil && plan.Of(a) == family && h.isVirtual(a) {
					who = append(who, fmt.Sprintf("/%s listens on %s", name, a))
				}
			}
		}
	}
	for _, table := range map[plan.Family][]string{plan.IPv4: {"tcp", "udp"}, plan.IPv6: {"tcp6", "udp6"}}[family] {
		for _, s := range listening(h.text("proc/net/"+table), strings.HasPrefix(table, "tcp")) {
			if h.isVirtual(s.Addr()) {
				who = append(who, fmt.Sprintf("a service listens on %s (%s)", s, table))
			}
		}
	}
	slices.Sort(who)
	return slices.Compact(who)
}

// listening returns the sockets of a table of /proc/net that wait for clients.
func listening(table string, tcp bool) []netip.AddrPort {
	var all []netip.AddrPort
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[0] == "sl" || tcp && fields[3] != "0A" {
			continue
		}
		if s, ok := socketAddress(fields[1]); ok {
			all = append(all, s)
		}
	}
	return all
}

// socketAddress reads "0100007F:0050": an address in words of the machine's order,
// little-endian on all that hactl is built for, and a port.
func socketAddress(text string) (netip.AddrPort, bool) {
	digits, port, _ := strings.Cut(text, ":")
	var raw []byte
	var number uint16
	if _, err := fmt.Sscanf(digits, "%x", &raw); err != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	if _, err := fmt.Sscanf(port, "%x", &number); err != nil {
		return netip.AddrPort{}, false
	}
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	addr, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr, number), ok
}
