package keepalived

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"hactl/lang/rule"
)

// ignored are words that keepalived no longer knows, or never did, with what
// is to be done. Files are full of them, and they do no harm.
var ignored = map[string]string{
	"lvs_id":              "It was replaced by router_id long ago.",
	"nat_mask":            "It was dropped long ago; take it out.",
	"nb_get_retry":        "Only HTTP_GET and SSL_GET know it; write retry.",
	"local_address_group": "Only a fork for FNAT knows it.",
	"laddr_group_name":    "Only a fork for FNAT knows it.",
	"syn_proxy":           "Only a fork for FNAT knows it.",
	"laddr_group":         "Only a fork for FNAT knows it.",
	"vrrp_sync_group_dir": "It never existed.",
}

// replacements are words for what is called otherwise in another block.
var replacements = map[string]map[string]string{
	"script":   {"script_user": "user"},
	"instance": {"router_id": "virtual_router_id", "vrrp_version": "version", "unicast_src": "unicast_src_ip"},
	"check":    {"nb_get_retry": "retry"},
}

// stray is text that can be no keyword: a shell's prompt, a command.
var stray = regexp.MustCompile(`^[^A-Za-z]|@|^(cat|vim?|nano|sudo|EOF|END|echo|tee|cd)$|[^A-Za-z0-9_-]`)

// unknown reports a keyword that the block does not have.
func (w *words) unknown(s *Statement, in string) {
	word, at := s.Keyword(), s.Words[0].Range
	hint, dead := ignored[word]
	instead := replacements[in][word]
	joined := join(s, in)
	near := nearest(word, grammar[in].names())
	if hint == "" && near == "" && joined == "" {
		hint = "It may belong to a newer release or to a fork. Take it out if neither is so."
	}
	switch elsewhere := blocksOf(word); {
	case dead && in != "http":
		w.ignore(s, hint)
	case instead != "":
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores %s here: %s calls it %s. Write that.", name(s), article(in), instead)
	case joined != "":
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores this line%s. The keyword is %s, in one word.", closes(s), joined)
	case near != "":
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores %s%s. Did you mean %s?", name(s), closes(s), near)
	case len(elsewhere) > 0:
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores %s here%s: it belongs into %s.", name(s), closes(s), elsewhere)
	case stray.MatchString(word) || in == top && !s.Block:
		w.reportf(w.soft(rule.StrayText), s.Range(), "This is no keyword: keepalived reports an unknown one and goes on, and its configuration test fails. Take the line out.")
	default:
		w.ignore(s, hint)
	}
}

// ignore reports a word without effect, once for all places.
func (w *words) ignore(s *Statement, hint string) {
	at, word := s.Words[0].Range, s.Keyword()
	if first := w.seen[word]; first != nil {
		_, related, _ := rule.Of(first)
		*first = *rule.Ignored.At(*first.Subject, first.Detail, append(related, see(at, "Here, too"))...)
		return
	}
	w.report(rule.Ignored, at, fmt.Sprintf("keepalived does not know %s and ignores it%s. %s", name(s), closes(s), hint))
	w.seen[word] = w.diags[len(w.diags)-1]
}

// closes says what the block of an unknown keyword does.
func closes(s *Statement) string {
	if !s.Block || s.parent == nil {
		return ""
	}
	return ", but not its block: the closing brace closes that of " + s.parent.Keyword() + " too early, and what follows is unknown as well"
}

// join returns the keyword that the first words of a line make with
// underscores, "" for none.
func join(s *Statement, in string) string {
	word := s.Keyword()
	for _, next := range s.Words[1:min(len(s.Words), 5)] {
		if word += "_" + next.Text; grammar[in].known(word) {
			return word
		}
	}
	return ""
}

// blocksOf names the block that has the keyword when only one has.
func blocksOf(word string) string {
	found := ""
	for name, k := range grammar {
		if !k.known(word) || k.words[word].opens != "" && name == top {
			continue
		}
		if found != "" && article(name) != article(found) {
			return ""
		}
		found = name
	}
	if found == "" {
		return ""
	}
	return article(found)
}

// article names a kind of block in a sentence.
func article(in string) string {
	switch in {
	case top:
		return "the top level"
	case "global":
		return "global_defs"
	case "instance", "script":
		return "vrrp_" + in
	case "group":
		return "vrrp_sync_group"
	case "process", "file":
		return "vrrp_track_" + in
	case "auth":
		return "authentication"
	case "virtual", "real":
		return in + "_server"
	case "http":
		return "HTTP_GET and SSL_GET"
	case "url":
		return "url"
	case "bfd":
		return "bfd_instance"
	}
	return "a checker"
}

// shown returns a word as a sentence may contain it.
func shown(word string) string {
	if len(word) > 40 {
		word = strings.ToValidUTF8(word[:40], "") + "…"
	}
	for _, c := range word {
		if c < ' ' || c == '"' || c == 0x7f {
			return strconv.Quote(word)
		}
	}
	return word
}
