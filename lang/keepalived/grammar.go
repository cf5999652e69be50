package keepalived

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kinds of blocks that more than the table speaks of.
const (
	top       = "top"
	addresses = "addresses" // a list of addresses, one on a line
	values    = "values"    // a list of anything
	tracks    = "tracks"    // names with weights
	emails    = "emails"
)

// keyword is what the grammar says of one word.
type keyword struct {
	opens    string // the kind of its block, "" for none
	common   bool   // many configurations have it
	value    bool   // it needs a value
	fatal    bool   // and keepalived ends where there is none
	number   bool   // which is a number from low to high
	low      float64
	high     float64
	optional bool    // the number may be left out
	since    Version // the first release that knows it; zero: all do
}

// kind is one kind of block.
type kind struct {
	words map[string]keyword
	free  bool // it lists values, not keywords
}

// known tells whether the word is a keyword of the block.
func (k kind) known(word string) bool {
	_, ok := k.words[word]
	return ok
}

// names returns the keywords in order.
func (k kind) names() []string {
	var all []string
	for name := range k.words {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// grammar holds all kinds of blocks by name. Lists of values have no keywords.
var grammar = parseGrammar(grammarText)

// parseGrammar reads the text above.
func parseGrammar(text string) map[string]kind {
	all := map[string]kind{"": {free: true}, addresses: {free: true}, values: {free: true}, tracks: {free: true}, emails: {free: true}}
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		fields := strings.Fields(block)
		words := map[string]keyword{}
		for _, f := range fields[1:] {
			name, k := parseKeyword(f)
			words[name] = k
		}
		all[fields[0]] = kind{words: words}
	}
	return all
}

func parseKeyword(f string) (name string, k keyword) {
	f, k.common = strings.CutPrefix(f, "*")
	f, k.opens, _ = strings.Cut(f, ":")
	f, since, _ := strings.Cut(f, "@")
	if since != "" {
		k.since, _ = ParseVersion(since)
	}
	f, limits, number := strings.Cut(f, "=")
	if number {
		limits, k.optional = strings.CutPrefix(limits, "?")
		low, high, _ := strings.Cut(limits, "..")
		k.number, k.high = true, math.MaxInt32
		k.low, _ = strconv.ParseFloat(low, 64)
		if high != "" {
			k.high, _ = strconv.ParseFloat(high, 64)
		}
	}
	f, ignored := strings.CutSuffix(f, "+")
	name, k.fatal = strings.CutSuffix(f, "!")
	k.value = ignored || k.fatal
	return name, k
}

// openers are the words that open a block somewhere.
var openers = func() map[string]bool {
	all := map[string]bool{}
	for _, k := range grammar {
		for name, w := range k.words {
			all[name] = all[name] || w.opens != ""
		}
	}
	return all
}()
