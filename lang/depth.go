package lang

import (
	"bytes"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxDepth is how deep brackets may be nested, and maxChain how many operators
// may follow each other without a separator, in an expression. The parser and
// the evaluator descend once for each of them, on a stack that has an end.
const (
	maxDepth = 250
	maxChain = 4000
)

// operators are the bytes of which an expression needs one for each level of
// descent that is not a bracket.
const operators = "!-+*/%&|=<>?.[$"

// Why an expression is too deep, and what to do.
const (
	nestedTooDeep = "Brackets are nested more than 250 deep here. Split the expression with locals."
	chainTooLong  = "More than 4000 operators follow each other here. Split the expression with locals."
	numberTooLong = "A number has an exponent above 999, or thousands of digits. Write a smaller one."
)

// tooDeep returns the place where an expression is too deep to be parsed, and
// why; why is empty when there is none. Most files pass by a look at their
// bytes alone.
func tooDeep(name string, text []byte, isJSON bool) (at hcl.Range, why string) {
	if isJSON {
		return jsonTooDeep(name, text)
	}
	if !suspicious(text) {
		return hcl.Range{}, ""
	}
	tokens, _ := hclsyntax.LexConfig(text, name, hcl.InitialPos)
	return tokensTooDeep(tokens)
}

// suspicious reports whether the bytes of a text, read without a look at strings
// and comments, could be too deep.
func suspicious(text []byte) bool {
	depth, chain, digits := 0, 0, 0
	for i, c := range text {
		if c < '0' || c > '9' {
			digits = 0
		} else if digits++; digits > maxDigits {
			return true
		}
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(depth-1, 0)
		case '\n':
			if depth == 0 {
				chain = 0
			}
			continue
		}
		if bytes.IndexByte(operatorBytes, c) >= 0 {
			chain++
		}
		if depth > maxDepth || chain > maxChain || isHuge(text, i) {
			return true
		}
	}
	return false
}

var operatorBytes = []byte(operators)

// tokensTooDeep counts brackets and, at each level of them, operators.
func tokensTooDeep(tokens hclsyntax.Tokens) (at hcl.Range, why string) {
	chains := []int{0}
	for _, t := range tokens {
		top := len(chains) - 1
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl,
			hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			chains[top]++ // an index, a call or a part of a template prolongs the chain as well
			chains = append(chains, 0)
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			chains = chains[:max(top, 1)]
		case hclsyntax.TokenNewline, hclsyntax.TokenComma:
			chains[top] = 0
		case hclsyntax.TokenNumberLit:
			if hugeNumber.Match(t.Bytes) || len(t.Bytes) > maxDigits {
				return t.Range, numberTooLong
			}
		case hclsyntax.TokenIdent, hclsyntax.TokenStringLit, hclsyntax.TokenQuotedLit, hclsyntax.TokenComment, hclsyntax.TokenEqual:
		default:
			chains[top]++
		}
		switch {
		case len(chains) > maxDepth:
			return t.Range, nestedTooDeep
		case chains[len(chains)-1] > maxChain:
			return t.Range, chainTooLong
		}
	}
	return hcl.Range{}, ""
}

// hugeNumber matches a number that takes long to be written out.
var hugeNumber = regexp.MustCompile(`^[-0-9.]*[0-9.][eE][-+]?[0-9]{4}`)

// isHuge reports whether text[i:] may be the exponent of such a number.
func isHuge(text []byte, i int) bool {
	if i == 0 || i >= len(text) || text[i]|0x20 != 'e' || text[i-1] < '.' || text[i-1] > '9' {
		return false
	}
	return hugeNumber.Match(text[i-1 : min(i+16, len(text))])
}

// jsonTooDeep counts brackets, and operators in strings that are templates.
func jsonTooDeep(name string, text []byte) (hcl.Range, string) {
	pos, depth, chain, digits, inString, isTemplate := hcl.InitialPos, 0, 0, 0, false, false
	at := func() hcl.Range { return hcl.Range{Filename: name, Start: pos, End: pos} }
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			inString, isTemplate, chain = !inString, false, 0
		case inString && c == '\\':
			i++
			chain++
		case inString && c == '{' && (text[i-1] == '$' || text[i-1] == '%'):
			isTemplate = true
			chain++
		case bytes.IndexByte(operatorBytes, c) >= 0 && inString, inString && c == '(', inString && c == '{':
			chain++
		case !inString && (c == '{' || c == '['):
			depth++
		case !inString && (c == '}' || c == ']'):
			depth--
		}
		if digits++; c < '0' || c > '9' {
			digits = 0
		}
		pos.Byte = i
		pos.Column++
		if c == '\n' {
			pos.Line, pos.Column = pos.Line+1, 1
		}
		switch {
		case depth > maxDepth:
			return at(), nestedTooDeep
		case chain > maxChain:
			return at(), chainTooLong
		case (isHuge(text, i) || digits > maxDigits) && (isTemplate || !inString):
			return at(), numberTooLong
		}
	}
	return hcl.Range{}, ""
}
