package analysis

import (
	"fmt"
	"strings"
)

// Kind says what fails.
type Kind string

// The kinds.
const (
	Host  Kind = "host"  // the host is dead, or its agent and with it the addresses
	Link  Kind = "link"  // an interface has no carrier or is gone: one that a vip uses, or that is tracked
	Cut   Kind = "cut"   // the interfaces are up, but the host and the others cannot hear each other
	Check Kind = "check" // a check is down
)

// Failure is one thing that fails, or is repaired.
type Failure struct {
	Kind Kind
	Name string // of the interface or check; empty for the others
	Host string // on which; empty: a check that fails on every host that runs it
	Up   bool   // it is repaired
}

// String returns the failure as --if takes it: "host:lb01", "link:eth0@lb01",
// "cut:lb01", "check:nginx@lb01", "check:nginx"; with "=up" when it is repaired.
func (f Failure) String() string {
	name := f.Name
	if f.Host != "" && f.Name != "" {
		name += "@"
	}
	s := string(f.Kind) + ":" + name + f.Host
	if f.Up {
		s += "=up"
	}
	return s
}

// Words says the failure in a sentence without its full stop.
func (f Failure) Words() string {
	switch f.Kind {
	case Host:
		return f.Host + f.choose(" goes down", " is back")
	case Link:
		return fmt.Sprintf("%s of %s %s", f.Name, f.Host, f.choose("goes down", "is up again"))
	case Cut:
		return f.Host + f.choose(" is cut off from the others", " hears the others again")
	}
	where := " on every host"
	if f.Host != "" {
		where = " on " + f.Host
	}
	return f.Name + f.choose(" fails", " recovers") + where
}

func (f Failure) choose(down, up string) string {
	if f.Up {
		return up
	}
	return down
}

// Find returns those of the failures that text means: in full, as String prints
// them, or without the kind. More than one when it is not clear.
func Find(text string, among []Failure) []Failure {
	text, up := strings.CutSuffix(text, "=up")
	var found []Failure
	for _, f := range among {
		full := f.String()
		_, short, _ := strings.Cut(full, ":")
		if text == full || text == short && f.Kind != Cut {
			f.Up = up
			found = append(found, f)
		}
	}
	return found
}
