package agent_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hactl/agent"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// uptimes is a host's clock in virtual time, and its boots.
type uptimes struct {
	boot  string
	began time.Time
}

// uptime is that of agent.Config.
func (m *uptimes) uptime() (string, time.Duration) { return m.boot, time.Since(m.began) }

// onTrial puts a plan on trial into the store, and lets the agent look.
func (b *bench) onTrial(t *testing.T, priority int, trial plan.Trial) (hash string) {
	t.Helper()
	data, err := plan.Encode(&plan.Plan{Host: "lb01", Routers: []plan.Router{router(priority)}},
		plan.Envelope{AppliedBy: "ops@desk", AppliedAt: time.Now().UTC().Format(time.RFC3339), Trial: &trial})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := plan.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	b.store.mu.Lock()
	b.store.plan = data
	changed := b.store.changed
	b.store.mu.Unlock()
	if changed != nil {
		changed()
	}
	return doc.Hash
}

// agentsOf runs agents of one host in virtual time, one after the other on one store.
func agentsOf(t *testing.T, f func(*testing.T, *uptimes, func(use func(*bench)))) {
	synctest.Test(t, func(t *testing.T) {
		m := &uptimes{boot: "b1", began: time.Now().Add(-time.Hour)}
		store := &fakeStore{}
		f(t, m, func(use func(*bench)) {
			b := &bench{kernel: &fakeKernel{}, store: store, log: &logged{}, ended: make(chan error, 1)}
			log := slog.New(slog.NewTextHandler(b.log, nil))
			b.Agent = agent.New(agent.Config{Host: "lb01", Version: "test", Log: log, Uptime: m.uptime}, b.kernel, store)
			ctx, stop := context.WithCancel(t.Context())
			b.start(ctx)
			pass(settled)
			use(b)
			stop()
			if err := <-b.ended; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	})
}

// says compares what the newest report says of the trial.
func (b *bench) says(t *testing.T, follows, state string) status.Trial {
	t.Helper()
	s := b.store.last(t)
	switch {
	case s.Plan.Hash != follows:
		t.Fatalf("follows %s, want %s", s.Plan.Hash, follows)
	case s.Trial == nil && state == "":
		return status.Trial{}
	case s.Trial == nil || s.Trial.State != state:
		t.Fatalf("reported %+v, want %q", s.Trial, state)
	}
	return *s.Trial
}

// Nobody confirms: the plan before is followed and is in the store again, kept for the
// next start, reported and logged.
func TestLoopReturns(t *testing.T) {
	agentsOf(t, func(t *testing.T, m *uptimes, agents func(func(*bench))) {
		agents(func(b *bench) {
			before := b.store.publish(t, router(254))
			pass(settled)
			hash := b.onTrial(t, 200, plan.Trial{ID: "a", Within: 60, Hosts: []string{"lb01", "lb02"}})
			pass(settled)
			s := b.says(t, hash, status.OnTrial)
			if left := time.Until(s.Until); s.Before != before || s.By != "ops@desk" || len(s.Hosts) != 2 || left < 59*time.Second || left > time.Minute {
				t.Errorf("reported %+v, for %v", s, left)
			}
			pass(59 * time.Second)
			b.says(t, hash, status.OnTrial)
			pass(time.Second)
			s = b.says(t, before, status.Returned)
			if s.Plan != hash || s.Why != "nobody confirmed the plan within 1m0s" || s.Ended == nil || time.Since(s.Ended.Since) > time.Second {
				t.Errorf("reported %+v", s)
			}
			doc, err := plan.Decode(b.store.plan)
			if err != nil || doc.Hash != before || doc.Envelope.Trial != nil || string(b.store.good) != string(b.store.plan) {
				t.Errorf("in the store: %v, %v", doc, err)
			}
			if n := b.log.times("the host goes back to the plan before"); n != 1 {
				t.Errorf("logged %d times", n)
			}
		})
		agents(func(b *bench) {
			if s := b.store.last(t); s.Trial == nil || s.Trial.State != status.Returned || s.Problem != "" {
				t.Errorf("the next agent reports %+v, %q", s.Trial, s.Problem)
			}
		})
	})
}

// A confirmation in the store lets the plan stay.
func TestLoopConfirmed(t *testing.T) {
	agentsOf(t, func(t *testing.T, m *uptimes, agents func(func(*bench))) {
		agents(func(b *bench) {
			b.store.publish(t, router(254))
			pass(settled)
			hash := b.onTrial(t, 200, plan.Trial{ID: "a", Within: 60})
			pass(settled)
			confirmed := func(id string) []byte {
				return intent.Encode(&intent.Host{Host: "lb01", Confirmed: &intent.Confirmation{Trial: id, Mark: intent.Mark{By: "ops@desk", Since: time.Now().UTC()}}})
			}
			b.wishes(confirmed("b"))
			b.says(t, hash, status.OnTrial)
			b.wishes(confirmed("a"))
			if s := b.says(t, hash, status.Confirmed); s.Ended.By != "ops@desk" || s.Before != "" {
				t.Errorf("reported %+v", s)
			}
			pass(time.Hour)
			b.says(t, hash, status.Confirmed)
			next := b.store.publish(t, router(250))
			pass(settled)
			b.says(t, next, "")
			if b.store.trial != nil {
				t.Errorf("kept: %s", b.store.trial)
			}
		})
	})
}

// The time goes on over the end of an agent, however it ends; and over a start of the
// machine nobody knows how long it was.
func TestLoopReturnsAfterRestart(t *testing.T) {
	agentsOf(t, func(t *testing.T, m *uptimes, agents func(func(*bench))) {
		var before, hash string
		agents(func(b *bench) {
			before = b.store.publish(t, router(254))
			pass(settled)
			hash = b.onTrial(t, 200, plan.Trial{ID: "a", Within: 60})
			pass(settled)
		})
		agents(func(b *bench) {
			b.says(t, hash, status.OnTrial)
			pass(time.Minute)
			b.says(t, before, status.Returned)
			hash = b.onTrial(t, 200, plan.Trial{ID: "b", Within: 60})
			pass(settled)
		})
		pass(2 * time.Minute)
		agents(func(b *bench) {
			b.says(t, before, status.Returned)
			if n := b.log.times(hash); n != 1 { // in the line that says that it goes back
				t.Errorf("the log has the plan on trial %d times", n)
			}
			hash = b.onTrial(t, 200, plan.Trial{ID: "c", Within: 60})
			pass(settled)
			b.says(t, hash, status.OnTrial)
		})
		m.boot, m.began = "b2", time.Now()
		agents(func(b *bench) {
			if s := b.says(t, before, status.Returned); !strings.Contains(s.Why, "the host was started anew") {
				t.Errorf("reported %+v", s)
			}
		})
	})
}

// A plan on trial is not followed where the way back cannot be kept. Where it cannot
// be gone in the store, it is gone all the same, and said.
func TestLoopTrialOnAFullDisk(t *testing.T) {
	agentsOf(t, func(t *testing.T, m *uptimes, agents func(func(*bench))) {
		agents(func(b *bench) {
			before := b.store.publish(t, router(254))
			pass(settled)
			full := func(err error) {
				b.store.mu.Lock()
				defer b.store.mu.Unlock()
				b.store.full = err
			}
			full(errors.New("no space left on device"))
			b.onTrial(t, 200, plan.Trial{ID: "a", Within: 60})
			pass(settled)
			b.says(t, before, "")
			if p := b.store.last(t).Problem; !strings.Contains(p, "the way back cannot be kept: no space left on device; the last good plan is followed") {
				t.Errorf("problem is %q", p)
			}
			full(nil)
			hash := b.onTrial(t, 200, plan.Trial{ID: "a", Within: 60})
			pass(settled)
			b.says(t, hash, status.OnTrial)
			full(errors.New("no space left on device"))
			pass(time.Minute)
			b.says(t, before, status.Returned)
			if p := b.store.last(t).Problem; !strings.Contains(p, "could not be replaced: no space left on device") {
				t.Errorf("problem is %q", p)
			}
			full(nil)
			b.wishes(nil)
			b.says(t, before, status.Returned)
			if doc, err := plan.Decode(b.store.plan); err != nil || doc.Hash != before || b.store.last(t).Problem != "" {
				t.Errorf("later: %v, %v, problem %q", doc, err, b.store.last(t).Problem)
			}
		})
	})
}

// until waits in real time.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s, in vain", what)
		}
	}
}

// Whoever may use the control socket may confirm, what is there or what he has seen.
func TestConfirmBySocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "agent.sock")
	b := newBench(socket)
	before := b.store.publish(t, router(254))
	ctx, stop := context.WithCancel(t.Context())
	defer func() { stop(); <-b.ended }()
	b.start(ctx)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	ask := func(body string, code int, says string) {
		t.Helper()
		until(t, "the agent to answer", func() bool {
			answer, err := client.Post("http://agent/v1/confirm", "application/json", strings.NewReader(body))
			if err != nil {
				return false
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil || answer.StatusCode != code || !strings.Contains(string(text), says) {
				t.Errorf("%q: %s %s %v; want %d %q", body, answer.Status, text, err, code, says)
			}
			return true
		})
	}
	ask("", http.StatusConflict, "no plan is on trial on this host")
	ask("{", http.StatusBadRequest, "read the confirmation")
	hash := b.onTrial(t, 200, plan.Trial{ID: "a", Within: 3600})
	follows := func(hash string) {
		t.Helper()
		until(t, "the agent to follow "+hash, func() bool {
			all := b.store.written()
			return len(all) > 0 && all[len(all)-1].Plan.Hash == hash
		})
	}
	follows(hash)
	ask(`{"trial": "b", "by": "ops@desk"}`, http.StatusConflict, "another plan is on trial on this host by now, a")
	ask(`{"trial": "a", "by": "ops@desk"}`, http.StatusOK, `"state":"confirmed"`)
	ask(`{"trial": "a"}`, http.StatusOK, `"by":"ops@desk"`)
	b.onTrial(t, 254, plan.Trial{ID: "c", Within: 3600})
	follows(before)
	ask("", http.StatusOK, `"id":"c"`)
	b.onTrial(t, 200, plan.Trial{ID: "d", Within: 1})
	follows(hash)
	follows(before)
	ask("", http.StatusConflict, "too late: this host went back to the plan before at ")
}
