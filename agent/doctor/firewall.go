package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strconv"

	"hactl/schemas/plan"
)

// protocolVRRP is the number of VRRP in an IP header.
const protocolVRRP = 112

// examineFirewall follows adverts of each interface through the chains that nftables
// has for what comes in and for what leaves. Rules of the older iptables are not in there,
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
	return orGood(all, "the packet filter lets adverts in and out (protocol 112)")
}

// advert is a packet that comes in, or leaves.
type advert struct {
	family plan.Family
	link   string
	leaves bool
	to     []string // where it may go to; empty: not known
	from   []string // where it may come from; empty: not known
}

// adverts returns one in each direction for each interface and family of the plan;
// without a plan, one that is of no interface.
func (h *Host) adverts() []advert {
	var all []advert
	seen := map[string]bool{}
	for _, r := range h.routers() {
		key := fmt.Sprint(r.Interface, r.Family, r.Group == "")
		if seen[key] {
			continue
		}
		seen[key] = true
		theirs := r.Peers
		if len(theirs) == 0 {
			for _, n := range r.Neighbours {
				theirs = append(theirs, known(n.Address)...)
			}
		}
		in := advert{family: r.Family, link: r.Interface, to: known(cmp.Or(r.Group, r.Source)), from: theirs}
		out := advert{family: r.Family, link: r.Interface, leaves: true, to: known(r.Group), from: known(r.Source)}
		if r.Group == "" {
			out.to = theirs
		}
		all = append(all, in, out)
	}
	if h.Plan == nil {
		in := advert{family: plan.IPv4, to: []string{"224.0.0.18"}}
		out := in
		out.leaves = true
		all = append(all, in, out)
	}
	return all
}

// known returns a word alone, and nothing when it is empty.
func known(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}

// examine says whether the filter drops an advert.
func (f filter) examine(a advert) []Finding {
	var all []Finding
	t := f.try(a)
	for _, c := range f.bases(a) {
		fate := t.walk(c.Family, c.Table, c.Name)
		if fate&goesOn != 0 {
			fate = fate&^goesOn | c.policy()
		}
		where := fmt.Sprintf("the chain %s %s %s of nftables", c.Family, c.Table, c.Name)
		line := fmt.Sprintf("sudo nft insert rule %s %s %s %smeta l4proto %d accept   # and in the file that nftables is loaded from",
			c.Family, c.Table, c.Name, a.onLink(), protocolVRRP)
		switch fate {
		case drops:
			all = append(all, Finding{Severity: Error, Seen: where + " drops adverts" + a.passing(), Why: a.unheard(), Do: []string{line}})
		case drops | accepts:
			all = append(all, Finding{Severity: Unknown, Seen: where + " may drop adverts" + a.passing() + ": it has rules that doctor cannot judge",
				Why: a.unheard(), Do: []string{line}})
		}
	}
	return all
}

// unheard says what follows when an advert is dropped.
func (a advert) unheard() string {
	if a.leaves {
		return "A Backup that does not hear this host becomes Active: then two hosts have the address."
	}
	return "A Backup that hears no adverts becomes Active: then two hosts have the address."
}

// onLink names the interface, if it is known, in a rule.
func (a advert) onLink() string {
	switch {
	case a.link == "":
		return ""
	case a.leaves:
		return "oifname " + strconv.Quote(a.link) + " "
	}
	return "iifname " + strconv.Quote(a.link) + " "
}

// passing says by which interface, if it is known, and in which direction.
func (a advert) passing() string {
	switch {
	case a.leaves && a.link == "":
		return " that leave"
	case a.leaves:
		return " that leave by " + a.link
	case a.link == "":
		return " that come in"
	}
	return " that come in on " + a.link
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
