package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// On a terminal init asks, and writes a file that is valid and formatted.
func TestInitOnTerminal(t *testing.T) {
	keyboard, screen := openTerminal(t)
	dir := filepath.Join(t.TempDir(), "asked")
	if _, err := keyboard.WriteString("a=10.1.0.1/24, b c\nens3\n10.1.0.9/24\n\n"); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	if code := run([]string{"init", dir}, screen, screen, &stderr); code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	shown := readUntil(t, keyboard, "follow its plan")
	for _, want := range []string{
		"Hosts, the preferred one first, NAME or NAME=ADDRESS/LENGTH [lb01 lb02]: ",
		"Interface that they share a network on [eth0]: ",
		"Address that is to survive, with prefix length [10.0.0.100/24]: ",
		"Number of the virtual router, unique on that network [9]: ",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("it did not ask %q:\n%s", want, shown)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, firstFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"hosts     = [host.a, host.b, host.c]", `interface = "ens3"`, `addresses = ["10.1.0.9/24"]`, "vrid      = 9\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, args := range [][]string{{"validate", dir}, {"fmt", "--check", dir}} {
		var out bytes.Buffer
		if code := run(args, nil, &out, &out); code != 0 {
			t.Errorf("%s ends with %d:\n%s", args[0], code, &out)
		}
	}
}

// readUntil returns what f shows, up to some words.
func readUntil(t *testing.T, f *os.File, words string) string {
	t.Helper()
	var shown []byte
	for part := make([]byte, 1024); !bytes.Contains(shown, []byte(words)); {
		n, err := f.Read(part)
		if err != nil {
			t.Fatalf("%v after\n%s", err, shown)
		}
		shown = append(shown, part[:n]...)
	}
	return string(shown)
}

// openTerminal returns both ends of a new terminal: what a person has, and what
// a program has.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}
