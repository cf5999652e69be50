package lang

import (
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"hactl/lang/schema"
)

// complaints say, for each form, why a text does not have it, in half a
// sentence; "" when it does.
var complaints = map[schema.Form]func(string) string{
	schema.Free: func(string) string { return "" },
	schema.Filled: func(s string) string {
		return unless(s != "", "it is empty")
	},
	schema.Name: func(s string) string {
		return unless(nameForm.MatchString(s), "it must be 1 to 63 letters, digits, \".\", \"_\" and \"-\", beginning with a letter or digit")
	},
	schema.Interface: func(s string) string {
		return unless(!badInterface(s), "an interface name has 1 to 15 bytes, and no \"/\", \":\" or white space")
	},
	schema.AbsolutePath: func(s string) string {
		return unless(strings.HasPrefix(s, "/") && !strings.Contains(s, "\x00"), "it must be an absolute path, beginning with \"/\"")
	},
	schema.FileName: func(s string) string {
		return unless(s != "" && !strings.ContainsAny(s, "/\x00"), "it is the name of a file without a folder")
	},
	schema.Command: func(s string) string {
		return unless(!strings.Contains(s, "\x00"), "no argument of a program has a NUL in it")
	},
	schema.Store: func(s string) string {
		return unless(!badStore(s), "a store is a path, or \"ssh:\" with an absolute path or nothing behind it; a path with a colon begins with \"./\"")
	},
	schema.URL:        badURL,
	schema.Endpoint:   badEndpoint,
	schema.MailServer: badMailServer,
	schema.MailAddress: func(s string) string {
		_, err := mail.ParseAddress(s)
		return unless(err == nil && !strings.ContainsAny(s, "\r\n"), "it is no mail address, such as \"ops@example.com\"")
	},
	schema.StatusRange: badStatusRange,
	schema.Pattern: func(s string) string {
		_, err := regexp.Compile(s)
		return unless(err == nil, "it is no regular expression of the form that RE2 knows")
	},
	schema.SHA256: func(s string) string {
		return unless(digestForm.MatchString(s), "a SHA-256 is 64 hexadecimal digits")
	},
	schema.Moved: badMoved,
	schema.Destination: func(s string) string {
		if s == "default" {
			return ""
		}
		_, complaint := parseNetwork(s)
		return complaint
	},
	schema.HostHeader: func(s string) string {
		return unless(s != "" && only(s, "!$%&'()*+,-.:;=[]_~"), "it is no host, such as \"www.example.com\" or \"[::1]:8080\"")
	},
	schema.HostName: func(s string) string {
		return unless(s != "" && len(s) <= 255 && only(s, ".-_"), "it is no name of a host, such as \"www.example.com\"")
	},
	schema.VariableName: func(s string) string {
		return unless(s != "" && (s[0] < '0' || s[0] > '9') && only(s, "_"), "the name of a variable is letters, digits and \"_\", no digit first")
	},
	schema.HeaderName: func(s string) string {
		if strings.EqualFold(s, "host") {
			return "the host has an attribute of its own, or follows from the URL"
		}
		return unless(s != "" && only(s, "!#$%&'*+-.^_`|~"), "it is no name of a header, such as \"X-Team\"")
	},
	schema.HeaderValue: func(s string) string {
		bad := func(r rune) bool { return r != '\t' && unicode.IsControl(r) }
		return unless(!strings.ContainsFunc(s, bad), "no header has a control character in it")
	},
	schema.KeyID: func(s string) string {
		n, err := strconv.Atoi(s)
		return unless(err == nil && n >= 1 && n <= 255 && strconv.Itoa(n) == s, "it is a number from 1 to 255")
	},
}

var (
	nameForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
	digestForm = regexp.MustCompile(`^[0-9A-Fa-f]{64}$`)
	statusForm = regexp.MustCompile(`^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$`)

	// storeScheme is the beginning of a store that is no path.
	storeScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
)

// badForm says why s does not have that form, in half a sentence; "" when it
// does.
func badForm(f schema.Form, s string) string { return complaints[f](s) }

// unless returns complaint unless ok.
func unless(ok bool, complaint string) string {
	if ok {
		return ""
	}
	return complaint
}

// badStore reports whether there is no such store.
func badStore(s string) bool {
	dir, isSSH := strings.CutPrefix(s, "ssh:")
	if isSSH {
		return dir != "" && (!strings.HasPrefix(dir, "/") || strings.HasPrefix(dir, "//"))
	}
	return s == "" || storeScheme.MatchString(s)
}

// badInterface reports whether Linux would refuse an interface of that name.
func badInterface(s string) bool {
	return s == "" || s == "." || s == ".." || len(s) > 15 ||
		strings.ContainsFunc(s, func(r rune) bool { return r == '/' || r == ':' || unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

// badURL wants an absolute http or https URL.
func badURL(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "it is no URL that begins with http:// or https:// and a host"
	case u.User != nil:
		return "it holds a user or a password, which everybody would see"
	case u.Fragment != "":
		return "a part behind \"#\" is never sent"
	case u.Port() != "" && badPort(u.Port()):
		return "its port is not 1 to 65535"
	}
	return ""
}

// badEndpoint wants HOST:PORT.
func badEndpoint(s string) string {
	u, err := url.Parse("tcp://" + s)
	return unless(err == nil && u.Host == s && u.Hostname() != "" && !badPort(u.Port()),
		"it is no host with a port, such as \"127.0.0.1:5432\" or \"[::1]:5432\"")
}

// only reports whether s is ASCII letters, digits and characters of others.
func only(s, others string) bool {
	for i := range len(s) {
		letter := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z'
		if digit := s[i] >= '0' && s[i] <= '9'; !letter && !digit && !strings.Contains(others, s[i:i+1]) {
			return false
		}
	}
	return true
}

// badPort reports whether s is no number of a TCP port.
func badPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err != nil || n < 1 || n > 65535 || s[0] == '+'
}

// badMailServer wants smtp:// or smtps://, a host, and perhaps a port.
func badMailServer(s string) string {
	u, err := url.Parse(s)
	plain := err == nil && u.User == nil && u.RawQuery == "" && u.Fragment == "" && (u.Path == "" || u.Path == "/")
	return unless(plain && (u.Scheme == "smtp" || u.Scheme == "smtps") && u.Hostname() != "" && (u.Port() == "" || !badPort(u.Port())),
		"it is no mail server, such as \"smtps://smtp.example.com:465\" or \"smtp://smtp.example.com\"")
}

// badStatusRange wants a status code, or two of them in order.
func badStatusRange(s string) string {
	from, to, isRange := strings.Cut(s, "-")
	return unless(statusForm.MatchString(s) && (!isRange || from <= to), "it is no status code from 100 to 599, nor a range such as \"200-299\"")
}

// badMoved wants an address that a host can have.
func badMoved(s string) string {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return "it is no IP address, such as \"10.0.0.102/24\""
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	return unless(assignable(p.Addr()), "it is no address that a host can have")
}

// assignable reports whether a host can have a.
func assignable(a netip.Addr) bool {
	return !a.Is4In6() && !a.IsUnspecified() && !a.IsMulticast() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
