package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strconv"

	"hactl/schemas/plan"
)

// protocolVRRP is the number of VRRP in an IP header.
const protocolVRRP = 112

// examineFirewall follows an advert of each interface through the chains that
// nftables has for what comes in. Rules of the older iptables are not in there,
// and are only named.
func examineFirewall(h *Host) []Finding {
	if tables := h.text("proc/net/ip_tables_names"); tables != "" && len(h.routers()) > 0 {
		return cannot("the firewall is one of iptables-legacy", errors.New("its rules are not read"),
			"sudo iptables-legacy -S INPUT   # must accept protocol 112 (vrrp)",
			"sudo iptables-legacy -I INPUT -p 112 -j ACCEPT")
	}
	data, err := h.Machine.Ruleset()
	switch {
	case errors.Is(err, fs.ErrNotExist) && !h.exists("proc/net/netfilter"):
		return good("there is no packet filter")
	case errors.Is(err, fs.ErrNotExist):
		return cannot("the packet filter cannot be read", errors.New("there is no nft here"), "sudo apt install nftables")
	case err != nil:
		return cannot("the packet filter cannot be read", err, "sudo hactl doctor")
	}
	filter, err := readFilter(data)
	if err != nil {
		return cannot("the packet filter cannot be understood", err, "sudo nft list ruleset   # must accept protocol 112 (vrrp)")
	}
	var all []Finding
	for _, a := range h.adverts() {
		all = append(all, filter.examine(a)...)
	}
	return orGood(all, "the packet filter lets adverts in (protocol 112)")
}

// advert is a packet that comes in.
type advert struct {
	family plan.Family
	link   string
	to     string   // its destination, empty: not known
	from   []string // where it may come from; empty: not known
}

// adverts returns one for each interface and family of the plan; without a plan,
// one that is of no interface.
func (h *Host) adverts() []advert {
	var all []advert
	seen := map[string]bool{}
	for _, r := range h.routers() {
		key := fmt.Sprint(r.Interface, r.Family, r.Group == "")
		if seen[key] {
			continue
		}
		seen[key] = true
		a := advert{family: r.Family, link: r.Interface, to: r.Group, from: r.Peers}
		if a.to == "" {
			a.to = r.Source
		}
		for _, n := range r.Neighbours {
			if n.Address != "" && len(r.Peers) == 0 {
				a.from = append(a.from, n.Address)
			}
		}
		all = append(all, a)
	}
	if h.Plan == nil {
		all = append(all, advert{family: plan.IPv4, to: "224.0.0.18"})
	}
	return all
}

// examine says whether the filter drops an advert.
func (f filter) examine(a advert) []Finding {
	var all []Finding
	t := f.try(a)
	for _, c := range f.bases(a.family) {
		fate := t.walk(c.Family, c.Table, c.Name)
		if fate&goesOn != 0 {
			fate = fate&^goesOn | c.policy()
		}
		where := fmt.Sprintf("the chain %s %s %s of nftables", c.Family, c.Table, c.Name)
		line := fmt.Sprintf("sudo nft insert rule %s %s %s %smeta l4proto %d accept   # and in the file that nftables is loaded from",
			c.Family, c.Table, c.Name, onLink(a.link), protocolVRRP)
		switch fate {
		case drops:
			all = append(all, Finding{Severity: Error, Seen: where + " drops adverts" + arriving(a.link),
				Why: "A Backup that hears no adverts becomes Active: then two hosts have the address.", Do: []string{line}})
		case drops | accepts:
			all = append(all, Finding{Severity: Unknown, Seen: where + " may drop adverts" + arriving(a.link) + ": it has rules that doctor cannot judge",
				Why: "A Backup that hears no adverts becomes Active: then two hosts have the address.", Do: []string{line}})
		}
	}
	return all
}

// onLink and arriving name an interface, if it is known: in a rule, and in words.
func onLink(link string) string {
	if link == "" {
		return ""
	}
	return "iifname " + strconv.Quote(link) + " "
}

func arriving(link string) string {
	if link == "" {
		return ""
	}
	return " that come in on " + link
}

// within reports whether an address, as text, is of a prefix or range of nftables,
// and whether that can be told.
func within(text string, right any) (is, known bool) {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return false, false
	}
	switch right := right.(type) {
	case string:
		other, err := netip.ParseAddr(right)
		return err == nil && other == addr, err == nil
	case map[string]any:
		p, _ := right["prefix"].(map[string]any)
		base, err := netip.ParseAddr(fmt.Sprint(p["addr"]))
		length, ok := p["len"].(float64)
		if err != nil || !ok {
			return false, false
		}
		return netip.PrefixFrom(base, int(length)).Contains(addr), true
	}
	return false, false
}
