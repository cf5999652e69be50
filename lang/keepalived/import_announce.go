package keepalived

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/hcl/v2"
)

// announcements are keepalived's words for how a new master announces itself, with
// what takes their place, and what holds without them in both programs.
var announcements = []struct {
	word, attribute    string
	usual, least, most float64
	number             bool // it is no time
}{
	{"garp_master_repeat", "burst", 5, 1, 100, true},
	{"garp_master_delay", "repeat", 5, 0, 3600, false},
	{"garp_master_refresh", "refresh", 0, 1, 86400, false},
}

// announcing writes how a new Active router announces itself, where that is not
// the usual way, and how long a host listens after its start.
func (m *importer) announcing(v *vipDraft) {
	b := &block{head: "announce"}
	for _, a := range announcements {
		n := m.seconds(v.router, a.word, a.usual, "vrrp_"+a.word)
		switch {
		case n == a.usual || n < a.least || n > a.most:
		case a.number:
			b.attr(a.attribute, fmt.Sprint(int(n)))
		case n == 0:
			b.attr(a.attribute, quote("0s"))
		default:
			b.attr(a.attribute, duration(n))
		}
	}
	v.blocks = append(v.blocks, levelBlock{block: b})
	if n := m.seconds(v.router, "vrrp_startup_delay", 0, "vrrp_delay_after_boot"); n > 0 && n <= 3600 {
		v.set("quiet_start", duration(n))
	}
}

// seconds returns the number that the instances of a router or the global
// definitions give, and reports where nodes differ.
func (m *importer) seconds(r router, word string, usual float64, global ...string) float64 {
	text := m.settle(word, r, func(i *Instance) (string, hcl.Range, bool) {
		s := m.settingOf(i, word, global...)
		n := number(s, usual)
		if s == nil || !n.Given {
			return fmt.Sprint(usual), hcl.Range{}, true
		}
		return fmt.Sprint(n.Value), n.Range, n.Known
	})
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return usual
	}
	return n
}
