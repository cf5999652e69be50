package plan

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// faults collects what is wrong.
type faults struct {
	at    string // before each fault: the object it is in
	found []error
}

func (f *faults) add(format string, args ...any) {
	f.found = append(f.found, errors.New(f.at+fmt.Sprintf(format, args...)))
}

func (f *faults) span(field string, n, least, most int) {
	if n < least || n > most {
		f.add("%s: %d is outside %d..%d", field, n, least, most)
	}
}

// list wants at least one thing, and at most MaxList.
func (f *faults) list(field string, n int) {
	if n == 0 {
		f.add("%s: none", field)
	}
	f.most(field, n)
}

// most wants at most MaxList things.
func (f *faults) most(field string, n int) {
	if n > MaxList {
		f.add("%s: %d of them, more than %d", field, n, MaxList)
	}
}

// one wants exactly one of the alternatives to be there.
func (f *faults) one(field, alternatives string, there ...bool) {
	n := 0
	for _, yes := range there {
		if yes {
			n++
		}
	}
	if n != 1 {
		f.add("%s: one of %s is needed, and only one", field, alternatives)
	}
}

// interval wants a multiple of step milliseconds up to most.
func (f *faults) interval(ms, step, most int) {
	if ms < step || ms > most || ms%step != 0 {
		f.add("advert_interval_ms: %d is no multiple of %d up to %d", ms, step, most)
	}
}

// oneOf reports whether s is one of choices, after adding a fault when not.
func (f *faults) oneOf(field, s string, choices ...string) bool {
	if !slices.Contains(choices, s) {
		f.add("%s: %q is none of %s", field, s, strings.Join(choices, ", "))
		return false
	}
	return true
}

// behind wants the name of an object to be behind that of the one before.
func (f *faults) behind(objects, before, name string) {
	if before >= name {
		f.add("name: not behind %s: %s are sorted, and a name is there once", before, objects)
	}
}

// ordered wants words that are sorted, each once.
func (f *faults) ordered(field string, words []string) {
	for i := 1; i < len(words); i++ {
		if words[i-1] >= words[i] {
			f.add("%s: %q not behind %q: they are sorted, each once", field, words[i], words[i-1])
		}
	}
}

// once wants what to be of one router only.
func once[T comparable](f *faults, seen map[T]string, what T, id string) {
	if other, ok := seen[what]; ok {
		f.add("%v: router %s has it too", what, other)
	}
	seen[what] = id
}

// address wants an address of family without a zone, in its usual form, and
// returns the zero Addr when it is not that.
func (f *faults) address(field, s string, family Family) netip.Addr {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil || a.Zone() != "" || a.String() != s:
		f.add("%s: %q is no address in its usual form", field, s)
	case Of(a) != family || a.Is4In6():
		f.add("%s: %s is not %s", field, s, family)
	default:
		return a
	}
	return netip.Addr{}
}

// unicast wants an address that one station can have.
func (f *faults) unicast(field, s string, family Family) {
	if a := f.address(field, s, family); a.IsValid() && (a.IsMulticast() || a.IsUnspecified()) {
		f.add("%s: %s is no unicast address", field, s)
	}
}

// network wants a prefix of family without host bits, in its usual form.
func (f *faults) network(field, s string, family Family) {
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil || p.String() != s || p.Masked() != p:
		f.add("%s: %q is no prefix without host bits in its usual form", field, s)
	case Of(p.Addr()) != family || p.Addr().Is4In6():
		f.add("%s: %s is not %s", field, s, family)
	}
}
