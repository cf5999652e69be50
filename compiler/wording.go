package compiler

import (
	"strconv"
	"strings"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// quote returns a name as findings show it.
func quote(name string) string { return strconv.Quote(name) }

// familyName returns "IPv4" or "IPv6".
func familyName(f plan.Family) string { return "IPv" + strconv.Itoa(int(f)) }

// count returns "1 byte", "2 bytes".
func count(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return strconv.Itoa(n) + " " + word
}

// capital returns s with its first letter in upper case.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// didYouMean returns " Did you mean …?" with the nearest candidate, or nothing
// when none is near.
func didYouMean(name string, candidates []string) string {
	best := rule.Nearest(name, candidates)
	if best == "" {
		return ""
	}
	return " Did you mean " + quote(best) + "?"
}
