package kernel

import (
	"bytes"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bootID is this machine's.
func bootID(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(bootFile)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// a100 is an address in a ledger.
var a100 = line{"eth0", 2, netip.MustParsePrefix("10.0.0.100/32")}

// adding is the op that a100 comes from.
var adding = []change{op{verb: add, link: a100.link, index: a100.index, prefix: a100.prefix}}

func TestLedgerIsRead(t *testing.T) {
	boot := bootID(t)
	tests := []struct {
		name, text string
		has        bool
		said       string // in the log; empty: nothing
	}{
		{"whole", "hactl addresses 1 " + boot + "\neth0 2 10.0.0.100/32\neth1 3 fe80::1/128\n", true, ""},
		{"none", "", false, ""},
		{"of another boot", "hactl addresses 1 0f6f5c2e\neth0 2 10.0.0.100/32\n", false, ""},
		{"of a link that was made again", "hactl addresses 1 " + boot + "\neth0 7 10.0.0.100/32\n", false, ""},
		{"of another format", "hactl addresses 2 " + boot + "\neth0 2 10.0.0.100/32\n", false, "unknown format"},
		{"cut", "hactl addresses 1 " + boot + "\neth0 2 10.0.0.100/32\neth0 2 10.0", false, "amid a line"},
		{"cut by chance at the end of a number", "hactl addresses 1 " + boot + "\neth0 2 10.0.0.100/32\neth0 2 10.0.0.1/3", false, "amid a line"},
		{"damaged", "hactl addresses 1 " + boot + "\neth0 2 10.0.0.100/32\neth0 10.0.0.1/32\n", false, "read line"},
		{"damaged address", "hactl addresses 1 " + boot + "\neth0 2 10.0.0.100/32\neth0 2 10.0.0.1/99\n", false, "prefix length out of range"},
		{"zeroes", strings.Repeat("\x00", 100), false, "unknown format"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "addresses")
			if test.text != "" {
				if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var said bytes.Buffer
			l := newLedger(file, slog.New(slog.NewTextHandler(&said, nil)))
			if l.has(a100) != test.has {
				t.Errorf("has eth0 2 10.0.0.100/32: %t", !test.has)
			}
			if !strings.Contains(said.String(), test.said) || test.said == "" && said.Len() > 0 {
				t.Errorf("said %q, want %q", said.String(), test.said)
			}
		})
	}
}

func TestLedgerIsWrittenBeforeTheAddress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "addresses")
	log := slog.New(slog.DiscardHandler)
	newLedger(file, log).note(adding) // and then the agent is killed
	if !newLedger(file, log).has(a100) {
		t.Error("an address that may be on the link is not known")
	}
}

func TestLedgerForgetsWhatIsGone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "addresses")
	log := slog.New(slog.DiscardHandler)
	l := newLedger(file, log)
	l.note(adding)
	l.keep(nil, false)
	if l.has(a100) || newLedger(file, log).has(a100) {
		t.Error("an address that is gone is still known")
	}
}

func TestLedgerThatCannotBeWritten(t *testing.T) {
	var said bytes.Buffer
	l := newLedger(filepath.Join(t.TempDir(), "missing", "addresses"), slog.New(slog.NewTextHandler(&said, nil)))
	l.note(adding)
	if !l.has(a100) {
		t.Error("the address is not known even to this agent")
	}
	if !strings.Contains(said.String(), "may not be recognised after a restart") {
		t.Errorf("said %q", said.String())
	}
}

// FuzzLedger: what was read is written so that it reads the same.
func FuzzLedger(f *testing.F) {
	f.Add("hactl addresses 1 b\neth0 2 10.0.0.100/32\neth1 3 fe80::1/128\n")
	f.Add("hactl addresses 1 b\neth0 2 10.0.0")
	f.Fuzz(func(t *testing.T, text string) {
		l := &ledger{boot: "b", lines: map[line]bool{}, log: slog.New(slog.DiscardHandler)}
		if l.parse(text) != nil {
			return
		}
		again := &ledger{boot: "b", lines: map[line]bool{}}
		if err := again.parse(string(l.text())); err != nil {
			t.Fatalf("cannot read %q: %v", l.text(), err)
		}
		if len(again.lines) != len(l.lines) {
			t.Errorf("%d lines, then %d", len(l.lines), len(again.lines))
		}
	})
}
