package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

// lossy is a store of which every answer to a change of intents is lost.
type lossy struct{ *store.Dir }

func (l lossy) PutIntents(ctx context.Context, host string, doc, over []byte) error {
	return errors.Join(errors.New("connection lost"), l.Dir.PutIntents(ctx, host, doc, over))
}

// A host that stands aside for a move alone does so no longer when the move has
// failed: also when nobody knows whether it was told, and when others have told it
// something meanwhile.
func TestOrderEndsWhatPasses(t *testing.T) {
	dir, err := store.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	lb01 := &fleet.Member{Known: fleet.Known{Host: "lb01"}}
	f := &fleet.Fleet{Store: lossy{dir}, Members: []*fleet.Member{lb01}, Plans: fleet.NewGeneration()}
	f.Plans.Add("lb01", &plan.Plan{Routers: []plan.Router{{ID: "web/public/ipv4", Vip: "web/public"}}})
	lb01.Read(t.Context(), f.Store)
	mark := intent.Mark{By: "test", Since: time.Unix(1, 0).UTC()}
	o := &order{fleet: f, vip: "web/public", routers: f.Plans.IDs(), from: "lb01", mark: mark, passing: []string{"lb01"}}
	if o.tell(t.Context(), lb01) == nil {
		t.Fatal("an answer was not lost")
	}
	written := func() *intent.Host {
		data, err := dir.Intents(t.Context(), "lb01")
		if err != nil {
			t.Fatal(err)
		}
		h, err := intent.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := written()
	if h.Hold("web/public") == nil {
		t.Fatal("lb01 was not told")
	}
	h.Drain = &mark
	if err := dir.PutIntents(t.Context(), "lb01", intent.Encode(h), intent.Encode(written())); err != nil {
		t.Fatal(err)
	}

	f.Store = dir
	o.end(t.Context(), &move{})
	if h := written(); h.Hold("web/public") != nil || h.Drain == nil {
		t.Errorf("lb01 is told %+v, want it drained and not held", *h)
	}
}
