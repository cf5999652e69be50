package export

import (
	"fmt"
	"strconv"
	"strings"
)

// confWriter writes keepalived.conf: a word and its values a line, blocks in
// braces.
type confWriter struct {
	b     strings.Builder
	depth int
}

// line writes words, quoted where they need it.
func (w *confWriter) line(words ...string) {
	quoted := make([]string, len(words))
	for i, s := range words {
		quoted[i] = confWord(s)
	}
	w.raw(strings.Join(quoted, " "))
}

// raw writes a line as it is.
func (w *confWriter) raw(line string) {
	fmt.Fprintf(&w.b, "%s%s\n", strings.Repeat("    ", w.depth), line)
}

// open begins a block.
func (w *confWriter) open(words ...string) {
	if w.depth == 0 && w.b.Len() > 0 {
		w.b.WriteByte('\n')
	}
	w.line(append(words, "{")...)
	w.depth++
}

// close ends a block.
func (w *confWriter) close() {
	w.depth--
	w.raw("}")
}

// list writes a block of one value a line, if there are any.
func (w *confWriter) list(word string, values []string) {
	if len(values) == 0 {
		return
	}
	w.open(word)
	for _, v := range values {
		w.raw(v)
	}
	w.close()
}

func (w *confWriter) text() string { return w.b.String() }

// program writes a word whose value is a command, and the user that runs it. Only
// there keepalived takes a backslash between quotation marks for an escape.
func (w *confWriter) program(word string, command []string, user ...string) {
	value := commandLine(command)
	if confWord(value) != value {
		value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	}
	w.raw(strings.Join(append([]string{word, value}, user...), " "))
}

// confWord quotes a word that would be taken for several, or for a comment. It
// must hold no quotation mark: keepalived knows no way to write one.
func confWord(s string) string {
	if s != "{" && (s == "" || strings.ContainsAny(s, " \t#!\"{}'")) {
		return `"` + s + `"`
	}
	return s
}

// commandLine writes a command as one text that keepalived takes apart again. It
// does so like a shell, but between apostrophes, too, a backslash is an escape and
// "$" may begin a name of its own.
func commandLine(command []string) string {
	words := make([]string, len(command))
	for i, w := range command {
		words[i] = w
		if w == "" || strings.ContainsAny(w, " \t\"'\\;|&<>()$`*?!") {
			words[i] = "'" + strings.NewReplacer(`'`, `'\''`, `\`, `'\\'`, `$`, `$''`).Replace(w) + "'"
		}
	}
	return strings.Join(words, " ")
}

// inSeconds returns milliseconds as a decimal number of seconds.
func inSeconds(ms int) string { return strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64) }
