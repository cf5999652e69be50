package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is kept of an upgrade comes back, of that host and that upgrade, and nobody else
// may read it; what a writer has left unfinished is swept.
func TestHistories(t *testing.T) {
	d := openDir(t, t.TempDir())
	check(t, d.SaveHistory("lb01", "nginx", []byte("first")))
	check(t, d.SaveHistory("lb01", "nginx", []byte("second")))
	check(t, d.SaveHistory("lb01", "app", []byte("other")))
	same(t, "the history", "second", string(must(d.History("lb01", "nginx"))(t)))
	for _, absent := range [][2]string{{"lb01", "haproxy"}, {"lb02", "nginx"}} {
		if _, err := d.History(absent[0], absent[1]); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: %v", absent, err)
		}
	}
	unfinished := filepath.Join(d.Upgrades("lb01"), temporary+"x"+unwritten)
	check(t, os.WriteFile(unfinished, nil, 0o600))
	openDir(t, d.Path())
	same(t, "what is in the folder", `drwx------ lb01.upgrades
-rw------- lb01.upgrades/app.json
-rw------- lb01.upgrades/nginx.json
`, listing(t, filepath.Join(d.Path(), "state")))
}

// A name that would be a file elsewhere is none, and what others could write is not
// believed.
func TestHistoriesRefuse(t *testing.T) {
	d := openDir(t, t.TempDir())
	for _, name := range []string{"../nginx", "", ".nginx", "a/b"} {
		if err := d.SaveHistory("lb01", name, nil); err == nil || !strings.Contains(err.Error(), "it cannot be the name of a file") {
			t.Errorf("%q: %v", name, err)
		}
	}
	check(t, d.SaveHistory("lb01", "nginx", []byte("x")))
	check(t, os.Chmod(filepath.Join(d.Upgrades("lb01"), "nginx.json"), 0o666))
	d.Guarded = true
	if _, err := d.History("lb01", "nginx"); err == nil || !strings.Contains(err.Error(), "it is not believed") {
		t.Errorf("read: %v", err)
	}
}
