package keepalived

import (
	"fmt"
	"math"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// wire writes what adverts look like and where they go.
func (m *importer) wire(v *vipDraft) {
	m.interfaces(v)
	version := m.settle("VRRP version", v.router, func(i *Instance) (string, hcl.Range, bool) {
		if i.Version == 0 {
			return "", hcl.Range{}, false
		}
		return fmt.Sprint(i.Version), hcl.Range{}, true
	})
	if version == "" {
		version = "2"
	}
	v.set("version", version)
	v.set("advert_interval", m.interval(v, version))
	transport := m.settle("Transport", v.router, func(i *Instance) (string, hcl.Range, bool) {
		if i.Peers != nil && i.Unicast {
			return "unicast", i.Peers.Range(), true
		}
		if i.Peers != nil {
			return "multicast", i.Peers.Range(), true
		}
		return "multicast", hcl.Range{}, !i.Opaque
	})
	if transport == "" {
		transport = "multicast"
	}
	if peers := v.router[0].Peers; transport == "multicast" && peers != nil {
		m.reportf(rule.ImportOther, peers.Range(), "A list of peers without a peer means multicast to keepalived, and so it does in the configuration.")
	}
	v.set("transport", quote(transport))
	v.set("multicast_group", m.group(v, transport))
	if version == "3" && m.settingOf(v.router[0], "v3_checksum_as_v2") != nil {
		v.set("checksum", quote("rfc9568"))
	}
}

// interfaces writes the interface that most hosts use, and that of the others.
func (m *importer) interfaces(v *vipDraft) {
	count := map[string]int{}
	most := v.router[0].Interface
	for _, i := range v.router {
		if count[i.Interface.Text]++; count[i.Interface.Text] > count[most.Text] {
			most = i.Interface
		}
	}
	if most.Text == "" {
		m.reportf(rule.ImportOpen, v.router[0].Statement.Range(), "No interface is written. Write interface in the vip %q.", v.name)
		v.set("interface", "")
		return
	}
	v.set("interface", m.textOf(most, "the interface of "+v.name))
	for _, i := range v.router {
		b := v.members[slices.Index(v.hosts, m.hostOf(i.Node))]
		if i.Interface.Text != most.Text && i.Interface.Text != "" {
			b.attr("interface", m.textOf(i.Interface, "the interface of "+v.name))
		}
		m.source(b, i)
	}
}

// source writes the address that an instance sends from, where it is not the
// first of its interface.
func (m *importer) source(b *block, i *Instance) {
	w, ok := i.origin()
	if !ok {
		return
	}
	h := m.hostOf(i.Node)
	own := m.ownAddress(w, h)
	if nameable(i.Interface) {
		if all := h.port(i.Interface.Text).addresses; len(all) == 0 || all[0] == own || !slices.Contains(all, own) {
			return
		}
	}
	if a, known := address(w); known {
		b.attr("source", quote(a.String()))
	} else {
		b.attr("source", own)
	}
}

// interval returns the time between adverts.
func (m *importer) interval(v *vipDraft, version string) string {
	var first *Instance
	text := m.settle("Interval of adverts", v.router, func(i *Instance) (string, hcl.Range, bool) {
		if first == nil && i.Advert.Known {
			first = i
		}
		return fmt.Sprint(i.Advert.Value), i.Advert.Range, i.Advert.Known
	})
	if text == "" {
		return ""
	}
	seconds, longest, step := first.Advert.Value, 255.0, 1.0
	if version == "3" {
		longest, step = 40.95, 0.01
	}
	fits := math.Round(math.Ceil(seconds/step-1e-9)*step*100) / 100
	if !(seconds > 0 && fits <= longest) {
		m.reportf(rule.ImportChanged, first.Advert.Range, "VRRP version %s cannot carry this interval. The configuration has the default, 1 s.", version)
		return ""
	}
	if fits != seconds {
		m.reportf(rule.ImportChanged, first.Advert.Range, "VRRP version %s carries intervals in steps of %g s. The configuration has %g s.", version, step, fits)
	}
	return duration(fits)
}

// settingOf returns the statement of an instance, or of the global definitions
// under that name or one of the others.
func (m *importer) settingOf(i *Instance, name string, global ...string) *Statement {
	if s := i.Statement.child(name); s != nil {
		return s
	}
	for _, g := range append(global, name) {
		if s := i.Node.Global.child(g); s != nil {
			return s
		}
	}
	return nil
}

// group returns the multicast group that is not the usual one.
func (m *importer) group(v *vipDraft, transport string) string {
	if transport != "multicast" {
		return ""
	}
	usual, global := "224.0.0.18", "vrrp_mcast_group4"
	if v.router[0].family() == 6 {
		usual, global = "ff02::12", "vrrp_mcast_group6"
	}
	text := m.settle("Multicast group", v.router, func(i *Instance) (string, hcl.Range, bool) {
		w, ok := value(m.settingOf(i, "mcast_dst_ip", global))
		if !ok {
			return usual, hcl.Range{}, true
		}
		a, known := address(w)
		return a.String(), w.Range, known
	})
	if text == usual || text == "" {
		return ""
	}
	return quote(text)
}
