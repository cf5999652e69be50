package compiler

import (
	"fmt"
	"strings"

	"hactl/lang"
	"hactl/lang/rule"
)

// checkHTTP refuses what an http block has no use for.
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
}

// unsecured refuses what is about TLS in a block whose URL has none.
func unsecured(b *lang.Block, report report) {
	for _, name := range []string{"server_name", "ca_file", "verify"} {
		if b.Has(name) && !(name == "verify" && b.Bool(name).V) {
			report(rule.UnusedByProbe.At(b.NameRange(name), fmt.Sprintf("%s is about TLS, and the URL begins with http://. Remove it, or write https://.", name), related("The URL", b.AttrRange("url"))))
		}
	}
}
