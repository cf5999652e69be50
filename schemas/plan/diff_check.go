package plan

import (
	"fmt"
	"strings"
)

// compare notes what becomes of a check.
func (c *Check) compare(is *Check, n *notes) {
	plain(n, "interval", milliseconds(c.Interval), milliseconds(is.Interval))
	plain(n, "timeout", milliseconds(c.Timeout), milliseconds(is.Timeout))
	plain(n, "start jitter", milliseconds(c.Jitter), milliseconds(is.Jitter))
	plain(n, "fall", c.Fall, is.Fall)
	plain(n, "rise", c.Rise, is.Rise)
	plain(n, "initial state", c.Initial, is.Initial)
	switch {
	case c.probe() != is.probe():
		plain(n, "probe", c.probe(), is.probe())
	case c.HTTP != nil:
		c.HTTP.compare(is.HTTP, n)
	case c.TCP != nil:
		plain(n, "address", c.TCP.Address, is.TCP.Address)
	case c.Exec != nil:
		n.command("command", c.Exec.Command, is.Exec.Command)
		plain(n, "user", c.Exec.User, is.Exec.User)
		n.variables("variable", c.Exec.Environment, is.Exec.Environment)
	case c.Process != nil:
		plain(n, "process", c.Process.Name, is.Process.Name)
		plain(n, "pid file", c.Process.PIDFile, is.Process.PIDFile)
		plain(n, "processes needed", c.Process.Minimum, is.Process.Minimum)
	case c.File != nil:
		plain(n, "path", c.File.Path, is.File.Path)
		plain(n, "expected", c.File.Expect, is.File.Expect)
		plain(n, "minimum", limit(c.File.Minimum), limit(is.File.Minimum))
		plain(n, "maximum", limit(c.File.Maximum), limit(is.File.Maximum))
	case c.Ping != nil:
		plain(n, "address", c.Ping.Address, is.Ping.Address)
	}
}

// probe names the kind of probe.
func (c *Check) probe() string {
	switch {
	case c.HTTP != nil:
		return "http"
	case c.TCP != nil:
		return "tcp"
	case c.Exec != nil:
		return "exec"
	case c.Process != nil:
		return "process"
	case c.File != nil:
		return "file"
	}
	return "ping"
}

// summary says what a check is, for one that comes or goes whole.
func (c *Check) summary() []string {
	subject := ""
	switch {
	case c.HTTP != nil:
		subject = withoutQuery(c.HTTP.URL)
	case c.TCP != nil:
		subject = c.TCP.Address
	case c.Exec != nil:
		subject = program(c.Exec.Command)
	case c.Process != nil:
		subject = c.Process.Name + c.Process.PIDFile
	case c.File != nil:
		subject = fmt.Sprintf("%s %s", c.File.Path, c.File.Expect)
	case c.Ping != nil:
		subject = c.Ping.Address
	}
	return []string{c.probe() + " " + subject, every(c.Interval)}
}

func (x *HTTPProbe) compare(is *HTTPProbe, n *notes) {
	plain(n, "url", withoutQuery(x.URL), withoutQuery(is.URL))
	if x.URL != is.URL && withoutQuery(x.URL) == withoutQuery(is.URL) {
		n.note(InPlace, "", "url: another query")
	}
	plain(n, "method", x.Method, is.Method)
	plain(n, "host", x.Host, is.Host)
	n.variables("header", x.Headers, is.Headers)
	plain(n, "status", ranges(x.Status), ranges(is.Status))
	plain(n, "body", x.Body, is.Body)
	plain(n, "digest", x.Digest, is.Digest)
	plain(n, "server name", x.ServerName, is.ServerName)
	plain(n, "ca file", x.CAFile, is.CAFile)
	plain(n, "certificate verified", yes(!x.Insecure), yes(!is.Insecure))
}

// withoutQuery returns a URL without what may be a secret.
func withoutQuery(url string) string {
	before, _, _ := strings.Cut(url, "?")
	return before
}

// ranges prints status codes: "200, 300-399".
func ranges(all []StatusRange) string {
	var words []string
	for _, r := range all {
		if r.From == r.To {
			words = append(words, fmt.Sprint(r.From))
		} else {
			words = append(words, fmt.Sprintf("%d-%d", r.From, r.To))
		}
	}
	return strings.Join(words, ", ")
}

// limit prints a bound, nothing when there is none.
func limit(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}
