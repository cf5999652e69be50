package lang_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hactl/lang"
)

// TestReadable reads files of the folder and beside it, by all the ways that
// lead there. Each line says what is written, and the value or what the finding
// says.
func TestReadable(t *testing.T) {
	base := readableTree(t)
	folder := open(t, filepath.Join(base, "site"))
	tables := open(t, filepath.Join(base, "tables"))
	device := open(t, "/dev")
	const leaves = "leaves the configuration's folder"
	for _, c := range []struct {
		path        string // BASE stands for the folder of all
		want, allow string // without and with tables and /dev allowed; "" for the same
	}{
		{path: "own.txt", want: "own"},
		{path: "sub/../own.txt", want: "own"},
		{path: "../site/own.txt", want: leaves},
		{path: "none.txt", want: `there is no file "none.txt" in the configuration's folder`},
		{path: "", want: leaves},
		{path: ".", want: "it is no regular file"},
		{path: "..", want: leaves},
		{path: "/", want: leaves},
		{path: "../tables/a.txt", want: leaves, allow: "table a"},
		{path: "BASE/tables/a.txt", want: leaves, allow: "table a"},
		{path: "BASE//tables/./sub/../a.txt", want: leaves, allow: "table a"},
		{path: "../tables", want: leaves},
		{path: "../tables/", want: leaves},
		{path: "../tables/none.txt", want: leaves, allow: `there is no file "../tables/none.txt"`},
		{path: "../tables/../secret.txt", want: leaves},
		{path: "../tables-too/a.txt", want: leaves},
		{path: "BASE/secret.txt", want: leaves},
		{path: "link-in.txt", want: "own"},
		{path: "link-out.txt", want: "it is a link that leads out of the folder"},
		{path: "link-folder/a.txt", want: "it is a link that leads out of the folder"},
		{path: "../tables/link-out.txt", want: leaves, allow: "it is a link that leads out of the folder"},
		{path: "pipe", want: "it is no regular file"},
		{path: "../tables/pipe", want: leaves, allow: "it is no regular file"},
		{path: "/dev/zero", want: leaves, allow: "it is no regular file"},
		{path: "huge.txt", want: "it is larger than 64 MiB"},
		{path: "../tables/huge.txt", want: leaves, allow: "it is larger than 64 MiB"},
		{path: "binary.txt", want: "it holds a zero byte"},
	} {
		path := strings.ReplaceAll(c.path, "BASE", filepath.ToSlash(base))
		if got := readOne(folder, lang.Options{}, path); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %s", c.path, got, c.want)
		}
		allowed := lang.Options{Folder: filepath.ToSlash(folder.Path), Allowed: []lang.Folder{device, tables}}
		if c.allow == "" {
			c.allow = c.want
		}
		if got := readOne(folder, allowed, path); !strings.Contains(got, c.allow) {
			t.Errorf("%s, allowed: %s\nwant %s", c.path, got, c.allow)
		}
	}
}

// TestReadableByAll has the other functions that read files.
func TestReadableByAll(t *testing.T) {
	base := readableTree(t)
	site := open(t, filepath.Join(base, "site"))
	opts := lang.Options{Folder: filepath.ToSlash(site.Path), Allowed: []lang.Folder{open(t, filepath.Join(base, "tables"))}}
	const text = `
host "lb01" {
  ssh = templatefile("../tables/a.tftpl", { name = "x" })
}
host "lb02" {
  ssh = fileexists("../tables/a.txt") && !fileexists("../tables/b.txt") ? "yes" : "no"
}
`
	write(t, site.Path, "main.ha.hcl", text)
	config, diags := lang.Load(site.FS, opts)
	if len(diags) > 0 {
		t.Fatal(printed(diags))
	}
	if a, b := config.Hosts()[0].String("ssh").V, config.Hosts()[1].String("ssh").V; a != "name x" || b != "yes" {
		t.Errorf("%q and %q", a, b)
	}
	_, diags = lang.Load(site.FS, lang.Options{})
	if got := printed(diags); strings.Count(got, "leaves the configuration's folder") < 2 {
		t.Errorf("nothing is allowed, and it reads files:\n%s", got)
	}
}

// readOne returns what file(path) is in a folder, or the finding.
func readOne(folder lang.Folder, opts lang.Options, path string) string {
	text := "host \"a\" {\n  ssh = file(\"" + path + "\")\n}\n"
	if err := os.WriteFile(filepath.Join(folder.Path, "main.ha.hcl"), []byte(text), 0o600); err != nil {
		return err.Error()
	}
	config, diags := lang.Load(folder.FS, opts)
	if len(diags) > 0 {
		return printed(diags)
	}
	return config.Hosts()[0].String("ssh").V
}

// readableTree makes a folder site, a folder tables beside it, and what may not
// be read.
func readableTree(t *testing.T) string {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, base, "secret.txt", "secret")
	write(t, base, "site/own.txt", "own")
	write(t, base, "site/sub/x", "")
	write(t, base, "site/binary.txt", "a\x00")
	write(t, base, "tables/a.txt", "table a")
	write(t, base, "tables/a.tftpl", "name ${name}")
	write(t, base, "tables/sub/x", "")
	write(t, base, "tables-too/a.txt", "secret")
	for name, target := range map[string]string{
		"site/link-in.txt": "own.txt", "site/link-out.txt": "../secret.txt", "site/link-folder": "../tables-too", "tables/link-out.txt": "../secret.txt",
	} {
		if err := os.Symlink(target, filepath.Join(base, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"site", "tables"} {
		if err := syscall.Mkfifo(filepath.Join(base, dir, "pipe"), 0o600); err != nil {
			t.Fatal(err)
		}
		write(t, base, dir+"/huge.txt", "")
		if err := os.Truncate(filepath.Join(base, dir, "huge.txt"), lang.MaxFile+1); err != nil {
			t.Fatal(err)
		}
	}
	return base
}

func write(t *testing.T, base, name, text string) {
	t.Helper()
	path := filepath.Join(base, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// open opens a folder as the command line does.
func open(t *testing.T, path string) lang.Folder {
	t.Helper()
	root, err := os.OpenRoot(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return lang.Folder{Path: filepath.ToSlash(path), FS: root.FS()}
}
