package store

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

func TestTrialComesBack(t *testing.T) {
	path := t.TempDir()
	d := openDir(t, path)
	if _, err := d.Trial("lb01"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the first: %v", err)
	}
	check(t, d.SaveTrial("lb01", nil)) // there was nothing
	check(t, d.SaveTrial("lb01", []byte("one")))
	check(t, d.SaveTrial("lb01", []byte("another")))
	same(t, "the record", "another", string(must(openDir(t, path).Trial("lb01"))(t)))
	same(t, "what is in the folder", "drwx------ state\n-rw------- state/lb01.trial\n", listing(t, path))
	check(t, d.SaveTrial("lb01", nil))
	same(t, "what is in the folder", "drwx------ state\n", listing(t, path))
	if err := d.SaveTrial("../lb01", []byte("x")); err == nil {
		t.Error("a host name that leads out of the folder was taken")
	}
}

// What others could have written is nothing to go back to.
func TestTrialIsGuarded(t *testing.T) {
	d := openDir(t, t.TempDir())
	check(t, d.SaveTrial("lb01", []byte("one")))
	check(t, os.Chmod(d.trial("lb01"), 0o666))
	d.Guarded = true
	_, err := d.Trial("lb01")
	wantError(t, err, "it is not believed")
}

// A plan is replaced by whoever has seen what it replaces, also where there is none.
func TestReplacePlan(t *testing.T) {
	d, ctx := openDir(t, t.TempDir()), soon(t)
	one, two := document(t, "lb01", 1, 254), document(t, "lb01", 1, 200)
	check(t, d.ReplacePlan(ctx, "lb01", one, nil))
	for _, over := range [][]byte{nil, two} {
		if err := d.ReplacePlan(ctx, "lb01", two, over); !errors.Is(err, ErrChanged) {
			t.Errorf("got %v, want ErrChanged", err)
		}
	}
	same(t, "the plan, not replaced", string(one), string(must(d.Plan(ctx, "lb01"))(t)))
	check(t, d.ReplacePlan(ctx, "lb01", two, one))
	same(t, "the plan, replaced", string(two), string(must(d.Plan(ctx, "lb01"))(t)))
	wantError(t, d.ReplacePlan(ctx, "lb02", one, nil), `it is the plan of host "lb01"`)
}
