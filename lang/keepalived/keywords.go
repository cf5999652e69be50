package keepalived

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// words judges the keywords of a node's files and their values.
type words struct {
	*linter
	config *Config
	fill   []hcl.Range // placeholders
}

func (l *linter) words(c *Config) {
	w := &words{linter: l, config: c}
	w.mark(c.Statements, top)
	c.Draft = len(w.fill) > 0
	w.statements(c.Statements, top)
	if c.Draft {
		w.report(rule.Placeholder, w.fill[0], fmt.Sprintf("This stands for a value that somebody is to fill in%s. Nothing is said of what depends on it.", others(len(w.fill)-1, "and so does another one below", "and so do %d others below")))
	}
}

func others(n int, one, many string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", " + one
	}
	return ", " + fmt.Sprintf(many, n)
}

// soft returns r for this file: in a draft, words that do not fit are no more
// than worth knowing.
func (w *words) soft(r rule.Rule) rule.Rule {
	if w.config.Draft {
		return r.As(rule.Info)
	}
	return r
}

var (
	capitals = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
	commands = []string{"script", "notify", "notify_master", "notify_backup", "notify_fault", "notify_stop", "notify_deleted", "notify_master_rx_lower_pri",
		"notify_up", "notify_down", "quorum_up", "quorum_down", "misc_path", "startup_script", "shutdown_script", "notify_fifo_script", "vrrp_notify_fifo_script", "lvs_notify_fifo_script"}
)

// maxInterface is the number of bytes that Linux has for an interface's name.
const maxInterface = 15

// mark decides which words are placeholders, now that the place of each is
// known, and collects them.
func (w *words) mark(all []*Statement, in string) {
	for _, s := range all {
		k := grammar[in].words[s.Keyword()]
		for i := range s.Words {
			v := &s.Words[i]
			switch {
			case i > 0 && slices.Contains(commands, s.Keyword()):
				v.Unknown = false
			case i == 1 && k.number:
				v.Unknown = v.Unknown || capitals.MatchString(v.Text)
			case i == 1 && s.Keyword() == "state":
				v.Unknown = v.Unknown || capitals.MatchString(v.Text) && strings.Contains(v.Text, "_")
			case i == 1 && s.Keyword() == "interface":
				v.Unknown = v.Unknown || capitals.MatchString(v.Text) && len(v.Text) > maxInterface
			case i == 0 && in == addresses || i == 1 && (s.Kind == "virtual" || s.Kind == "real") && v.Text != "fwmark" && v.Text != "group":
				v.Unknown = v.Unknown || !strings.ContainsAny(v.Text, ".:") && !known(v.Text)
			}
			if in := grammar[in]; i > 0 && !in.free && !in.known(s.Keyword()) {
				continue // of an unknown keyword
			}
			if v.Unknown && !strings.Contains(v.Text, "${_") { // keepalived's own, such as ${_INSTANCE}
				w.fill = append(w.fill, v.Range)
			}
		}
		w.mark(s.Children, s.Kind)
	}
}

// known tells whether the word is a keyword of some block.
func known(word string) bool {
	for _, k := range grammar {
		if k.known(word) {
			return true
		}
	}
	return false
}

// statements judges the statements of a block of that kind.
func (w *words) statements(all []*Statement, in string) {
	for _, s := range all {
		w.quotes(s)
		switch k, known := grammar[in].words[s.Keyword()]; {
		case grammar[in].free:
			w.value(s, in)
		case s.Words[0].Unknown || includes[s.Keyword()]:
		case known && w.version.Before(k.since):
			w.reportf(w.soft(rule.Misspelt), s.Words[0].Range, "keepalived knows %s since %s; what is older ignores it%s.", s.Keyword(), k.since, closes(s))
		case known:
			w.values(s, in, k)
			w.whole(s)
		default:
			w.unknown(s, in)
		}
		w.statements(s.Children, s.Kind)
	}
	if !grammar[in].free {
		w.twice(all, in)
	}
}

// quotes reports quotes that keepalived does not take for such.
func (w *words) quotes(s *Statement) {
	for _, v := range s.Words {
		if strings.ContainsAny(v.Text, "“”„‘’") && !v.Quoted {
			w.reportf(w.soft(rule.Typographic), v.Range, "keepalived knows straight quotes only: these are a part of the value, which then ends at the next space. Write \" instead.")
			return
		}
		if v.Open {
			w.reportf(w.soft(rule.UnclosedQuotes), v.Range, "The quotes that begin here are not closed on this line, so the value goes on to its end. Close them.")
			return
		}
	}
}

// value judges a line in a list of values: a keyword there was meant to stand
// behind the list.
func (w *words) value(s *Statement, in string) {
	word := s.Keyword()
	switch {
	case in == emails && grammar["global"].known(word):
		w.reportf(w.soft(rule.Swallowed), s.Range(), "%s stands inside of the list of notification_email, so keepalived takes it for a recipient and not for a keyword. Move it behind the closing brace.", word)
	case w.swallowed(s, in):
		w.reportf(rule.Swallowed, s.Range(), "%s stands inside of the list of %s, so keepalived takes it for one more value and not for a keyword. Close the list before it.", word, s.parent.Keyword())
	case in == addresses:
		w.options(s, addressOptions)
	case in == tracks:
		w.options(s, trackOptions)
	}
}

// swallowed tells whether a line in a list is a keyword of the block around the
// list. Rules of routing may begin with such a word.
func (w *words) swallowed(s *Statement, in string) bool {
	p := s.parent
	if p == nil || p.parent == nil || in != addresses && p.Keyword() != "unicast_peer" && p.Keyword() != "group" {
		return false
	}
	return grammar[p.parent.Kind].known(s.Keyword())
}

// values judges what follows a keyword.
func (w *words) values(s *Statement, in string, k keyword) {
	v, ok := s.Value()
	if !ok {
		switch {
		case k.fatal:
			w.reportf(w.soft(rule.ValueMissing), s.Words[0].Range, "%s needs a value: without one keepalived does not start, and at a reload it ends. Write the value, or take the line out.", s.Keyword())
		case k.value:
			w.reportf(w.soft(rule.ValueMissing.As(rule.Warning)), s.Words[0].Range, "%s needs a value; keepalived ignores the line without one. Write the value, or take the line out.", s.Keyword())
		}
		return
	}
	if v.Unknown {
		return
	}
	if c, ok := choices[s.Keyword()]; ok && !c.has(v.Text) {
		w.choice(s, v, c)
	}
	if k.number {
		w.number(s, v, in, k)
	}
}

// zeroes are words for which 0 is often written to mean nothing, which is what
// keepalived then does.
var zeroes = []string{"vrrp_garp_interval", "vrrp_gna_interval", "persistence_timeout", "vrrp_startup_delay", "vrrp_delay_after_boot"}

func (w *words) number(s *Statement, v Word, in string, k keyword) {
	n, err := strconv.ParseFloat(v.Text, 64)
	switch {
	case err != nil && s.Keyword() == "preempt_delay" && strings.TrimRight(v.Text, "smh") != v.Text:
		w.reportf(w.soft(rule.ValueRefused), v.Range, "preempt_delay is a number of seconds without a unit: keepalived reads %s as as many microseconds, that is, no delay. Write %s.", shown(v.Text), strings.TrimRight(v.Text, "smh"))
	case err != nil:
		w.reportf(w.soft(rule.ValueRefused), v.Range, "%s takes a number, not %s. keepalived reports it, and uses its default.", s.Keyword(), shown(v.Text))
	case n != math.Trunc(n) && in == "script" && w.version.Before(splitSeconds):
		w.reportf(w.soft(rule.ValueRefused), v.Range, "Before %s %s counts whole seconds: keepalived reports %s and uses its default.", splitSeconds, s.Keyword(), shown(v.Text))
	case n == 0 && slices.Contains(zeroes, s.Keyword()):
		w.reportf(rule.ValueRefused.As(rule.Info), v.Range, "0 is out of range, so keepalived ignores the line. That is what was meant; take it out.")
	case n < k.low || n > k.high:
		w.reportf(w.soft(rule.ValueRefused), v.Range, "%s of %s is out of range: keepalived takes %s and uses its default instead.", s.Keyword(), shown(v.Text), limits(k))
	}
}

func limits(k keyword) string {
	low := strconv.FormatFloat(k.low, 'g', -1, 64)
	if k.high > 1e9 {
		return low + " or more"
	}
	return low + " to " + strconv.FormatFloat(k.high, 'g', -1, 64)
}

// once are the keywords of an instance or check that count once.
var once = []string{"state", "interface", "virtual_router_id", "priority", "advert_int", "script", "interval", "weight", "fall", "rise", "unicast_src_ip"}

// twice reports keywords that are given again.
func (w *words) twice(all []*Statement, in string) {
	if in != "instance" && in != "group" && in != "script" {
		return
	}
	first := map[string]*Statement{}
	for _, s := range all {
		notify := strings.HasPrefix(s.Keyword(), "notify_") && grammar[in].words[s.Keyword()].value
		before := first[s.Keyword()]
		switch {
		case !notify && !slices.Contains(once, s.Keyword()):
		case before == nil:
			first[s.Keyword()] = s
		case notify:
			w.report(w.soft(rule.KeywordTwice), s.Range(), fmt.Sprintf("%s is given twice, and keepalived runs only the first of the scripts. Was this one meant for another state, such as notify_backup?", s.Keyword()), see(before.Range(), "Also here"))
		case s.Keyword() == "state" && texts(before) == "state MASTER":
			w.report(w.soft(rule.KeywordTwice), s.Range(), "state is given twice with different values; MASTER counts. Take one of them out.", see(before.Range(), "Also here"))
		case texts(before) != texts(s):
			w.report(w.soft(rule.KeywordTwice), s.Range(), fmt.Sprintf("%s is given twice with different values; the last one counts. Take one of them out.", s.Keyword()), see(before.Range(), "Also here"))
		}
	}
}

// texts returns the words of a statement as one text.
func texts(s *Statement) string {
	var all []string
	for _, w := range s.Words {
		all = append(all, w.Text)
	}
	return strings.Join(all, " ")
}
