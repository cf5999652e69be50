package doctor

import (
	"fmt"
	"time"

	"hactl/schemas/status"
)

// examineConflicts looks at what the agent sees on the wire that contradicts its
// routers, as status tells it.
func examineConflicts(h *Host) []Finding {
	if h.Report == nil || len(h.Report.Routers) == 0 {
		return nil
	}
	var all []Finding
	for _, r := range h.Report.Routers {
		for _, c := range r.Conflicts {
			harm := harmOf(c.Kind)
			all = append(all, Finding{Severity: harm.severity, Why: harm.why, Do: []string{harm.do},
				Seen: fmt.Sprintf("%s, %s for %s: %s", r.ID, c.Kind, h.Now.Sub(c.Since).Round(time.Second), c.Words)})
		}
	}
	return orGood(all, "nothing on the wire contradicts the routers")
}

// harm is what a conflict does, and where to look first. What to look at in
// particular is in the words of the conflict.
type harm struct {
	severity Severity
	why, do  string
}

// harms are those of kinds of conflicts that do more than to say that hosts differ.
var harms = map[string]harm{
	status.TwoActive:        {Error, "Two hosts answer for the same addresses: clients reach one or the other.", "sudo hactl doctor   # on the other host, too"},
	status.DuplicateAddress: {Error, "Clients reach that station instead of this host, now and then.", "ip neighbour   # whose MAC is it?"},
	status.Unheard:          {Error, "Nobody takes over when this host leaves or dies.", "sudo hactl doctor   # on the other hosts"},
	status.ForeignSender:    {Warning, "A router that is none of this vip takes part in the election, and may win it: then nobody has the address.", "another vrid for one of the two"},
	status.OwnSource:        {Warning, "Two hosts have one address, or the segment gives back what is sent: clients lose packets.", "ip neighbour   # on another host, more than once: does the MAC change?"},
	status.OtherAuth:        {Error, "Its adverts are dropped: both hosts can be Active.", "hactl plan   # says which secret files differ"},
	status.OtherVersion:     {Error, "Its adverts are dropped: both hosts can be Active.", "hactl plan   # and compare with the other host's configuration"},
}

// harmOf returns that of a kind of conflict, also of one that came later.
func harmOf(kind string) harm {
	if known, there := harms[kind]; there {
		return known
	}
	return harm{Warning, "Hosts that do not agree may both become Active, or have other addresses after a move.", "hactl plan   # and compare with the other host's configuration"}
}
