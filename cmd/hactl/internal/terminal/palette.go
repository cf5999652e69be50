package terminal

// Palette colours words, or leaves them as they are when it is false.
type Palette bool

// Bold returns s in bold.
func (p Palette) Bold(s string) string { return p.paint("1", s) }

// Dim returns s dimmed.
func (p Palette) Dim(s string) string { return p.paint("2", s) }

// Red returns s in bold red: what is wrong.
func (p Palette) Red(s string) string { return p.paint("1;31", s) }

// Green returns s in green: what is well.
func (p Palette) Green(s string) string { return p.paint("32", s) }

// Yellow returns s in yellow: what to look at.
func (p Palette) Yellow(s string) string { return p.paint("33", s) }

// Inverse returns s with the colours of letters and ground swapped: what has just changed.
func (p Palette) Inverse(s string) string { return p.paint("7", s) }

func (p Palette) paint(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
