package keepalived

import (
	"slices"
	"strings"

	"hactl/lang/rule"
)

// choice is what a keyword that has a few values takes.
type choice struct {
	values    []string
	fold      bool   // capitals do not matter
	otherwise string // what keepalived does with any other one
}

var (
	forwarding = choice{[]string{"NAT", "DR", "TUN"}, false, "forwards by NAT"}
	scheduling = choice{[]string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "fo", "ovf", "sed", "nq", "twos"}, false, "takes wlc"}
)

// choices are the values of keywords that have a few only.
var choices = map[string]choice{
	"auth_type":               {[]string{"PASS", "AH"}, false, "sends no authentication"},
	"lb_kind":                 forwarding,
	"lvs_method":              forwarding,
	"sorry_server_lvs_method": forwarding,
	"lb_algo":                 scheduling,
	"lvs_sched":               scheduling,
	"protocol":                {[]string{"TCP", "UDP", "SCTP"}, true, "takes UDP"},
	"anti_replay":             {[]string{"time", "monotonic"}, false, "keeps its default"},
	"mode":                    {[]string{"enforce", "permissive", "receive-only"}, false, "keeps its default"},
}

// has tells whether the text is one of the values.
func (c choice) has(text string) bool {
	return slices.ContainsFunc(c.values, func(v string) bool { return v == text || c.fold && strings.EqualFold(v, text) })
}

func (w *words) choice(s *Statement, v Word, c choice) {
	if slices.Contains(fork, v.Text) {
		w.report(rule.Ignored, v.Range, forkDetail)
		return
	}
	hint := ""
	if at := slices.IndexFunc(c.values, func(x string) bool { return strings.EqualFold(x, v.Text) }); at >= 0 {
		hint = " Write " + c.values[at] + "."
	}
	w.reportf(w.soft(rule.ValueRefused), v.Range, "%s takes %s, not %s. keepalived reports it and %s.%s", s.Keyword(), rule.Or(c.values), shown(v.Text), c.otherwise, hint)
}
