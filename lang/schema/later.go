package schema

// meanwhile says, for each word of the language that this version does not
// support yet, what may be done until it does.
var meanwhile = map[string]string{
	"failover":    "until then every vip fails over on its own",
	"track":       "until then only the vip's own interface is watched",
	"notify":      "until then read transitions from the agent's log",
	"hook":        "until then act on the transitions in the agent's log",
	"address":     "until then list the address in `addresses`",
	"active":      "until then `auth` knows one secret of type \"pass\"",
	"key":         "until then `auth` knows one secret of type \"pass\"",
	"announce":    "until then five announcements are sent, and five more later",
	"quiet_start": "until then a host joins as soon as its agent runs",
}

// later describes words that are not supported yet.
func later(words ...string) map[string]string {
	m := map[string]string{}
	for _, w := range words {
		m[w] = meanwhile[w]
	}
	return m
}
