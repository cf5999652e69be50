package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hactl/schemas/plan"
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

// A secret that everybody can read, or others write, is none; what to do is said.
func TestOpenSecretsAreRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "key")
	for _, c := range []struct {
		file, folder os.FileMode
		want         string // empty: it is read
	}{
		{0o600, 0o755, ""},
		{0o640, 0o755, ""},
		{0o644, 0o755, file + " is open to everybody: its mode is 0644; chmod 0600 " + file},
		{0o600, 0o777, dir + " can be written by everybody: its mode is 0777; chmod o-w " + dir},
	} {
		for _, err := range []error{os.WriteFile(file, []byte("s3cret\n"), 0o600), os.Chmod(file, c.file), os.Chmod(dir, c.folder)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		p := &plan.Plan{Routers: []plan.Router{{Auth: &plan.Auth{SecretFile: file}}}}
		secrets, refused := readSecrets(p)
		got := ""
		if err := refused[file]; err != nil {
			got = err.Error()
		}
		if got != c.want || (secrets[file] == "s3cret") != (c.want == "") {
			t.Errorf("mode %04o in %04o: %q, read %t; want %q", c.file, c.folder, got, secrets[file] != "", c.want)
		}
	}
}

// No control socket is opened where others could put theirs in its place.
func TestSocketInAnOpenFolder(t *testing.T) {
	dir := t.TempDir()
	for mode, want := range map[os.FileMode]string{
		0o755: "", 0o777 | os.ModeSticky: "",
		0o777: "others could put a socket of their own there: " + dir + " can be written by everybody: its mode is 0777; chmod o-w " + dir,
	} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		l, err := listenUnix(filepath.Join(dir, "sock"))
		if err == nil {
			info, statErr := os.Stat(filepath.Join(dir, "sock"))
			if statErr != nil || info.Mode().Perm() != 0o660 {
				t.Errorf("mode %v: the socket is %v, %v", mode, info, statErr)
			}
			l.Close()
		}
		if got := fmt.Sprint(err); got != want && (err != nil || want != "") {
			t.Errorf("mode %v: %v, want %q", mode, err, want)
		}
	}
}
