package keepalived

import (
	"slices"

	"hactl/lang/rule"
)

// needs are the keywords without which keepalived leaves a whole block out.
var needs = map[string]string{
	"script":    "script",
	"process":   "process",
	"file":      "file",
	"virtual":   "real_server",
	"http":      "url",
	"url":       "path",
	"misc":      "misc_path",
	"bfdcheck":  "name",
	"filecheck": "track_file",
}

// whole reports a block that lacks what it is about. Where a word of it is
// unknown, that one may be meant.
func (w *words) whole(s *Statement) {
	need := needs[s.Kind]
	strange := func(c *Statement) bool {
		return c.Words[0].Unknown || c.Keyword() == need || !grammar[s.Kind].known(c.Keyword())
	}
	if need == "" || w.config.Incomplete || slices.ContainsFunc(s.Children, strange) {
		return
	}
	w.reportf(w.soft(rule.ValueMissing.As(rule.Warning)), s.Range(), "There is no %s in this block, so keepalived leaves all of it out. Write one, or take the block out.", need)
}
