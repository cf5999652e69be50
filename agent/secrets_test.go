package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"hactl/schemas/plan"
)

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
