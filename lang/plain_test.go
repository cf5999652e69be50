package lang_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hactl/lang"
)

// A list that is converted as it is written comes to what an evaluation of it
// does: one in parentheses is evaluated.
func TestPlainListsAsEvaluated(t *testing.T) {
	for attribute, lists := range map[string][]string{
		"hosts": {
			`[host.a, host.b]`, `[host["a"], host.b]`, `[host.b, host.b]`, `[]`, `[host.broken]`, `[host.made]`,
			`[host.a, host.nobody]`, `[host.a, "b"]`, `[host.a.id]`, `[host]`, `[check.alive]`, `[null]`, `[host.a, null]`, `["${host.a}"]`,
			`[local.a]`, `[for h in [host.a] : h]`, `host.a`, `values(host)`,
		},
		"addresses": {
			`["10.0.0.1/24", "2001:db8::1/64"]`, `["10.0.0.1"]`, `["10.0.0.1/24", 10]`, `[]`, `[""]`, `["10.0.0.${1}/24"]`, `[null]`,
			`["10.0.0.1/24", null]`, `["wrong"]`, `[host.a]`, `[var.secret]`, `"10.0.0.1/24"`,
		},
		"command": {`["/bin/true"]`, `["/bin/true", "a\tb", "ö"]`, `["true"]`, `[]`, `[""]`, `["/bin/${"true"}"]`, `["/bin/x", 1]`, `["/bin/x", true]`},
	} {
		for _, list := range lists {
			plain, evaluated := comesTo(attribute, list), comesTo(attribute, "("+list+")")
			if plain != evaluated {
				t.Errorf("%s = %s\n%sevaluated\n%s", attribute, list, plain, evaluated)
			}
		}
	}
}

// comesTo returns the values of an attribute and what is found, without places.
func comesTo(attribute, list string) string {
	written := map[string]string{"hosts": "[host.a]", "addresses": `["10.0.0.9/24"]`, "command": `["/bin/true"]`}
	written[attribute] = list
	config, found := lang.Load(folder("main.ha.hcl", fmt.Sprintf(`
variable "secret" {
  sensitive = true
  default   = "10.0.0.1/24"
}
locals { a = host.a }
host "a" {}
host "b" {}
host "broken" { labels = { x = 1 } }
dynamic "host" {
  for_each = ["made"]
  labels   = [host.value]
  content {}
}
check "alive" {
  exec {
    command = %s
  }
}
cluster "web" {
  hosts     = %s
  interface = "eth0"
  vip "v" {
    vrid      = 1
    addresses = %s
  }
}
`, written["command"], written["hosts"], written["addresses"])), lang.Options{})
	var details []string
	for _, d := range found {
		details = append(details, d.Detail+"\n")
	}
	slices.Sort(details)
	var b strings.Builder
	b.WriteString(strings.Join(details, ""))
	cluster, check := config.Clusters()[0], config.Checks()[0].Block("exec")
	vip := cluster.Blocks("vip")[0]
	for _, v := range cluster.Refs("hosts") {
		fmt.Fprintln(&b, v.V, v.Set, v.Sensitive)
	}
	for _, v := range vip.Prefixes("addresses") {
		fmt.Fprintln(&b, v.V, v.Set, v.Sensitive)
	}
	for _, v := range check.Strings("command") {
		fmt.Fprintln(&b, v.V, v.Set, v.Sensitive)
	}
	fmt.Fprintln(&b, cluster.Broken("hosts"), vip.Broken("addresses"), check.Broken("command"))
	return b.String()
}
