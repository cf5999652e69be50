package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rollout returns one to lb01 and lb02.
func rollout(id string) Rollout {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return Rollout{ID: id, By: "ops@desk", Started: at, Written: at, Plans: map[string]string{"lb01": "sha256:01", "lb02": "sha256:02"}}
}

func TestRolloutComesBack(t *testing.T) {
	d := openDir(t, t.TempDir())
	r := rollout("a")
	r.Done = []string{"lb01"}
	check(t, d.PutRollout(t.Context(), r, ""))
	if diff := cmp.Diff(&r, must(d.Rollout(t.Context()))(t)); diff != "" {
		t.Error(diff)
	}
}

func TestSecondRolloutIsTold(t *testing.T) {
	d := openDir(t, t.TempDir())
	ctx := t.Context()
	check(t, d.PutRollout(ctx, rollout("a"), ""))
	err := d.PutRollout(ctx, rollout("b"), "")
	var busy *BusyError
	if !errors.As(err, &busy) || busy.Rollout.ID != "a" {
		t.Fatalf("got %v, want a BusyError about a", err)
	}
	same(t, "message", "record rollout: another one is not finished: rollout a of ops@desk to lb01, lb02, "+
		"begun 2026-01-02T03:04:05Z, last heard of 2026-01-02T03:04:05Z, 0 of 2 hosts done", err.Error())

	check(t, d.PutRollout(ctx, rollout("a"), "")) // its own progress
	wantError(t, d.PutRollout(ctx, rollout("b"), "c"), "rollout a")
	check(t, d.PutRollout(ctx, rollout("b"), "a")) // interrupted, and taken over
	finished := rollout("b")
	finished.Finished = true
	check(t, d.PutRollout(ctx, finished, ""))
	check(t, d.PutRollout(ctx, rollout("c"), ""))
}

// Of many that begin at once, one does.
func TestOneRolloutWins(t *testing.T) {
	path := t.TempDir()
	var won atomic.Int32
	var all sync.WaitGroup
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		all.Go(func() {
			d, err := OpenDir(path)
			if err == nil && d.PutRollout(context.Background(), rollout(id), "") == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d began", won.Load())
	}
}

// A record that is damaged is no record: it must not stop anybody.
func TestDamagedRollout(t *testing.T) {
	d := openDir(t, t.TempDir())
	for _, text := range []string{"", "{", "{}", `{"id":"a","plans":{"../x":""}}`} {
		check(t, os.WriteFile(filepath.Join(d.Path(), "rollout.json"), []byte(text), 0o600))
		if r, err := d.Rollout(t.Context()); r != nil || err != nil {
			t.Errorf("%q: got %v and %v", text, r, err)
		}
	}
	check(t, d.PutRollout(t.Context(), rollout("a"), ""))
}

func TestRolloutRefuses(t *testing.T) {
	d := openDir(t, t.TempDir())
	wantError(t, d.PutRollout(t.Context(), Rollout{ID: "a"}, ""), "it needs an id and a host")
	wantError(t, d.PutRollout(t.Context(), Rollout{Plans: rollout("").Plans}, ""), "it needs an id and a host")
	wantError(t, d.PutRollout(t.Context(), Rollout{ID: "a", Plans: map[string]string{"../x": ""}}, ""), "cannot be the name of a file")
}
