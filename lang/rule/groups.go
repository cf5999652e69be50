package rule

// Group is rules that are about one thing, with the numbers of one range.
type Group struct {
	Title string // a few words without a full stop
	Rules []Rule // in order of code, at least one
}

// titles are those of the groups, each with the first code of its range.
var titles = []struct{ first, title string }{
	{"HA001", "What a text says by itself"},
	{"HA050", "What hosts, clusters and vips mean together"},
	{"HA100", "Checks, notification, routes, keys and upgrades"},
	{"HA200", "keepalived.conf, of one node and between several"},
	{"HA280", "keepalived.conf, carried over"},
}

// Groups returns all rules by what they are about, in order of code.
func Groups() []Group {
	var all []Group
	next := 0
	for _, r := range All() {
		title := ""
		for next < len(titles) && r.Code >= titles[next].first {
			title = titles[next].title
			next++
		}
		if title != "" {
			all = append(all, Group{Title: title})
		}
		last := &all[len(all)-1]
		last.Rules = append(last.Rules, r)
	}
	return all
}
