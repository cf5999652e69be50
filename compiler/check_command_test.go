package compiler

import (
	"strings"
	"testing"

	"hactl/lang"
)

// Arguments that only a shell would understand, and those that look like it.
func TestForShell(t *testing.T) {
	for arguments, want := range map[string]string{
		"-0 nginx && exit 0":            "&&",
		"-0 nginx || exit 1":            "||",
		"-f http://127.0.0.1/ | grep x": "|",
		"-0 nginx ; true":               ";",
		"x &":                           "&",
		"x > /dev/null":                 ">",
		"x >> /var/log/x 2>&1":          ">>",
		"x 2>/dev/null":                 "2>/dev/null",
		"x &>/dev/null":                 "&>/dev/null",
		"x 2>&1":                        "2>&1",
		"x < /etc/passwd":               "<",
		"x $(hostname)":                 "$(hostname)",
		"x `hostname`":                  "`hostname`",
		"load > 5":                      "",
		"-w < -c >":                     "",
		"a=b&c=d":                       "",
		"http://x/?a=1&b=2 /x":          "",
		"$1 ${x} *.conf ~":              "",
		"'a|b' (x)":                     "",
		"->x <x>":                       "",
	} {
		var argv []lang.Value[string]
		for _, word := range strings.Fields(arguments) {
			argv = append(argv, lang.Value[string]{V: word, Set: true})
		}
		if got, _ := forShell(argv); got.V != want {
			t.Errorf("%s: %q, want %q", arguments, got.V, want)
		}
	}
}
