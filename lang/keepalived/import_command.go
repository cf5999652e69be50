package keepalived

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// command is a line of a shell, or what keepalived executes without one.
type command struct {
	words    []string // of the one program that it runs
	operator bool     // it needs a shell: more than one program, a pipe, an expansion
	dropped  bool     // redirections or exit codes were taken away
	inverted bool     // its failure is success
	timeout  string   // an expression, "" for none
}

// shellToken finds the next word, quoted part or operator of a line.
var shellToken = regexp.MustCompile(`^(?:\d*(?:&>>?|>>?&?|<)(?:\s*&?[^\s;|&<>()]+)?|&&|\|\||[;|&()]|(?:[^\s"';|&<>()\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)`)

// operators are the words that only a shell understands.
var operators = map[string]bool{"&&": true, "||": true, "|": true, ";": true, "&": true, "(": true, ")": true}

// shellWords splits a line as a shell does; redirections are words that begin
// with their operator.
func shellWords(line string) (tokens []string, ok bool) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		t := shellToken.FindString(line)
		if t == "" {
			return nil, false
		}
		tokens, line = append(tokens, t), line[len(t):]
	}
	return tokens, true
}

var (
	redirection = regexp.MustCompile(`^\d*(&>|>|<)`)
	quotation   = regexp.MustCompile(`\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"`)
	expansion   = regexp.MustCompile("[$`*?~{]")
)

// unquoted returns a word of a shell without its quotes.
func unquoted(word string) string {
	return quotation.ReplaceAllStringFunc(word, func(q string) string {
		switch q[0] {
		case '\\':
			return q[1:]
		case '\'':
			return q[1 : len(q)-1]
		}
		return strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\$`, `$`).Replace(q[1 : len(q)-1])
	})
}

// endings are what people write behind a command so that it exits with 0 or 1.
var endings = []struct {
	words    string
	inverted bool
}{
	{"&& exit 0 || exit 1", false}, {"&& true || false", false}, {"|| exit 1", false}, {"|| exit 2", false}, {"|| false", false}, {"&& exit 0", false},
	{"&& exit 1 || exit 0", true}, {"; exit $?", false}, {";", false},
}

// parseCommand reads a line. What it runs is looked for below shells, "timeout",
// exit codes and redirections of the output to nowhere.
func parseCommand(line string) command {
	c := command{}
	tokens, ok := shellWords(line)
	if !ok {
		return command{operator: true}
	}
	tokens = c.strip(tokens)
	if len(tokens) > 0 && tokens[0] == "!" {
		tokens, c.inverted = tokens[1:], !c.inverted
	}
	for _, t := range tokens {
		c.operator = c.operator || operators[t] || redirection.MatchString(t)
		c.words = append(c.words, unquoted(t))
	}
	switch {
	case c.operator:
	case len(c.words) > 2 && path.Base(c.words[0]) == "timeout" && decimal.MatchString(strings.TrimSuffix(c.words[1], "s")):
		seconds, _ := strconv.ParseFloat(strings.TrimSuffix(c.words[1], "s"), 64)
		c.words, c.timeout = c.words[2:], duration(seconds)
	}
	return c.within()
}

// within returns what the shell that c runs does, or c itself.
func (c command) within() command {
	if c.operator || !runsShell(c.words) {
		return c
	}
	inner := parseCommand(c.words[2])
	inner.inverted = inner.inverted != c.inverted
	inner.dropped = inner.dropped || c.dropped
	if inner.timeout == "" {
		inner.timeout = c.timeout
	}
	return inner
}

// runsShell tells whether words are a shell and the line that it is given.
func runsShell(words []string) bool {
	return len(words) == 3 && words[1] == "-c" && slices.Contains([]string{"sh", "bash", "dash", "ash"}, path.Base(words[0]))
}

// strip takes redirections and exit codes away.
func (c *command) strip(tokens []string) []string {
	kept := slices.DeleteFunc(slices.Clone(tokens), func(t string) bool {
		return redirection.MatchString(t) && (strings.HasSuffix(t, "/dev/null") || strings.Contains(t, ">&"))
	})
	c.dropped = len(kept) < len(tokens)
	for _, e := range endings {
		words := strings.Fields(e.words)
		if n := len(kept) - len(words); n > 0 && slices.Equal(kept[n:], words) {
			c.dropped, c.inverted = true, e.inverted
			return kept[:n]
		}
	}
	return kept
}

// typographic are the quotes that people paste from web pages.
const typographic = "“”„"

// straighten makes one value of each command between typographic quotes, which
// keepalived takes for a part of its first and last words.
func (m *importer) straighten(all []*Statement) {
	for _, s := range all {
		m.straighten(s.Children)
		if !slices.Contains(commands, s.Keyword()) || len(s.Words) < 2 || s.Words[1].Quoted || strings.TrimLeft(s.Words[1].Text, typographic) == s.Words[1].Text {
			continue
		}
		end := 1 + slices.IndexFunc(s.Words, func(w Word) bool { return strings.TrimRight(w.Text, typographic) != w.Text })
		if end == 0 {
			end = len(s.Words)
		}
		line := texts(&Statement{Words: s.Words[1:end]})
		word := Word{Text: strings.Trim(line, typographic), Quoted: true, Range: hcl.RangeBetween(s.Words[1].Range, s.Words[end-1].Range)}
		s.Words = slices.Concat(s.Words[:1], []Word{word}, s.Words[end:])
		m.reportf(rule.ImportChanged, word.Range, "keepalived takes these quotes for a part of the program's name, and does not find it. In the configuration they are straight ones, so it runs.")
	}
}

// shellLine returns the line that a shell is given, where that is all of it.
func shellLine(line string) (inner string, ok bool) {
	tokens, ok := shellWords(line)
	if !ok || !runsShell(tokens) {
		return "", false
	}
	return unquoted(tokens[2]), true
}

// builtins are words that begin a line for a shell, and are no programs, and
// assignments before a program.
var builtins = regexp.MustCompile(`^(?:!|\[\[|if|for|while|case|exec|cd|\.|source|export|[A-Za-z_]\w*=.*)$`)

// operates tells whether a line needs a shell.
func operates(line string) bool {
	tokens, ok := shellWords(line)
	return !ok || len(tokens) > 0 && builtins.MatchString(tokens[0]) || slices.ContainsFunc(tokens, func(t string) bool { return operators[t] || redirection.MatchString(t) })
}
