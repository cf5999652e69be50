package lang

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxParts is of how many words and signs all texts of a configuration may
// consist, and maxPieces of how many one text that a function takes apart. Each
// of them becomes some hundred bytes in memory.
const (
	maxParts  = 1 << 22
	maxPieces = 1 << 21
)

// parts returns of how many words and signs a text consists, read without a look
// at quotes and comments.
func parts(text []byte) int {
	n, inWord := 0, false
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'z', c == '_', c >= 0x80:
			if !inWord {
				n++
			}
			inWord = true
		default:
			inWord = false
			if c != ' ' && c != '\t' && c != '\r' {
				n++
			}
		}
	}
	return n
}

// tooLarge returns the place where a text is too deep to be parsed, or has too
// much in it together with those that were parsed before, and why; why is empty
// when there is none.
func (l *loader) tooLarge(name string, text []byte, isJSON bool) (at hcl.Range, why string) {
	prepared := l.trees[name]
	if prepared != nil {
		l.parts += prepared.parts
	} else {
		l.parts += parts(text)
	}
	if l.parts > l.most.parts {
		return start(name), fmt.Sprintf("The configuration consists of more than %d words and signs. Split it into several folders, or make blocks of a kind by a dynamic block.", l.most.parts)
	}
	if prepared != nil {
		return at, ""
	}
	return tooDeep(name, text, isJSON)
}

// fewParts refuses texts that would be taken apart into millions of pieces.
func fewParts(args []cty.Value) error { return few(parts([]byte(args[0].AsString()))) }

// fewSplit is fewParts for split(separator, text).
func fewSplit(args []cty.Value) error {
	return few(strings.Count(args[1].AsString(), args[0].AsString()))
}

// fewMatches is fewParts for regexall(pattern, text).
func fewMatches(args []cty.Value) error {
	pattern, err := regexp.Compile(args[0].AsString())
	if err != nil {
		return nil // the function says so
	}
	return few(len(pattern.FindAllStringIndex(args[1].AsString(), maxPieces+1)))
}

func few(n int) error {
	if n > maxPieces {
		return fmt.Errorf("the text has more than %d pieces", maxPieces)
	}
	return nil
}
