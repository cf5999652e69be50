package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hactl/schemas/intent"
)

// drained are intents of a host that is drained by somebody.
func drained(host, by string) []byte {
	return intent.Encode(&intent.Host{Host: host, Drain: &intent.Mark{By: by, Since: time.Unix(1, 0).UTC()}})
}

// Intents are replaced by whoever has seen what they replace, in a folder and
// through ssh alike.
func TestIntents(t *testing.T) {
	remote, _ := fake(t, "lb01")
	for name, s := range map[string]Store{"folder": openDir(t, t.TempDir()), "ssh": remote} {
		t.Run(name, func(t *testing.T) {
			ctx := soon(t)
			if _, err := s.Intents(ctx, "lb01"); !errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("intents: got %v, want fs.ErrNotExist", err)
			}
			a, b := drained("lb01", "a"), drained("lb01", "b")
			check(t, s.PutIntents(ctx, "lb01", a, nil))
			same(t, "intents", string(a), string(must(s.Intents(ctx, "lb01"))(t)))
			for _, over := range [][]byte{nil, b} {
				err := s.PutIntents(ctx, "lb01", b, over)
				wantError(t, err, "put intents of lb01: somebody else has changed them meanwhile")
				if !errors.Is(err, ErrChanged) {
					t.Errorf("got %v, want ErrChanged", err)
				}
			}
			same(t, "intents, not replaced", string(a), string(must(s.Intents(ctx, "lb01"))(t)))
			check(t, s.PutIntents(ctx, "lb01", b, a))
			same(t, "intents, replaced", string(b), string(must(s.Intents(ctx, "lb01"))(t)))

			wantError(t, s.PutIntents(ctx, "lb01", drained("lb02", "a"), b), `put intents of lb01: they are the intents of host "lb02"`)
			wantError(t, s.PutIntents(ctx, "lb01", []byte("{}"), b), "not intents of hactl")
		})
	}
}

// A host whose hactl is older says that it does not know intents.
func TestIntentsOfAnOlderHost(t *testing.T) {
	s, root := fake(t, "lb01")
	trouble(t, root, "lb01", fmt.Sprintf("echo '%s'; read -r line; echo '%s'; cat >/dev/null; exit",
		`{"hello":"hactl store","protocol":1,"version":"0.1"}`, `{"error":"unknown request \"put-intents\""}`))
	wantError(t, s.PutIntents(soon(t), "lb01", drained("lb01", "a"), nil), `unknown request "put-intents"`)
}

// Everybody may read who drained a host, and nobody else writes it.
func TestIntentsLayout(t *testing.T) {
	d := openDir(t, t.TempDir())
	check(t, d.PutIntents(t.Context(), "lb01", drained("lb01", "a"), nil))
	same(t, "what is in the folder", "drwxr-xr-x intents\n-rw-r--r-- intents/lb01.json\n", listing(t, d.Path()))
	wantError(t, d.PutIntents(t.Context(), "../x", drained("../x", "a"), nil), "cannot be the name of a file")
}

func TestWatchIntents(t *testing.T) {
	d := openDir(t, t.TempDir())
	ctx, cancel := context.WithCancel(soon(t))
	told, ended := make(chan string, 100), make(chan error)
	go func() {
		ended <- d.WatchIntents(ctx, "lb01", func() {
			data, _ := os.ReadFile(filepath.Join(d.Path(), intents, "lb01.json"))
			told <- string(data)
		})
	}()
	until := func(want string) {
		t.Helper()
		for got := "?"; got != want; {
			select {
			case got = <-told:
			case <-ctx.Done():
				t.Fatalf("not told of %q", want)
			}
		}
	}
	until("")
	a := drained("lb01", "a")
	check(t, d.PutIntents(ctx, "lb01", a, nil))
	until(string(a))
	check(t, os.Remove(filepath.Join(d.Path(), intents, "lb01.json")))
	until("")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("WatchIntents returned %v", err)
	}
}
