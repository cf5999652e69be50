package plan

import (
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// text wants a name: a sound text that is there.
func (f *faults) text(field, s string) {
	if s == "" || !utf8.ValidString(s) {
		f.add("%s: %q is empty or not UTF-8", field, s)
		return
	}
	f.sound(field, s)
}

// sound wants a text that JSON and the kernel carry as it is. What it adds does
// not show the text, which may be a secret.
func (f *faults) sound(field, s string) {
	switch {
	case !utf8.ValidString(s):
		f.add("%s: not UTF-8", field)
	case strings.Contains(s, "\x00"):
		f.add("%s: with a NUL byte", field)
	case len(s) > MaxText:
		f.add("%s: %d bytes, more than %d", field, len(s), MaxText)
	}
}

// path wants the absolute path of a file.
func (f *faults) path(field, s string) {
	if !strings.HasPrefix(s, "/") || !utf8.ValidString(s) {
		f.add("%s: %q is no absolute path", field, s)
		return
	}
	f.sound(field, s)
}

// optionalPath wants an absolute path or nothing.
func (f *faults) optionalPath(field, s string) {
	if s != "" {
		f.path(field, s)
	}
}

// sha256 wants a hash.
func (f *faults) sha256(field, s string) {
	if sum, err := hex.DecodeString(s); err != nil || len(sum) != 32 || s != strings.ToLower(s) {
		f.add("%s: %q is not 64 lower-case hexadecimal digits", field, s)
	}
}

// device wants the name of a network interface, or nothing.
func (f *faults) device(field, s string) {
	if s != "" && !interfaceName(s) {
		f.add("%s: %q is no name of a network interface", field, s)
	}
}

// interfaceName reports whether the kernel could have an interface of that
// name: at most 15 bytes, and none that a path or an alias would need.
func interfaceName(s string) bool {
	return s != "" && s != "." && s != ".." && len(s) <= 15 && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(c rune) bool { return c == '/' || c == ':' || c == 0 || unicode.IsSpace(c) })
}

// command wants a program and its arguments, which may be secrets.
func (f *faults) command(field string, argv []string) {
	f.list(field, len(argv))
	if len(argv) == 0 {
		return
	}
	f.path(field, argv[0])
	for i, argument := range argv[1:] {
		f.sound(field+" argument "+strconv.Itoa(i+1), argument)
	}
}

// environment wants variables that a program can have. Their values may be
// secrets.
func (f *faults) environment(field string, variables map[string]string) {
	f.most(field, len(variables))
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if !variableName(name) {
			f.add("%s: %q is no name of a variable", field, name)
			continue
		}
		f.sound(field+" "+name, variables[name])
	}
}

// variableName reports whether s is letters, digits and "_", no digit first.
func variableName(s string) bool {
	return s != "" && len(s) <= MaxText && (s[0] < '0' || s[0] > '9') && only(s, "_")
}

// headers wants header fields that HTTP can carry (RFC 9110 section 5). Their
// values may be secrets.
func (f *faults) headers(field string, headers map[string]string) {
	f.most(field, len(headers))
	seen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		lower := strings.ToLower(name)
		switch other := seen[lower]; {
		case name == "" || len(name) > MaxText || !only(name, "!#$%&'*+-.^_`|~"):
			f.add("%s: %q is no name of a header", field, name)
			continue
		case lower == "host":
			f.add("%s: %s has its own field", field, name)
		case other != "":
			f.add("%s: %s and %s are one header", field, other, name)
		}
		seen[lower] = name
		f.sound(field+" "+name, headers[name])
		if strings.ContainsFunc(headers[name], func(c rune) bool { return c != '\t' && c != 0 && unicode.IsControl(c) }) {
			f.add("%s %s: with a control character", field, name)
		}
	}
}

// only reports whether s is ASCII letters, digits and bytes of others.
func only(s, others string) bool {
	for i := range len(s) {
		letter := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z'
		if digit := s[i] >= '0' && s[i] <= '9'; !letter && !digit && !strings.Contains(others, s[i:i+1]) {
			return false
		}
	}
	return true
}

// url wants an absolute URL of HTTP, and returns its parts; nil when it is none.
// What it adds does not show the URL, which may hold a secret.
func (f *faults) url(field, s string) *url.URL {
	f.sound(field, s)
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		f.add("%s: not absolute, or neither http nor https", field)
		return nil
	case u.Port() != "" && !port(u.Port()):
		f.add("%s: no port between 1 and 65535", field)
	case u.Fragment != "":
		f.add("%s: with a fragment", field)
	}
	return u
}

// endpoint wants HOST:PORT.
func (f *faults) endpoint(field, s string) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || !port(s[i+1:]) || !host(s[:i]) || len(s) > MaxText || !utf8.ValidString(s) {
		f.add("%s: %q is not HOST:PORT", field, s)
	}
}

// host reports whether s is a name or an address; with a colon it stands in
// brackets.
func host(s string) bool {
	if inner, found := strings.CutPrefix(s, "["); found {
		s, found = strings.CutSuffix(inner, "]")
		return found && s != "" && !strings.ContainsAny(s, " /@[]\x00")
	}
	return s != "" && !strings.ContainsAny(s, " /@[]:\x00")
}

// hostName reports whether s looks like the name of a host.
func hostName(s string) bool { return s != "" && len(s) <= 255 && only(s, ".-_") }

// port reports whether s is a number between 1 and 65535.
func port(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1 && n <= 65535 && s[0] != '+'
}
