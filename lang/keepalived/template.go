package keepalived

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// marks are what sources of templates are known by.
var marks = []struct {
	form *regexp.Regexp
	what string
}{
	{regexp.MustCompile(`\{%`), "Jinja"},
	{regexp.MustCompile(`<%`), "ERB"},
	{regexp.MustCompile(`\{\{`), "Jinja or Go"},
	{regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*(?::[-=?+]|[-=?+#%/])[^}]*\}`), "shell"},
}

// template returns the first place that shows f to be the source of a
// template, and of which kind; "" when it is none. Comments do not count.
func template(f *file) (at hcl.Range, what string) {
	if !bytes.ContainsAny(f.text, "{<") {
		return hcl.Range{}, ""
	}
	f.each(func(l *line) {
		if what != "" {
			return
		}
		l.uncomment()
		for _, m := range marks {
			if found := m.form.FindStringIndex(l.text); found != nil && what == "" {
				at, what = l.rng(found[0], found[1]), m.what
			}
		}
	})
	return at, what
}

// placeholders are the forms of values that somebody is to fill in.
var placeholders = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`^<{1,2}[^/<@][^@]*$`, `^[^<@]+>$`, // <address>, <<A>>, also in several words, but no <name@example.com>
	`__\w+__`,                                                      // __VIP__
	`\$\{[^}]*\}`, `^\$[A-Z_]\w*$`, `^%\w+%$`, `^@@?[A-Z_]\w*@@?$`, // ${VIP}, $VIP, %VIP%, @VIP@
	`^\[[a-z_ ][^@]*$`, `^\{`, // [address], {address}
	`CHANGE[-_ ]?(ME|THIS|IT)`, `REPLACE[-_ ]?(ME|THIS|WITH)`, `FILL[-_ ]?(ME|IN)`, `TO[-_]?BE[-_]?(SET|DEFINED|FILLED)`,
	`^YOUR[-_ ]`, `[-_]HERE$`, `^(TODO|TBD|FIXME|XXX+)$`, `^x{3,}$`, `^\*{3,}$`, `^\.{3,}$`, `REDACTED`,
	`^(\d+\.)+\d*x[\dx]*(\.[\dx]+)*(/\w+)?$`, `^x+\.`, // 10.0.0.x, 10.xx.1xx.7/24
}, "|"))

// placeholder tells whether a word stands for a value that is not there yet.
func placeholder(text string) bool {
	return len(text) < 4096 && placeholders.MatchString(text)
}
