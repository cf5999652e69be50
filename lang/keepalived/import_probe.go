package keepalived

import (
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// probe is what a command looks at, as a block of a check.
type probe struct {
	block   *block
	timeout string // an expression, "" when the command sets none
	caveat  string // what is not quite the same, a sentence
}

// deviceTCP finds bash's way to open a connection.
var deviceTCP = regexp.MustCompile(`^[(\s]*(?:(?::|true|echo|cat\s*<\s*/dev/null|exec\s*\d+)\s*)?\d*(?:<>|<|>)\s*/dev/tcp/([^/\s'"]+)/(\d+)[)\s]*(?:\d?>+\s*/dev/null|2>&1|\s)*$`)

// probeOf returns the typed probe that does what the line does; ok is false when
// there is none.
func probeOf(line string) (p probe, c command, ok bool) {
	c = parseCommand(line)
	bare := strings.TrimSpace(line)
	if inner, is := shellLine(bare); is {
		bare = inner
	}
	if m := deviceTCP.FindStringSubmatch(bare); m != nil {
		p, ok = tcpBlock(m[1], m[2])
		return p, c, ok
	}
	if file, opens := strings.CutPrefix(bare, "<"); opens && strings.HasPrefix(strings.TrimSpace(file), "/") && !strings.ContainsAny(strings.TrimSpace(file), " \t;|&<>") {
		return probe{block: fileBlock(strings.TrimSpace(file), c.inverted)}, c, true
	}
	if c.operator || len(c.words) == 0 {
		return probe{}, c, false
	}
	find := programs[path.Base(c.words[0])]
	if find == nil {
		return probe{}, c, false
	}
	p, ok = find(c)
	ok = ok && (!c.inverted || strings.HasPrefix(p.block.head, "file"))
	if c.timeout != "" {
		p.timeout = c.timeout
	}
	return p, c, ok
}

// programs are the usual ones, each with what it looks at.
var programs = map[string]func(command) (probe, bool){
	"killall": byKill, "pkill": byKill, "pidof": byName, "pgrep": byName,
	"curl": byCurl, "wget": byWget, "nc": byNetcat, "ncat": byNetcat, "netcat": byNetcat,
	"test": byTest, "[": byTest, "[[": byTest, "ls": byList, "stat": byList, "ping": byPing,
}

var processName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.+-]*$`)

func processBlock(name string) (probe, bool) {
	name = path.Base(name)
	b := &block{head: "process"}
	b.attr("name", quote(name))
	return probe{block: b}, processName.MatchString(name)
}

// byKill reads killall -0 NAME, also as -s 0 or --signal 0.
func byKill(c command) (probe, bool) {
	line := " " + strings.Join(c.words[1:], " ")
	for _, signal := range []string{" -0", " -s 0", " -s0", " --signal 0", " --signal=0", " -SIG0"} {
		if at := strings.Index(line+" ", signal+" "); at >= 0 {
			rest := strings.Fields(line[:at] + " " + line[at+len(signal):])
			rest = slices.DeleteFunc(rest, func(w string) bool { return w == "-q" || w == "--quiet" || w == "-x" || w == "-e" })
			if len(rest) == 1 {
				return processBlock(rest[0])
			}
		}
	}
	return probe{}, false
}

// byName reads pidof NAME and pgrep NAME.
func byName(c command) (probe, bool) {
	rest := slices.DeleteFunc(slices.Clone(c.words[1:]), func(w string) bool { return w == "-x" || w == "-s" || w == "-q" || w == "--exact" })
	if len(rest) != 1 {
		return probe{}, false
	}
	return processBlock(strings.Trim(rest[0], "^$"))
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9.:-]+$`)

func tcpBlock(host, port string) (probe, bool) {
	n, err := strconv.ParseUint(port, 10, 16)
	host = strings.Trim(host, "[]")
	ok := err == nil && n > 0 && hostName.MatchString(host)
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	b := &block{head: "tcp"}
	b.attr("address", quote(host+":"+port))
	return probe{block: b}, ok
}

// byNetcat reads nc -z HOST PORT.
func byNetcat(c command) (probe, bool) {
	o := flagsOf(c.words[1:], "w", "zvnq46")
	if !o.known || !o.has("z") || len(o.rest) != 2 {
		return probe{}, false
	}
	p, ok := tcpBlock(o.rest[0], o.rest[1])
	seconds, _ := strconv.ParseFloat(o.values["w"], 64)
	p.timeout = duration(seconds)
	return p, ok
}

func fileBlock(name string, absent bool) *block {
	b := &block{head: "file"}
	b.attr("path", quote(name))
	if absent {
		b.attr("expect", quote("absent"))
	}
	return b
}

// byTest reads test -e FILE, [ -f FILE ] and [[ ! -e FILE ]].
func byTest(c command) (probe, bool) {
	words := c.words[1:]
	if closing := map[string]string{"[": "]", "[[": "]]"}[path.Base(c.words[0])]; closing != "" {
		if len(words) == 0 || words[len(words)-1] != closing {
			return probe{}, false
		}
		words = words[:len(words)-1]
	}
	absent := c.inverted
	if len(words) == 3 && words[0] == "!" {
		words, absent = words[1:], !absent
	}
	if len(words) != 2 || !slices.Contains([]string{"-e", "-f", "-r", "-a"}, words[0]) || !strings.HasPrefix(words[1], "/") || expansion.MatchString(words[1]) {
		return probe{}, false
	}
	return probe{block: fileBlock(words[1], absent)}, true
}

// byList reads ls FILE and stat FILE.
func byList(c command) (probe, bool) {
	if len(c.words) != 2 || !strings.HasPrefix(c.words[1], "/") || expansion.MatchString(c.words[1]) {
		return probe{}, false
	}
	return probe{block: fileBlock(c.words[1], c.inverted)}, true
}

// byPing reads ping -c 1 ADDRESS.
func byPing(c command) (probe, bool) {
	o := flagsOf(c.words[1:], "cWwi", "qn46")
	if !o.known || len(o.rest) != 1 || o.values["c"] == "" {
		return probe{}, false
	}
	a, err := netip.ParseAddr(o.rest[0])
	if err != nil {
		return probe{}, false
	}
	b := &block{head: "ping"}
	b.attr("address", quote(a.String()))
	seconds, _ := strconv.ParseFloat(o.values["W"], 64)
	p := probe{block: b, timeout: duration(seconds)}
	if o.values["c"] != "1" {
		p.caveat = "The configuration sends one request in each run; fall says how many may be lost."
	}
	return p, true
}

// flags are the options of a command line.
type flags struct {
	known  bool // none was unknown
	set    string
	values map[string]string
	rest   []string
}

func (f flags) has(letter string) bool { return strings.Contains(f.set, letter) }

// flagsOf reads short options: letters that take a value, and letters that do
// not.
func flagsOf(words []string, valued, plain string) flags {
	f := flags{known: true, values: map[string]string{}}
	for n := 0; n < len(words); n++ {
		w := words[n]
		if len(w) < 2 || w[0] != '-' {
			f.rest = append(f.rest, w)
			continue
		}
		for i := 1; i < len(w); i++ {
			letter := w[i : i+1]
			switch {
			case strings.Contains(plain, letter):
				f.set += letter
				continue
			case !strings.Contains(valued, letter):
				f.known = false
			case i+1 < len(w):
				f.values[letter] = w[i+1:]
			case n+1 < len(words):
				n++
				f.values[letter] = words[n]
			}
			break
		}
	}
	return f
}
