package kernel

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// ledger is the list of the addresses that are ours, in a file: it survives the
// agent, not the machine. It serves on kernels that keep no mark. An address is
// in it before it is on the link.
//
// The file's first line has the format and the id of the boot that it is about,
// each further line an interface, its index and an address:
//
//	hactl addresses 1 0f6f5c2e-64c4-4c3a-9d2f-1b7c5d1a9e55
//	eth0 2 10.0.0.100/32
type ledger struct {
	file  string
	log   *slog.Logger
	boot  string // id of this boot
	lines map[line]bool
	read  bool // lines are those of the file
}

// line is one address of the ledger.
type line struct {
	link   string
	index  int // a link made again under the same name has another one
	prefix netip.Prefix
}

// ledgerFormat begins the first line of a ledger.
const ledgerFormat = "hactl addresses 1 "

// bootFile tells one boot of the machine from the other.
const bootFile = "/proc/sys/kernel/random/boot_id"

// newLedger returns a ledger that has not been read.
func newLedger(file string, log *slog.Logger) *ledger {
	return &ledger{file: file, log: log, lines: map[line]bool{}}
}

// has says whether the address is ours, as far as the ledger knows.
func (l *ledger) has(a line) bool {
	l.load()
	return l.lines[a]
}

// note writes down the addresses that changes are about to add. When it cannot be written, they
// are known until the agent ends.
func (l *ledger) note(changes []change) {
	l.load()
	before := len(l.lines)
	for _, c := range changes {
		if o, ok := c.(op); ok && o.verb == add {
			l.lines[line{o.link, o.index, o.prefix}] = true
		}
	}
	if len(l.lines) != before {
		l.save()
	}
}

// strike takes out an address that turned out to be somebody else's.
func (l *ledger) strike(o op) {
	delete(l.lines, line{o.link, o.index, o.prefix})
	l.save()
}

// keep takes out what is no longer there, or everything when marks serve.
func (l *ledger) keep(links []link, marks bool) {
	l.load()
	if len(l.lines) == 0 {
		return
	}
	there := map[line]bool{}
	for _, on := range links {
		for _, a := range on.Addresses {
			there[line{on.Name, on.Index, a.Prefix}] = !marks
		}
	}
	before := len(l.lines)
	maps.DeleteFunc(l.lines, func(a line, _ bool) bool { return !there[a] })
	if len(l.lines) != before {
		l.save()
	}
}

// load reads the file, once. A ledger of another boot is about addresses that
// are gone. A damaged one is taken for empty: an address too few is ours, never
// one too many.
func (l *ledger) load() {
	if l.read {
		return
	}
	l.read = true
	boot, err := os.ReadFile(bootFile)
	if err != nil {
		l.log.Warn("ledger of addresses: this boot has no id", "error", err)
	}
	l.boot = strings.TrimSpace(string(boot))
	text, err := os.ReadFile(l.file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = l.parse(string(text))
	}
	if err != nil {
		l.log.Warn("ledger of addresses is not used", "file", l.file, "error", err)
		clear(l.lines)
	}
}

// parse reads a ledger. The last line of a whole one ends, too.
func (l *ledger) parse(text string) error {
	first, rest, _ := strings.Cut(text, "\n")
	boot, ok := strings.CutPrefix(first, ledgerFormat)
	if !ok {
		return fmt.Errorf("read ledger: unknown format %q", first)
	}
	if boot != l.boot {
		return nil
	}
	if !strings.HasSuffix(text, "\n") {
		return errors.New("read ledger: it ends amid a line")
	}
	for s := range strings.Lines(rest) {
		a, err := parseLine(s)
		if err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
		l.lines[a] = true
	}
	return nil
}

// parseLine reads one address of a ledger.
func parseLine(s string) (a line, err error) {
	var prefix string
	if _, err := fmt.Sscanf(s, "%s %d %s\n", &a.link, &a.index, &prefix); err != nil {
		return line{}, fmt.Errorf("read line %q: %w", s, err)
	}
	a.prefix, err = netip.ParsePrefix(prefix)
	return a, err
}

// text returns the ledger as it is written, sorted.
func (l *ledger) text() []byte {
	var lines []string
	for a := range l.lines {
		lines = append(lines, fmt.Sprintf("%s %d %s\n", a.link, a.index, a.prefix))
	}
	slices.Sort(lines)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s\n", ledgerFormat, l.boot)
	for _, s := range lines {
		b.WriteString(s)
	}
	return b.Bytes()
}

// save replaces the file. It is not synchronised to the disk: after a loss of
// power its boot is over.
func (l *ledger) save() {
	next := l.file + ".new"
	err := os.WriteFile(next, l.text(), 0o600)
	if err == nil {
		err = os.Rename(next, l.file)
	}
	if err != nil {
		l.log.Error("ledger of addresses cannot be written: they may not be recognised after a restart", "error", err)
	}
}
