package rollout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hactl/schemas/plan"
)

// shelf is a store that notes, by virtual time, until when plans are on trial.
type shelf struct {
	mu    sync.Mutex
	began time.Time
	lines []string
	until map[string]time.Time
	away  string // a host that cannot be reached; empty: none
}

func (s *shelf) PutPlan(_ context.Context, host string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if host == s.away {
		return errors.New("no route to host")
	}
	doc, err := plan.Decode(data)
	if err != nil {
		return err
	}
	t := doc.OnTrial()
	left := time.Duration(t.Within) * time.Second
	s.until[host] = time.Now().Add(left)
	s.lines = append(s.lines, fmt.Sprintf("%v %s round %d for %v", time.Since(s.began), host, t.Round, left))
	return nil
}

// left is how long a host's plan is on trial still.
func (s *shelf) left(host string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Until(s.until[host])
}

func (s *shelf) Status(context.Context, string) ([]byte, error) { return nil, fs.ErrNotExist }

// tryingOut runs a rollout of lb01 and lb02, on trial for 60 s.
func tryingOut(t *testing.T, carry func(put func(host string), s *shelf) error) (s *shelf, until time.Duration, err error) {
	s = &shelf{began: time.Now(), until: map[string]time.Time{}}
	var steps []Step
	for _, host := range []string{"lb02", "lb01"} {
		doc := plan.Empty(host)
		data, err := plan.Encode(&doc.Plan, doc.Envelope)
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, Step{Host: host, Document: doc, Data: data})
	}
	try := NewTryout(&Plans{Store: s, Steps: steps}, time.Minute)
	if got := strings.Join(try.hosts, " "); got != "lb01 lb02" {
		t.Errorf("the hosts are %s", got)
	}
	put := func(host string) {
		for _, step := range steps {
			if step.Host == host {
				if err := try.PutPlan(t.Context(), host, step.Data); err != nil {
					t.Error(err)
				}
			}
		}
	}
	at, err := try.Around(t.Context(), func() error { return carry(put, s) })
	if !at.IsZero() {
		until = at.Sub(s.began)
	}
	return s, until, err
}

// The time counts from the end of the rollout, for all alike, and nobody goes back
// before.
func TestTryoutEndsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, until, err := tryingOut(t, func(put func(string), s *shelf) error {
			put("lb02")
			for range 100 {
				<-time.After(time.Second)
				synctest.Wait()
				if left := s.left("lb02"); left < 20*time.Second {
					t.Fatalf("%v are left of the time of lb02", left)
				}
			}
			put("lb01")
			return nil
		})
		if err != nil || until != 160*time.Second {
			t.Errorf("until %v, %v", until, err)
		}
		for host, at := range s.until {
			if at.Sub(s.began) != until {
				t.Errorf("%s goes back at %v:\n%s", host, at.Sub(s.began), strings.Join(s.lines, "\n"))
			}
		}
	})
}

// After a failure all go back when the first one would: also the one that cannot be
// told any more.
func TestTryoutFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, until, err := tryingOut(t, func(put func(string), s *shelf) error {
			put("lb02")
			<-time.After(20 * time.Second)
			put("lb01")
			s.mu.Lock()
			s.away = "lb02"
			s.mu.Unlock()
			<-time.After(20 * time.Second)
			return errors.New("lb02 did not confirm")
		})
		if err == nil || until != 60*time.Second {
			t.Errorf("until %v, %v", until, err)
		}
		for host, at := range s.until {
			if at.Sub(s.began) != until {
				t.Errorf("%s goes back at %v:\n%s", host, at.Sub(s.began), strings.Join(s.lines, "\n"))
			}
		}
	})
}

// An interrupt ends the rollout, and all go back together even so.
func TestTryoutInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc := plan.Empty("lb01")
		data, err := plan.Encode(&doc.Plan, doc.Envelope)
		if err != nil {
			t.Fatal(err)
		}
		s := &shelf{began: time.Now(), until: map[string]time.Time{}}
		try := NewTryout(&Plans{Store: s, Steps: []Step{{Host: "lb01", Document: doc, Data: data}}}, time.Minute)
		ctx, interrupt := context.WithCancel(t.Context())
		until, err := try.Around(ctx, func() error {
			err := try.PutPlan(ctx, "lb01", data)
			<-time.After(10 * time.Second)
			interrupt()
			return errors.Join(err, ctx.Err())
		})
		if !errors.Is(err, context.Canceled) || until.Sub(s.began) != time.Minute || s.until["lb01"] != until {
			t.Errorf("until %v, %v:\n%s", until.Sub(s.began), err, strings.Join(s.lines, "\n"))
		}
		if got := strings.Join(s.lines, "\n"); got != "0s lb01 round 1 for 1m0s\n10s lb01 round 2 for 50s" {
			t.Errorf("published\n%s", got)
		}
	})
}

// What was not published is not on trial.
func TestTryoutOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, until, err := tryingOut(t, func(func(string), *shelf) error { return errors.New("interrupted") })
		if err == nil || until != 0 {
			t.Errorf("until %v, %v", until, err)
		}
	})
}
