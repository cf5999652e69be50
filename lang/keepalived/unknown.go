package keepalived

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"hactl/lang/rule"
)

// ignored are words that keepalived no longer knows, or never did, with what
// is to be done. Files are full of them, and they do no harm.
var ignored = map[string]string{
	"lvs_id":              "It was replaced by router_id long ago.",
	"nat_mask":            "It was dropped long ago; take it out.",
	"nb_get_retry":        "Only HTTP_GET and SSL_GET know it; write retry.",
	"vrrp_sync_group_dir": "It never existed.",
}

// fork are words that only a fork of keepalived knows, which forwards by FNAT.
var fork = []string{"FNAT", "SNAT", "local_address_group", "laddr_group_name", "laddr_group", "daddr_group_name", "deny_address_group", "waddr_group_name", "whitelist_address_group",
	"dpdk_interface", "syn_proxy", "establish_timeout", "conn_timeout", "hash_target", "conhash", "quic", "expire_quiescent_conn"}

const forkDetail = "This is a word of a fork of keepalived, which forwards by FNAT; keepalived itself ignores it. The findings are about keepalived."

// replacements are words for what is called otherwise in another block.
var replacements = map[string]map[string]string{
	"global":   {"state_file_location": "state_dump_file", "stats_file_location": "stats_dump_file", "json_file_location": "json_dump_file"},
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
	case slices.Contains(fork, word):
		w.report(rule.Ignored, at, forkDetail)
	case in == "group" && w.instance(word):
		w.reportf(w.soft(rule.SyncGroup), at, "The members of a vrrp_sync_group stand in a block group { … } inside of it. keepalived ignores this line, so that instance moves on its own.")
	case dead && in != "http":
		w.ignore(s, hint)
	case instead != "":
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores %s here: %s calls it %s. Write that.", name(s), article(in), instead)
	case unseen(word):
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores this line%s: a character in its first word cannot be seen, as in text that is copied from a web page. Type it anew.", closes(s))
	case joined != "":
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores this line%s. The keyword is %s, in one word.", closes(s), joined)
	case near != "" && foreignLetters(word):
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores %s%s: a letter in it is of another alphabet and only looks as it should. Type %s anew.", name(s), closes(s), near)
	case near != "":
		r := rule.Misspelt
		if closes(s) != "" {
			r = r.As(rule.Error)
		}
		w.reportf(w.soft(r), at, "keepalived ignores %s%s. Did you mean %s?", name(s), closes(s), near)
	case len(elsewhere) > 0:
		w.reportf(w.soft(rule.Misspelt), at, "keepalived ignores %s here%s: it belongs into %s.", name(s), closes(s), elsewhere)
	case stray.MatchString(word) || in == top && !s.Block:
		w.reportf(w.soft(rule.StrayText), s.Range(), "This is no keyword: keepalived reports an unknown one and goes on, and its configuration test fails. Take the line out.")
	default:
		w.ignore(s, hint)
	}
}

// foreignLetters tells whether a word has letters that no keyword has.
func foreignLetters(word string) bool {
	return strings.ContainsFunc(word, func(c rune) bool { return c > unicode.MaxASCII && unicode.IsLetter(c) })
}

// unseen tells whether a word has spaces of a kind that separate no words, or
// characters without any width.
func unseen(word string) bool {
	return strings.ContainsFunc(word, func(c rune) bool { return c > unicode.MaxASCII && (unicode.IsSpace(c) || unicode.Is(unicode.Cf, c)) })
}

// instance tells whether there is an instance of that name.
func (w *words) instance(name string) bool {
	return slices.ContainsFunc(w.config.Statements, func(s *Statement) bool {
		v, ok := s.Value()
		return ok && s.Kind == "instance" && v.Text == name
	})
}

// ignore reports a word without effect.
func (w *words) ignore(s *Statement, hint string) {
	w.reportf(rule.Ignored, s.Words[0].Range, "keepalived does not know %s and ignores it%s. %s", name(s), closes(s), hint)
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
		if word += "_" + strings.TrimLeft(next.Text, "_"); grammar[in].known(word) {
			return word
		}
	}
	return ""
}

// blocksOf names the blocks that have the keyword, when they are few.
func blocksOf(word string) string {
	var found []string
	for name, k := range grammar {
		if a := article(name); k.known(word) && (k.words[word].opens == "" || name != top) && !slices.Contains(found, a) {
			found = append(found, a)
		}
	}
	slices.Sort(found)
	if len(found) > 3 {
		return ""
	}
	return rule.Or(found)
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
