package keepalived

import "bytes"

// secretive tells whether s stands where passwords do: a word there that is
// unknown may be one, on a line of its own or with its keyword misspelt.
func secretive(s *Statement) bool {
	p := s.parent
	return p != nil && (p.Kind == "auth" || p.Kind == "hmac" || p.Keyword() == "authentication")
}

// name returns an unknown keyword as a finding may contain it.
func name(s *Statement) string {
	if secretive(s) {
		return "this word"
	}
	return shown(s.Keyword())
}

// mask adds the texts of c to texts, with asterisks, as many bytes, for whatever
// may be a password: a finding can show the line that it is about. What another
// node hid in a text that both read stays hidden.
func mask(texts map[string][]byte, c *Config) {
	for name, text := range c.Sources {
		if texts[name] == nil {
			texts[name] = bytes.Clone(text)
		}
	}
	maskAll(texts, c.Statements)
}

func maskAll(texts map[string][]byte, all []*Statement) {
	for _, s := range all {
		if secretive(s) && s.Keyword() != "auth_type" {
			s.mask(texts)
		}
		maskAll(texts, s.Children)
	}
}

// mask puts asterisks for the words of s to the end of the line, comment
// included: it may be part of the password. A keyword stays, also a misspelt
// one that a value follows.
func (s *Statement) mask(texts map[string][]byte) {
	w := s.Words[0]
	value, more := s.Value()
	switch {
	case more && (known(w.Text) || nearest(w.Text, grammar["auth"].names()) != ""):
		w = value
	case known(w.Text):
		return
	}
	text := texts[w.Range.Filename]
	for i := min(w.Range.Start.Byte, len(text)); i < len(text) && text[i] != '\n'; i++ {
		if !space(text[i]) {
			text[i] = '*'
		}
	}
}
