package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hactl/schemas/status"
)

// examineHeard looks at what the agent has heard: adverts that were dropped. A
// router that has heard none is no finding: the Active one of a healthy pair hears
// nobody.
func examineHeard(h *Host) []Finding {
	if h.Report == nil || len(h.Report.Routers) == 0 {
		return nil
	}
	var all []Finding
	for _, reason := range slices.Sorted(maps.Keys(h.Report.Dropped)) {
		if cause, known := causes[reason]; known && h.Report.Dropped[reason] > 0 {
			all = append(all, Finding{Severity: Warning, Seen: fmt.Sprintf("%d adverts were dropped: %s", h.Report.Dropped[reason], reason), Why: cause.why, Do: []string{cause.do}})
		}
	}
	return orGood(all, "adverts are heard: "+counts(h.Report.Routers))
}

// few are as many routers as are told one by one.
const few = 8

// counts tells how many adverts the routers have sent and heard: each, or all
// together when they are many.
func counts(routers []status.Router) string {
	var words []string
	var sent, heard uint64
	for _, r := range routers {
		words = append(words, fmt.Sprintf("%s %d sent, %d heard", r.ID, r.Sent, r.Received))
		sent, heard = sent+r.Sent, heard+r.Received
	}
	if len(words) > few {
		return fmt.Sprintf("%d routers, %d sent, %d heard", len(words), sent, heard)
	}
	return strings.Join(words, "; ")
}

// causes are the reasons for dropped adverts that have a cause on hosts, with what
// to do about it. A counter does not go back: an old reason may be mended.
var causes = map[string]struct{ why, do string }{
	"auth":      {"A neighbour has another password, or none: both hosts can be Active.", "hactl plan   # says which secret files differ"},
	"stale":     {"Clocks of the hosts are more than 5 s apart: signed adverts are dropped, and both hosts can be Active.", "timedatectl   # on both hosts"},
	"replay":    {"Signed adverts came twice, or a neighbour's clock was set back.", "timedatectl   # on both hosts"},
	"key":       {"A neighbour signs with a key that this host does not have.", "hactl plan   # says which secret files differ"},
	"signature": {"A neighbour's key of that number is another one.", "hactl plan   # says which secret files differ"},
	"unsigned":  {"A neighbour does not sign its adverts, and this host demands it.", `auth { accept = "permissive" }   # until all hosts sign`},
	"interval":  {"A neighbour sends at another interval, which version 2 does not allow.", "hactl plan   # and compare with the other host's configuration"},
	"version":   {"A neighbour speaks another version of VRRP: neither hears the other.", "hactl plan   # and compare with the other host's configuration"},
	"checksum":  {"A neighbour computes another checksum, or packets are damaged.", `checksum = "rfc9568"   # in the cluster, if the neighbour is neither hactl nor keepalived`},
	"peer":      {"An advert came from an address that is no peer.", "hactl plan   # and compare the hosts' interface addresses"},
}
