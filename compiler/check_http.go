package compiler

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hactl/lang"
	"hactl/lang/rule"
)

// checkHTTP refuses what an http block has no use for, or could not send.
func checkHTTP(b *lang.Block, report report) {
	url := b.String("url")
	if url.Set && strings.HasPrefix(strings.ToLower(url.V), "http:") {
		unsecured(b, report)
	}
	if method := b.String("method"); method.V == "HEAD" {
		for _, name := range []string{"body", "digest"} {
			if b.Has(name) {
				report(rule.UnusedByProbe.At(b.NameRange(name), fmt.Sprintf("The answer to HEAD has no body, so %s has nothing to look at. Remove it, or write method = \"GET\".", name), related("The method", method.Range)))
			}
		}
	}
	if verify := b.Bool("verify"); verify.Set && !verify.V && b.Has("ca_file") {
		report(rule.Contradicts.At(b.NameRange("ca_file"), "ca_file says which certificates are to be trusted, and with verify = false any is. Remove one of them.", related("The other one stands here", b.NameRange("verify"))))
	}
	refuseText(b.String("host"), "host", "!$%&'()*+,-.:;=[]_~", report)
	refuseText(b.String("server_name"), "server_name", ".-_", report)
	checkHeaders(b, report)
}

// unsecured refuses what is about TLS in a block whose URL has none.
func unsecured(b *lang.Block, report report) {
	for _, name := range []string{"server_name", "ca_file", "verify"} {
		if b.Has(name) && !(name == "verify" && b.Bool(name).V) {
			report(rule.UnusedByProbe.At(b.NameRange(name), fmt.Sprintf("%s is about TLS, and the URL begins with http://. Remove it, or write https://.", name), related("The URL", b.AttrRange("url"))))
		}
	}
}

// refuseText refuses a text that has other characters than letters, digits and
// those of marks.
func refuseText(text lang.Value[string], name, marks string, report report) {
	if !text.Set || only(text.V, marks) {
		return
	}
	report(rule.NotAllowed.At(text.Range, fmt.Sprintf("%s can't be %q: it has characters that no host's name has.", name, text.V)))
}

// checkHeaders refuses headers that cannot be sent. They may hold secrets and are
// not shown.
func checkHeaders(b *lang.Block, report report) {
	headers := b.StringMap("headers")
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		value, lower, complaint := headers[name], strings.ToLower(name), ""
		switch {
		case name == "" || !only(name, "!#$%&'*+-.^_`|~"):
			complaint = "the name of one has characters that HTTP does not allow there, such as a space or a colon"
		case lower == "host":
			complaint = "Host has its own attribute. Write host = \"www.example.com\""
		case seen[lower]:
			complaint = "two names differ in capital letters only, which mean nothing to HTTP"
		case strings.ContainsFunc(value.V, func(c rune) bool { return c < ' ' && c != '\t' || c >= 0x7f && c < 0xa0 }):
			complaint = "the value of one has a control character, such as a line end"
		}
		seen[lower] = true
		if complaint != "" {
			report(rule.NotAllowed.At(b.AttrRange("headers"), "headers can't be sent: "+complaint+"."))
		}
	}
}

// only reports whether s has no other characters than ASCII letters, digits and
// those of marks.
func only(s, marks string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		return !letter && !(c >= '0' && c <= '9') && !strings.ContainsRune(marks, c)
	})
}
