package sealed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever can write a file, or a folder on its way, can change what it says.
func TestWriting(t *testing.T) {
	if os.Geteuid() != 0 || os.Chown(t.TempDir(), 65534, 65534) != nil {
		t.Skip("needs root of the machine itself")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	plans, file, link := at("plans"), at("plans/lb01.json"), at("link")
	for _, err := range []error{os.Mkdir(plans, 0o755), os.WriteFile(file, nil, 0o600), os.Symlink(file, link)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"as it should be", func() error { return nil }, ""},
		{"the file, by everybody", func() error { return os.Chmod(file, 0o606) }, file + " can be written by everybody: its mode is 0606; chmod o-w " + file},
		{"the file, by its own group", func() error { return os.Chmod(file, 0o660) }, ""},
		{"the file, by another group", func() error { return os.Chown(file, 0, 65534) }, file + " can be written by group 65534: its mode is 0660; chmod g-w " + file},
		{"another owner", func() error { return os.Chown(file, 65534, 0) }, file + " belongs to user 65534, who can change it; chown 0 " + file},
		{"mended", func() error { return os.Chown(file, 0, 0) }, ""},
		{"the folder", func() error { return os.Chmod(plans, 0o777) }, plans + " can be written by everybody: its mode is 0777; chmod o-w " + plans},
		{"a sticky folder", func() error { return os.Chmod(plans, 0o777|os.ModeSticky) }, ""},
		{"nothing there", func() error { return os.Remove(file) }, "follow " + file},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{file, link} {
			got := ""
			if err := Writing(path); err != nil {
				got = strings.ReplaceAll(err.Error(), "follow "+link, "follow "+file)
			}
			if got != step.want && (step.name != "nothing there" || !strings.HasPrefix(got, step.want)) {
				t.Errorf("%s, %s: %q, want %q", step.name, filepath.Base(path), got, step.want)
			}
		}
	}
}

func TestReading(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	for mode, want := range map[os.FileMode]string{
		0o600: "", 0o640: "",
		0o604: file + " is open to everybody: its mode is 0604; chmod 0600 " + file,
		0o602: file + " is open to everybody: its mode is 0602; chmod 0600 " + file,
	} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := Reading(file, info); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("mode %04o: %q, want %q", mode, got, want)
		}
	}
}

func TestElements(t *testing.T) {
	if got := strings.Join(Elements("/etc/hactl/key"), " "); got != "/ /etc /etc/hactl /etc/hactl/key" {
		t.Error(got)
	}
}
