package plan

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// validateChecks checks each health check.
func (p *Plan) validateChecks(f *faults) {
	for i := range p.Checks {
		c := &p.Checks[i]
		f.at = "check " + c.Name + ": "
		f.text("name", c.Name)
		if i > 0 {
			f.behind("checks", p.Checks[i-1].Name, c.Name)
		}
		c.validate(f)
	}
	f.at = ""
}

func (c *Check) validate(f *faults) {
	f.span("interval_ms", c.Interval, 10, Longest)
	f.span("timeout_ms", c.Timeout, 1, Longest)
	f.span("jitter_ms", c.Jitter, 0, c.Interval)
	f.span("fall", c.Fall, 1, 1000)
	f.span("rise", c.Rise, 1, 1000)
	f.oneOf("initial", string(c.Initial), string(Unknown), string(Up), string(Down))
	f.one("probe", "http, tcp, exec, process, file and ping",
		c.HTTP != nil, c.TCP != nil, c.Exec != nil, c.Process != nil, c.File != nil, c.Ping != nil)
	if c.HTTP != nil {
		c.HTTP.validate(f)
	}
	if c.TCP != nil {
		f.endpoint("tcp address", c.TCP.Address)
	}
	if x := c.Exec; x != nil {
		f.command("exec command", x.Command)
		f.text("exec user", x.User)
		f.environment("exec environment", x.Environment)
	}
	if c.Process != nil {
		c.Process.validate(f)
	}
	if c.File != nil {
		c.File.validate(f)
	}
	if c.Ping != nil {
		c.Ping.validate(f)
	}
}

func (x *HTTPProbe) validate(f *faults) {
	u := f.url("http url", x.URL)
	if u != nil && u.User != nil {
		f.add("http url: with a user")
	}
	f.oneOf("http method", x.Method, "GET", "HEAD")
	if !only(x.Host, "!$%&'()*+,-.:;=[]_~") || len(x.Host) > MaxText {
		f.add("http host: %q is no host", x.Host)
	}
	f.headers("http headers", x.Headers)
	f.list("http status", len(x.Status))
	for _, s := range x.Status {
		f.span("http status from", s.From, 100, 599)
		f.span("http status to", s.To, s.From, 599)
	}
	f.sound("http body", x.Body)
	if _, err := regexp.Compile(x.Body); err != nil {
		f.add("http body: %v", err)
	}
	if x.Digest != "" {
		f.sha256("http digest", x.Digest)
	}
	if x.Method == "HEAD" && (x.Body != "" || x.Digest != "") {
		f.add("http method: HEAD brings no body to look at")
	}
	x.validateTLS(f, u != nil && u.Scheme == "https")
}

// validateTLS checks what is of https only.
func (x *HTTPProbe) validateTLS(f *faults, https bool) {
	if !https && (x.ServerName != "" || x.CAFile != "" || x.Insecure) {
		f.add("http: server_name, ca_file and insecure are of https")
	}
	if x.ServerName != "" && !hostName(x.ServerName) {
		f.add("http server_name: %q is no name", x.ServerName)
	}
	f.optionalPath("http ca_file", x.CAFile)
	if x.CAFile != "" && x.Insecure {
		f.add("http insecure: with a ca_file")
	}
}

func (x *ProcessProbe) validate(f *faults) {
	f.one("process", "name and pid_file", x.Name != "", x.PIDFile != "")
	if x.Name != "" {
		f.text("process name", x.Name)
		if strings.Contains(x.Name, "/") {
			f.add("process name: %q is a path", x.Name)
		}
	}
	f.optionalPath("process pid_file", x.PIDFile)
	f.span("process minimum", x.Minimum, 1, 1<<22)
	if x.PIDFile != "" && x.Minimum > 1 {
		f.add("process minimum: %d with a pid_file, which holds one", x.Minimum)
	}
}

func (x *FileProbe) validate(f *faults) {
	f.path("file path", x.Path)
	f.oneOf("file expect", string(x.Expect), string(Exists), string(Absent), string(Number))
	if x.Expect != Number && (x.Minimum != nil || x.Maximum != nil) {
		f.add("file: minimum and maximum are of expect number")
	}
	if x.Minimum != nil && x.Maximum != nil && *x.Maximum < *x.Minimum {
		f.add("file maximum: %d is below the minimum %d", *x.Maximum, *x.Minimum)
	}
}

func (x *PingProbe) validate(f *faults) {
	a, _ := netip.ParseAddr(x.Address) // whatever is no address is told below
	f.unicast("ping address", x.Address, Of(a))
	if a.Is6() && a.IsLinkLocalUnicast() {
		f.add("ping address: %s is link-local, and of no interface", x.Address)
	}
}

// validateTracks checks what one router depends on.
func (r *Router) validateTracks(f *faults) {
	for i, t := range r.Tracks {
		f.one("tracks", "check and interface", t.Check != "", t.Interface != "")
		f.device("tracks interface", t.Interface)
		if t.Interface == r.Interface {
			f.add("tracks interface: %s is the router's own, which is tracked anyway", t.Interface)
		}
		if slices.ContainsFunc(r.Tracks[:i], func(u Track) bool { return t.Check == u.Check && t.Interface == u.Interface }) {
			f.add("tracks: %s is there twice", t.subject())
		}
		t.validateEffect(f)
	}
}

// validateEffect checks the effect and its weight.
func (t Track) validateEffect(f *faults) {
	switch t.Effect {
	case Demote:
		f.span("tracks weight of demote", t.Weight, -253, -1)
	case Fault:
		f.span("tracks weight of fault", t.Weight, 0, 0)
	case Weigh:
		f.span("tracks weight", t.Weight, -253, 253)
		if t.Weight == 0 {
			f.add("tracks weight: 0 does nothing")
		}
	default:
		f.oneOf("tracks effect", string(t.Effect), string(Demote), string(Fault), string(Weigh))
	}
}

// subject names what is tracked.
func (t Track) subject() string {
	if t.Check != "" {
		return "check " + t.Check
	}
	return "interface " + t.Interface
}
