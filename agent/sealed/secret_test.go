package sealed

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A secret file is a file: a pipe that nobody writes into is not waited for, a
// device is not read for ever, and of a large file the beginning is enough.
func TestReadSecret(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("file"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("large"), []byte(strings.Repeat("x", 2*longestSecret)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", at("link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, bytes := range map[string]int{
		at("file"): 7, at("link"): 7, at("large"): longestSecret, at("pipe"): -1, at("none"): -1, dir: -1, "/dev/zero": -1,
	} {
		got := -1
		if data, err := readSecret(name); err == nil {
			got = len(data)
		}
		if got != bytes {
			t.Errorf("%s: %d bytes, want %d", name, got, bytes)
		}
	}
}

func TestSecret(t *testing.T) {
	key := strings.Repeat("k", 32)
	for _, c := range []struct {
		content string
		key     bool
		want    string
	}{
		{"s3cret\n", false, "s3cret"},
		{"s3cret\r\nand more\n", false, "s3cret"},
		{"hex:00", false, "hex:00"},
		{"hex:" + hex.EncodeToString([]byte(key)), true, key},
		{"hex:" + strings.ToUpper(hex.EncodeToString([]byte(key))) + "\n", true, key},
		{"hex:0g", true, ""},
		{"", true, ""},
	} {
		file := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Secret(file, c.key); err != nil || got != c.want {
			t.Errorf("%q: %q, %v; want %q", c.content, got, err, c.want)
		}
	}
}
