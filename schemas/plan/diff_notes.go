package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// notes collects the differences of two objects.
type notes struct {
	class     Class
	what      []string
	agreement []string
}

// note adds one difference of a class. A non-empty agreement names what
// neighbours must agree on.
func (n *notes) note(class Class, agreement, format string, args ...any) {
	n.class = max(n.class, class)
	n.what = append(n.what, fmt.Sprintf(format, args...))
	if agreement != "" {
		n.agree(agreement)
	}
}

// agree adds what neighbours must agree on.
func (n *notes) agree(agreement string) {
	if !slices.Contains(n.agreement, agreement) {
		n.agreement = append(n.agreement, agreement)
	}
}

// value notes was and is of one field when they differ.
func value[T comparable](n *notes, class Class, agreement, field string, was, is T) {
	if was != is {
		n.note(class, agreement, "%s %v → %v", field, was, is)
	}
}

// plain notes was and is of one field that can change in place, and on which
// nobody has to agree. What prints as nothing is "none".
func plain[T comparable](n *notes, field string, was, is T) {
	if was != is {
		n.note(InPlace, "", "%s %s → %s", field, cmp.Or(fmt.Sprint(was), "none"), cmp.Or(fmt.Sprint(is), "none"))
	}
}

// members notes which things of a kind came, went, or changed places.
func members(n *notes, kind, agreement string, was, is []string) {
	var kept []string
	for _, x := range was {
		if slices.Contains(is, x) {
			kept = append(kept, x)
		} else {
			n.note(InPlace, agreement, "%s %s removed", kind, x)
		}
	}
	var stayed []string
	for _, x := range is {
		if slices.Contains(was, x) {
			stayed = append(stayed, x)
		} else {
			n.note(InPlace, agreement, "%s %s added", kind, x)
		}
	}
	if !slices.Equal(kept, stayed) {
		n.note(InPlace, agreement, "%s order %s → %s", kind, strings.Join(kept, ", "), strings.Join(stayed, ", "))
	}
}

// command compares what is run. Arguments may be secrets.
func (n *notes) command(field string, was, is []string) {
	plain(n, field, program(was), program(is))
	if program(was) == program(is) && !slices.Equal(was, is) {
		n.note(InPlace, "", "%s with other arguments", field)
	}
}

func program(argv []string) string {
	if len(argv) == 0 {
		return ""
	}
	return argv[0]
}

// variables compares what has a name and a value that may be a secret.
func (n *notes) variables(kind string, was, is map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(was)) {
		switch value, there := is[name]; {
		case !there:
			n.note(InPlace, "", "%s %s removed", kind, name)
		case value != was[name]:
			n.note(InPlace, "", "%s %s changed", kind, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if _, there := was[name]; !there {
			n.note(InPlace, "", "%s %s added", kind, name)
		}
	}
}

// after says that something comes once ms milliseconds have passed.
func after(ms int) string {
	if ms == 0 {
		return "none"
	}
	return "after " + milliseconds(ms).String()
}

// every says that something comes again after each ms milliseconds.
func every(ms int) string {
	if ms == 0 {
		return ""
	}
	return "every " + milliseconds(ms).String()
}

// lasting says how long something takes, nothing when it does not.
func lasting(ms int) string {
	if ms == 0 {
		return ""
	}
	return milliseconds(ms).String()
}

// yes answers a question.
func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// milliseconds makes a length of time of a plan printable.
func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }
