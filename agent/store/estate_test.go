package store

import (
	"errors"
	"io/fs"
	"testing"
)

// What an agent leaves comes back until it is taken away, and only its owner reads it.
func TestEstateComesBack(t *testing.T) {
	path := t.TempDir()
	d := openDir(t, path)
	gone := func() {
		t.Helper()
		if _, err := d.Estate("lb01"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("nothing is there, and reading it says %v", err)
		}
	}
	gone()
	for _, text := range []string{"a longer one", "one"} {
		check(t, d.SaveEstate("lb01", []byte(text)))
		same(t, "estate", text, string(must(openDir(t, path).Estate("lb01"))(t)))
	}
	same(t, "what is in the folder", "drwx------ state\n-rw------- state/lb01.estate\n", listing(t, path))
	check(t, d.SaveEstate("lb01", nil))
	gone()
	check(t, d.SaveEstate("lb01", nil))
	if d.SaveEstate("../lb01", nil) == nil || second(d.Estate("../lb01")) == nil {
		t.Error("a host name that leads out of the folder was taken")
	}
}
