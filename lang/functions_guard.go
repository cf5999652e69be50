package lang

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// guarded returns f with a look at its arguments, all known and without marks,
// before f sees them.
func guarded(f function.Function, refuse func(args []cty.Value) error) function.Function {
	check := func(args []cty.Value) error {
		plain := make([]cty.Value, len(args))
		for i, a := range args {
			plain[i], _ = a.UnmarkDeep()
			if !plain[i].IsWhollyKnown() || plain[i].IsNull() {
				return nil
			}
		}
		return refuse(plain)
	}
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := check(args); err != nil {
				return cty.DynamicPseudoType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{4,}`)

// narrow refuses formats that pad to thousands of characters, or repeat a long
// text often.
func narrow(args []cty.Value) error {
	if args[0].Type() != cty.String {
		return nil
	}
	format := args[0].AsString()
	if wideVerb.MatchString(format) {
		return errors.New("a width or precision above 999 is too large")
	}
	longest := 0
	for _, a := range args[1:] {
		left := maxWeight
		weigh(a, &left)
		longest = max(longest, maxWeight-left)
	}
	return short(strings.Count(format, "%"), longest)
}

// short refuses texts that n parts of so many bytes would make too long.
func short(n, bytes int) error {
	if bytes > 0 && n > maxWeight/bytes {
		return fmt.Errorf("the text would have more than %d bytes", maxWeight)
	}
	return nil
}

// shortIndent refuses to indent by thousands of spaces, or very many lines.
func shortIndent(args []cty.Value) error {
	n, _ := args[0].AsBigFloat().Int64()
	if n > 999 {
		return errors.New("more than 999 spaces are too many")
	}
	return short(strings.Count(args[1].AsString(), "\n"), int(n))
}

// shortJoin refuses to join what makes a very long text.
func shortJoin(args []cty.Value) error {
	left := maxWeight
	for _, list := range args[1:] {
		weigh(list, &left)
		if left < 0 || short(list.LengthInt(), len(args[0].AsString())) != nil {
			return short(2, maxWeight)
		}
	}
	return nil
}

// shortReplaced refuses replacements that make a very long text.
func shortReplaced(args []cty.Value) error {
	return short(strings.Count(args[0].AsString(), args[1].AsString()), len(args[2].AsString()))
}

// shortMatched is shortReplaced for a pattern. All that references such as $1
// stand for is, for each of them, no longer than the text.
func shortMatched(args []cty.Value) error {
	text, with := args[0].AsString(), args[2].AsString()
	pattern, err := regexp.Compile(args[1].AsString())
	if err != nil {
		return nil // the function says so
	}
	n := len(pattern.FindAllStringIndex(text, maxWeight/max(1, len(with))+1))
	if err := short(n, len(with)); err != nil {
		return err
	}
	return short(strings.Count(with, "$"), len(text))
}

// fewElements refuses lists of millions of elements.
func fewElements(args []cty.Value) error {
	n := 0
	for _, a := range args {
		if a.CanIterateElements() {
			n += a.LengthInt()
		}
	}
	if n > maxWeight {
		return fmt.Errorf("%d elements are too many", n)
	}
	return nil
}

// maxDigits is how many digits a number may have.
const maxDigits = 4096

// fewDigits refuses to read a number of thousands of digits.
func fewDigits(args []cty.Value) error {
	if a := args[0]; a.Type() == cty.String && (len(a.AsString()) > maxDigits || hugeNumber.MatchString(a.AsString())) {
		return errTooManyDigits
	}
	return shortNumber(args)
}

// shortNumber refuses to write out a number of thousands of digits.
func shortNumber(args []cty.Value) error {
	if a := args[0]; a.Type() == cty.Number && isLong(a) {
		return errTooManyDigits
	}
	return nil
}

var errTooManyDigits = errors.New("the number has too many digits")

// longDigits reports whether a text holds thousands of digits in a row.
func longDigits(text []byte) bool {
	row := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			row = 0
		} else if row++; row > maxDigits {
			return true
		}
	}
	return false
}

// smallProduct refuses products of more than a million elements.
func smallProduct(args []cty.Value) error {
	n := big.NewInt(1)
	for _, a := range args {
		n.Mul(n, big.NewInt(int64(a.LengthInt())))
	}
	if n.Cmp(big.NewInt(1<<20)) > 0 {
		return fmt.Errorf("%s elements are too many", n)
	}
	return nil
}

// hugeInside matches a document that holds a number of that kind as a value.
var hugeInside = regexp.MustCompile(`(^|[\s:\[,])-?[0-9][0-9.]*[eE][-+]?[0-9]{4,}([\s,\]}]|$)`)

// shallow refuses JSON that is nested too deep.
func shallow(args []cty.Value) error {
	text := args[0].AsString()
	if hugeInside.MatchString(text) || longDigits([]byte(text)) {
		return errors.New("a number in it has too many digits")
	}
	if deep([]byte(text)) {
		return errors.New("it is nested more than " + strconv.Itoa(maxDepth) + " deep")
	}
	return fewParts(args)
}

// deep reports whether brackets are nested too deep, outside texts in double
// quotes.
func deep(text []byte) bool {
	depth, inText := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		}
		if depth > maxDepth {
			return true
		}
	}
	return false
}

var deepBlock = regexp.MustCompile(`(?m)^[ \t]*([-?:][ \t]+){250}|^ {1000}`)

// shallowYAML refuses YAML that is nested too deep, or has aliases, which can
// make a small text stand for a huge value.
func shallowYAML(args []cty.Value) error {
	text := []byte(args[0].AsString())
	switch {
	case len(text) > 1<<20:
		return errors.New("it is larger than 1 MiB")
	case brackets(text) > maxDepth || deepBlock.Match(text):
		return errors.New("it is nested more than " + strconv.Itoa(maxDepth) + " deep")
	case hugeInside.Match(text), longDigits(text):
		return errors.New("a number in it has too many digits")
	case yamlAlias.Match(text):
		return errors.New("aliases (*name) are not supported: write the value out")
	}
	return nil
}

var yamlAlias = regexp.MustCompile(`(?m)(^|[\s\[,:-])\*[^\s*/]`)

// brackets returns how many more brackets are opened than closed, at most.
func brackets(text []byte) int {
	depth, deepest := 0, 0
	for _, c := range text {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		}
		deepest = max(deepest, depth)
	}
	return deepest
}
