package agent_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hactl/schemas/intent"
	"hactl/schemas/status"
)

// wishes puts intents into the store, and lets the agent look.
func (b *bench) wishes(data []byte) {
	b.store.mu.Lock()
	b.store.intents = data
	changed := b.store.changed
	b.store.mu.Unlock()
	changed()
	pass(settled)
}

// drained are the intents of a host that is drained.
func drained(host string) []byte {
	return intent.Encode(&intent.Host{Host: host, Drain: &intent.Mark{By: "ops@desk", Since: time.Unix(1, 0).UTC()}})
}

// What cannot be understood, or is of another host, changes nothing, and the
// report says so.
func TestLoopDamagedIntents(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, b *bench) {
		b.store.publish(t, router(254))
		b.wishes(drained("lb01"))
		if i := b.store.last(t).Intents; i == nil || i.Drained == nil || i.Drained.By != "ops@desk" || i.Problem != "" {
			t.Fatalf("drained: reported %+v", i)
		}
		for says, data := range map[string][]byte{
			"the intents in the store are not followed: decode intents: unexpected end": drained("lb01")[:40],
			"they are those of host lb02, not of lb01":                                  drained("lb02"),
			"intents of a newer format":                                                 []byte(`{"format": 2}`),
		} {
			b.wishes(data)
			if i := b.store.last(t).Intents; i == nil || i.Drained == nil || !strings.Contains(i.Problem, says) {
				t.Errorf("%s: reported %+v", data, i)
			}
		}
		b.store.mu.Lock()
		b.store.unreadable = errors.New("the disk is gone")
		b.store.mu.Unlock()
		b.wishes(drained("lb01"))
		if i := b.store.last(t).Intents; i.Drained == nil || i.Problem != "the intents cannot be read: the disk is gone" {
			t.Errorf("not readable: reported %+v", i)
		}
		if n := b.log.times("not following the newest intents"); n != 4 {
			t.Errorf("%d lines in the log, want 4", n)
		}
		b.wishes(nil)
		if i := b.store.last(t).Intents; i != nil {
			t.Errorf("no intents: reported %+v", i)
		}
	})
}

// A hold that ends with a plan does so when another one is followed, and not
// before; other holds stand.
func TestLoopHoldEndsWithPlan(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, b *bench) {
		hash := b.store.publish(t, router(254))
		pass(settled)
		held := &intent.Host{Host: "lb01"}
		mark := intent.Mark{By: "ops@desk", Since: time.Unix(1, 0).UTC()}
		held.Set(intent.Hold{Vip: "web/public", Mark: mark, Plan: hash})
		held.Set(intent.Hold{Vip: "web/other", Mark: mark})
		b.wishes(intent.Encode(held))
		reads := func(vips string, aside bool) {
			t.Helper()
			s := b.store.last(t)
			var have []string
			for _, h := range s.Intents.Holds {
				have = append(have, h.Vip)
			}
			if r := s.Routers[0]; strings.Join(have, " ") != vips || (r.Aside != "") != aside || r.Rank != r.Priority {
				t.Errorf("reported holds %q, router %+v; want %q", have, r, vips)
			}
		}
		reads("web/other web/public", true)
		if r := b.store.last(t).Routers[0]; r.Effective != 1 || r.Aside != "held elsewhere by ops@desk, 1970-01-01T00:00:01Z" {
			t.Errorf("held: reported %+v", r)
		}
		b.store.publish(t, router(200))
		pass(settled)
		reads("web/other", false)
	})
}

// An agent that starts on a drained host knows it before its routers do.
func TestLoopStartsDrained(t *testing.T) {
	prepare := func(b *bench) { b.store.intents = drained("lb01") }
	inBubble(t, prepare, func(t *testing.T, b *bench) {
		b.store.publish(t, router(254))
		pass(settled)
		for _, s := range b.store.written() {
			for _, r := range s.Routers {
				if r.Effective != 1 || s.State != status.Running {
					t.Errorf("reported %+v", r)
				}
			}
		}
	})
}
