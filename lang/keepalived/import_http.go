package keepalived

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// request is what curl or wget are told.
type request struct {
	url       string
	head      bool // method HEAD
	fail      bool // codes from 400 on are failures
	insecure  bool
	host      string
	ca        string
	timeout   float64 // seconds, 0 for none
	redirects bool
	rest      bool // something that a probe cannot do
}

// curlSwitches are curl's options without a value that do not matter, or are
// looked at one by one.
var curlSwitches = map[string]string{
	"-s": "", "--silent": "", "-S": "", "--show-error": "", "-v": "", "--verbose": "", "-g": "", "--compressed": "", "-N": "", "-4": "", "-i": "", "--include": "",
	"-f": "fail", "--fail": "fail", "-k": "insecure", "--insecure": "insecure", "-I": "head", "--head": "head", "-L": "redirects", "--location": "redirects",
}

// curlValues are those with a value, by their long names.
var curlValues = map[string]string{
	"-m": "--max-time", "--max-time": "--max-time", "--connect-timeout": "", "-o": "", "--output": "", "-A": "", "--user-agent": "", "--retry": "", "-w": "", "--write-out": "",
	"-H": "--header", "--header": "--header", "-X": "--request", "--request": "--request", "--cacert": "--cacert", "--noproxy": "",
}

func byCurl(c command) (probe, bool) {
	var r request
	words := c.words[1:]
	for n := 0; n < len(words); n++ {
		w := words[n]
		long, valued := curlValues[w]
		switch {
		case valued && n+1 < len(words):
			n++
			r.curlValue(long, words[n])
		case !strings.HasPrefix(w, "-"):
			r.address(w)
		default:
			n = r.curlSwitch(words, n)
		}
	}
	return r.probe()
}

// curlSwitch takes the options of words[n], which may be several letters of
// which the last has a value, and returns the position of what it took last.
func (r *request) curlSwitch(words []string, n int) int {
	all := []string{words[n]}
	if !strings.HasPrefix(words[n], "--") {
		all = nil
		for _, letter := range words[n][1:] {
			all = append(all, "-"+string(letter))
		}
	}
	for i, w := range all {
		what, known := curlSwitches[w]
		long, valued := curlValues[w]
		switch {
		case known:
			r.mark(what)
		case valued && i == len(all)-1 && n+1 < len(words):
			n++
			r.curlValue(long, words[n])
		default:
			r.rest = true
		}
	}
	return n
}

func (r *request) mark(what string) {
	switch what {
	case "fail":
		r.fail = true
	case "insecure":
		r.insecure = true
	case "head":
		r.head = true
	case "redirects":
		r.redirects = true
	}
}

func (r *request) curlValue(name, value string) {
	switch name {
	case "--max-time":
		r.timeout, _ = strconv.ParseFloat(value, 64)
	case "--cacert":
		r.ca = value
	case "--request":
		r.head, r.rest = value == "HEAD", r.rest || value != "HEAD" && value != "GET"
	case "--header":
		host, ok := strings.CutPrefix(strings.ToLower(value), "host:")
		r.host, r.rest = strings.TrimSpace(host), r.rest || !ok
	}
}

func byWget(c command) (probe, bool) {
	r := request{fail: true, redirects: true}
	words := c.words[1:]
	for n := 0; n < len(words); n++ {
		w := words[n]
		name, value, joined := strings.Cut(w, "=")
		if !joined && slices.Contains([]string{"-O", "-T", "-t", "-o", "--timeout", "--tries", "--output-document"}, w) && n+1 < len(words) {
			n++
			value = words[n]
		}
		switch {
		case name == "-T" || name == "--timeout":
			r.timeout, _ = strconv.ParseFloat(value, 64)
		case name == "--no-check-certificate":
			r.insecure = true
		case slices.Contains([]string{"-q", "--quiet", "--spider", "-S", "-nv", "-O", "-O-", "-qO-", "-O/dev/null", "-o", "-t", "--tries", "--output-document"}, name):
		case !strings.HasPrefix(w, "-"):
			r.address(w)
		default:
			r.rest = true
		}
	}
	return r.probe()
}

// address takes the URL, of which there must be one.
func (r *request) address(w string) {
	if !strings.Contains(w, "://") {
		w = "http://" + w
	}
	u, err := url.Parse(w)
	if r.url != "" || err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || expansion.MatchString(strings.ReplaceAll(w, "?", "")) {
		r.rest = true
	}
	r.url = w
}

// probe returns the probe that does the same.
func (r *request) probe() (probe, bool) {
	if r.rest || r.url == "" {
		return probe{}, false
	}
	b := &block{head: "http"}
	b.attr("url", quote(r.url))
	if r.head {
		b.attr("method", quote("HEAD"))
	}
	if r.host != "" {
		b.attr("host", quote(r.host))
	}
	p := probe{block: b, timeout: duration(r.timeout)}
	switch {
	case !r.fail:
		b.attr("status", `["100-599"]`)
		p.caveat = "Without -f curl takes any answer for a good one, and so does the probe; take status out to demand 200 to 299."
	default:
		b.attr("status", `["200-399"]`)
	}
	if r.redirects {
		p.caveat = "Redirects are not followed: an answer that redirects counts as a good one."
		if !r.fail {
			p.caveat += " Any other answer does, too."
		}
	}
	if path.IsAbs(r.ca) {
		b.attr("ca_file", quote(r.ca))
	}
	if r.insecure {
		b.attr("verify", "false")
	}
	return p, true
}
