package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hactl/schemas/plan"
)

// check writes what a check looks at: a script that does the same, or what
// keepalived looks at itself.
func (e *exporter) check(c *plan.Check) {
	if c.Process != nil && c.Process.Name != "" {
		e.process(c)
		return
	}
	id := "check " + c.Name
	command := e.probe(c)
	if command == nil {
		e.lose(id, "keepalived has nothing like it, so it is left out. Write a script that ends with 0 when all is well.")
		return
	}
	e.out.open("vrrp_script", c.Name)
	e.out.program("script", command)
	e.out.line("interval", e.whole(id, "interval", c.Interval))
	e.out.line("timeout", e.whole(id, "timeout", c.Timeout))
	e.out.line("fall", fmt.Sprint(c.Fall))
	e.out.line("rise", fmt.Sprint(c.Rise))
	e.out.line("user", userOf(c))
	if c.Initial == plan.Down {
		e.out.line("init_fail")
	}
	e.out.close()
	if c.Initial == plan.Unknown && !e.told["initial"] {
		e.told["initial"] = true
		e.lose(id, "Until its first result keepalived takes a script for one that succeeds; hactl waits for the result. That holds for all checks.")
	}
}

// userOf is whose rights a check's program has. What is no program of the user's
// needs none.
func userOf(c *plan.Check) string {
	if c.Exec != nil {
		return c.Exec.User
	}
	if c.Ping != nil || c.Process != nil || c.File != nil {
		return "root"
	}
	return "nobody"
}

// process writes a check of processes, which keepalived hears of from the kernel.
func (e *exporter) process(c *plan.Check) {
	e.out.open("vrrp_track_process", c.Name)
	e.out.line("process", c.Process.Name)
	e.out.line("quorum", fmt.Sprint(c.Process.Minimum))
	if d := c.Interval * (c.Fall - 1); d > 0 {
		e.out.line("delay", inSeconds(d))
	}
	e.out.close()
}

// probe returns the program that does what a probe does, nil when there is none.
func (e *exporter) probe(c *plan.Check) []string {
	switch {
	case c.Exec != nil:
		return e.withEnvironment("check "+c.Name, c.Exec.Environment, c.Exec.Command)
	case c.HTTP != nil:
		return e.curl(c)
	case c.TCP != nil:
		host, port := endpoint(c.TCP.Address)
		return []string{"/bin/bash", "-c", fmt.Sprintf("</dev/tcp/%s/%s", host, port)}
	case c.File != nil && c.File.Expect == plan.Exists:
		return []string{"/usr/bin/test", "-e", c.File.Path}
	case c.File != nil && c.File.Expect == plan.Absent:
		return []string{"/usr/bin/test", "!", "-e", c.File.Path}
	case c.Ping != nil:
		return []string{"/usr/bin/ping", "-c", "1", "-W", fmt.Sprint((c.Timeout + 999) / 1000), c.Ping.Address}
	}
	return nil
}

// endpoint takes a valid HOST:PORT apart.
func endpoint(address string) (host, port string) {
	at := strings.LastIndexByte(address, ':')
	return strings.Trim(address[:at], "[]"), address[at+1:]
}

// seen is said of what is a secret here, and is none in a command.
const seen = "%s in the command, which every user of the host can see while it runs. Use a script that reads what is secret from a file."

// withEnvironment lets env(1) set variables for a command of an object.
func (e *exporter) withEnvironment(object string, environment map[string]string, command []string) []string {
	if len(environment) == 0 {
		return command
	}
	e.lose(object, seen, "The values of environment stand")
	words := []string{"/usr/bin/env"}
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		words = append(words, name+"="+environment[name])
	}
	return append(words, command...)
}

// curl asks for a page as the probe does.
func (e *exporter) curl(c *plan.Check) []string {
	h := c.HTTP
	words := []string{"/usr/bin/curl", "-s", "-f", "-o", "/dev/null", "--max-time", inSeconds(c.Timeout)}
	if h.Method == "HEAD" {
		words = append(words, "-I")
	}
	if h.Insecure {
		words = append(words, "-k")
	}
	if h.CAFile != "" {
		words = append(words, "--cacert", h.CAFile)
	}
	if h.Host != "" {
		words = append(words, "-H", "Host: "+h.Host)
	}
	if len(h.Headers) > 0 {
		e.lose("check "+c.Name, seen, "The values of headers stand")
	}
	for _, name := range slices.Sorted(maps.Keys(h.Headers)) {
		words = append(words, "-H", name+": "+h.Headers[name])
	}
	if !slices.Equal(h.Status, []plan.StatusRange{{From: 200, To: 399}}) {
		e.lose("check "+c.Name, "curl takes every answer below 400 for a success, redirections among them, whatever status says.")
	}
	if h.Body != "" || h.Digest != "" || h.ServerName != "" {
		e.lose("check "+c.Name, "body, digest and server_name are left out: curl alone does not look at them.")
	}
	return append(words, h.URL)
}

// trackWords are the blocks that name what a router depends on.
var trackWords = []string{"track_script", "track_process", "track_interface"}

// tracks writes what a router, or a unit, depends on.
func (e *exporter) tracks(r *plan.Router) {
	lines := map[string][]string{}
	for _, t := range r.Tracks {
		word, name := e.tracked(t)
		if word == "" {
			continue
		}
		if t.Effect != plan.Fault {
			name += fmt.Sprintf(" weight %d", t.Weight)
		}
		lines[word] = append(lines[word], name)
	}
	for _, word := range trackWords {
		e.out.list(word, lines[word])
	}
}

// tracked returns the block for a track, and what it names; empty where the check
// is left out.
func (e *exporter) tracked(t plan.Track) (word, name string) {
	if t.Interface != "" {
		return "track_interface", t.Interface
	}
	at := slices.IndexFunc(e.plan.Checks, func(c plan.Check) bool { return c.Name == t.Check })
	switch c := &e.plan.Checks[at]; {
	case c.Process != nil && c.Process.Name != "":
		return "track_process", t.Check
	case e.probe(c) != nil:
		return "track_script", t.Check
	}
	return "", ""
}
