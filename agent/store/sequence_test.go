package store

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
)

func TestSequenceComesBack(t *testing.T) {
	path := t.TempDir()
	d := openDir(t, path)
	if _, err := d.Sequence("lb01"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the first: %v", err)
	}
	for _, mark := range []uint64{math.MaxUint64, 7, 0x6800000080000000} {
		check(t, d.SaveSequence("lb01", mark))
		if got := must(openDir(t, path).Sequence("lb01"))(t); got != mark {
			t.Errorf("%d came back as %d", mark, got)
		}
	}
	same(t, "what is in the folder", "drwx------ state\n-rw------- state/lb01.sequence\n", listing(t, path))
}

// A mark that is damaged is an error, and not a number.
func TestDamagedSequence(t *testing.T) {
	d := openDir(t, t.TempDir())
	check(t, d.SaveSequence("lb01", 7))
	for _, text := range []string{"", "7\n8\n", "-1\n", "x"} {
		check(t, os.WriteFile(filepath.Join(d.Path(), "state", "lb01.sequence"), []byte(text), private))
		if got, err := d.Sequence("lb01"); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q is read as %d, %v", text, got, err)
		}
	}
	if err := d.SaveSequence("../lb01", 7); err == nil {
		t.Error("a host name that leads out of the folder was taken")
	}
}
