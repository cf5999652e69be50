package rule

import (
	"cmp"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
)

// longestName is how many bytes of a name are compared with others: the time
// that it takes grows with the square.
const longestName = 256

// Nearest returns the candidate that name was most likely meant to be, empty
// when none is near: about one letter in three may differ. Of those that are
// equally near it is the first in lexical order. Endless names are near to none.
func Nearest(name string, candidates []string) string {
	best, distance := "", len(name)/3+2
	if len(name) > longestName {
		return ""
	}
	lower := strings.ToLower(name)
	for _, c := range candidates {
		if max(len(c)-len(name), len(name)-len(c)) > distance {
			continue
		}
		d := levenshtein.Distance(lower, strings.ToLower(c), nil)
		if d < len(c) && d < len(name) && (d < distance || d == distance && best != "" && c < best) {
			best, distance = c, d
		}
	}
	return best
}

// List joins words as a sentence does: "a", "a and b", "a, b and c"; "none"
// without any. Many are cut short.
func List(words []string) string {
	const many = 12
	if len(words) == 0 {
		return "none"
	}
	if len(words) > many {
		return strings.Join(words[:many], ", ") + " and more"
	}
	return joined(words, " and ")
}

// Or joins words as a choice: "a", "a or b", "a, b or c".
func Or(words []string) string { return joined(words, " or ") }

func joined(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + last + words[end]
}

// longestWord is how many characters of a word a finding shows, and longestText
// how many bytes its detail has, about.
const (
	longestWord = 60
	longestText = 4000
)

// Clip cuts every very long word of a detail short, and a very long detail:
// names and values come from files, and a finding is for people.
func Clip(detail string) string {
	if len(detail) <= longestWord {
		return detail
	}
	var b strings.Builder
	for word := range strings.SplitAfterSeq(detail, " ") {
		if b.Len() > longestText {
			return b.String() + "…"
		}
		b.WriteString(clipWord(word))
	}
	return b.String()
}

func clipWord(word string) string {
	if len(word) <= 2*longestWord {
		return word
	}
	letters := []rune(word)
	return string(letters[:min(longestWord, len(letters)-1)]) + "…" + string(letters[len(letters)-1])
}

// ComparePlaces orders ranges by file and first byte.
func ComparePlaces(a, b hcl.Range) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Start.Byte, b.Start.Byte))
}
