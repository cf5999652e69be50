package compiler

import (
	"strconv"
	"strings"

	"github.com/agext/levenshtein"

	"hactl/schemas/plan"
)

// quote returns a name as findings show it.
func quote(name string) string { return strconv.Quote(name) }

// familyName returns "IPv4" or "IPv6".
func familyName(f plan.Family) string { return "IPv" + strconv.Itoa(int(f)) }

// didYouMean returns " Did you mean …?" with the nearest candidate, or nothing
// when none is near.
func didYouMean(name string, candidates []string) string {
	best, least := "", 3 // more than two letters apart is another word
	for _, c := range candidates {
		d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(c), nil)
		if d < least && d < len(c) {
			best, least = c, d
		}
	}
	if best == "" {
		return ""
	}
	return " Did you mean " + quote(best) + "?"
}

// list joins words as a sentence does: "a", "a and b", "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
