package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeSender takes as long as took for each delivery, and ends it with the next
// of its errors.
type fakeSender struct {
	took   time.Duration
	errs   []error
	unfit  atomic.Pointer[string] // what Ready says
	heard  []string               // "+3s web/a=active"
	looks  time.Duration          // that Ready takes, whatever happens
	most   int                    // of deliveries at one time
	active int
	begun  time.Time
}

func (s *fakeSender) Send(ctx context.Context, d Delivery) error {
	s.active++
	s.most = max(s.most, s.active)
	defer func() { s.active-- }()
	text := "+" + time.Since(s.begun).String()
	for _, e := range d.Events {
		text += fmt.Sprintf(" %s=%s", e.Vip, e.Event)
	}
	s.heard = append(s.heard, text)
	select {
	case <-time.After(s.took):
	case <-ctx.Done():
		return ctx.Err()
	}
	var err error
	if len(s.errs) > 0 {
		err, s.errs = s.errs[0], s.errs[1:]
	}
	return err
}

func (s *fakeSender) Ready(context.Context) error {
	<-time.After(s.looks)
	if text := s.unfit.Load(); text != nil {
		return errors.New(*text)
	}
	return nil
}

// bench is a notifier with fake senders, by the names of their targets.
type bench struct {
	*Notifier
	senders map[string]*fakeSender
	log     *bytes.Buffer
	rules   Rules // of targets that are opened
	ended   chan struct{}
}

// notified runs a notifier in virtual time, and f in it.
func notified(t *testing.T, f func(t *testing.T, b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{senders: map[string]*fakeSender{}, log: &bytes.Buffer{}, rules: Rules{Most: 1, Limit: room}, ended: make(chan struct{})}
		b.Notifier = New(slog.New(slog.NewTextHandler(b.log, nil)))
		b.open = func(p plan.Notify) (Sender, Rules) {
			s := b.senders[p.Name]
			if s == nil {
				s = &fakeSender{}
				b.senders[p.Name] = s
			}
			s.begun = time.Now()
			return s, b.rules
		}
		ctx, stop := context.WithCancel(t.Context())
		go func() { b.Run(ctx); close(b.ended) }()
		f(t, b)
		stop()
		<-b.ended
	})
}

// tell tells events "web/a=active" to targets.
func (b *bench) tell(targets string, events ...string) {
	for _, text := range events {
		vip, e, _ := strings.Cut(text, "=")
		b.Tell(strings.Fields(targets), event.Event{Vip: vip, Event: plan.Event(e)})
		synctest.Wait()
	}
}

// heard compares what a target has heard.
func (b *bench) heard(t *testing.T, target string, want ...string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, b.senders[target].heard); diff != "" {
		t.Errorf("%s heard (-want +got):\n%s", target, diff)
	}
}

// pass lets virtual time pass.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// scripts is a target of the plan that wants to hear all events.
func scripts(name string) plan.Notify {
	return plan.Notify{Name: name, On: plan.Events(), Exec: &plan.ExecTarget{Any: []string{"/bin/true"}, User: "root", Timeout: 1000}}
}

func TestTargetsDoNotWaitForEachOther(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		b.senders["slow"] = &fakeSender{took: time.Hour}
		b.Follow([]plan.Notify{scripts("quick"), scripts("slow")})
		b.tell("quick slow nobody", "web/a=active", "web/a=backup", "web/b=active")
		b.heard(t, "quick", "+0s web/a=active", "+0s web/a=backup", "+0s web/b=active")
		pass(3 * time.Hour)
		b.heard(t, "slow", "+0s web/a=active", "+1h0m0s web/a=backup", "+2h0m0s web/b=active")
		if b.senders["slow"].most != 1 {
			t.Error("two deliveries at one time")
		}
	})
}

func TestOnlyWhatIsWanted(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		mail := scripts("mail")
		mail.On = []plan.Event{plan.OnFault}
		b.Follow([]plan.Notify{mail})
		b.tell("mail", "web/a=active", "web/a=fault", "web/a=stop")
		b.heard(t, "mail", "+0s web/a=fault")
	})
}

func TestReportOfASlowTarget(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		refusal := errors.New("it answers 404 Not Found")
		b.senders["hook"] = &fakeSender{took: time.Minute, errs: []error{nil, refusal}}
		b.Follow([]plan.Notify{scripts("hook")})
		b.tell("hook", "web/a=active", "web/b=active", "web/c=active", "web/c=backup", "web/c=active")
		want := status.Target{Name: "hook", Kind: "exec", Waiting: 3, Dropped: 2}
		check := func() {
			t.Helper()
			if diff := cmp.Diff([]status.Target{want}, b.Report()); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
		}
		check()
		pass(2 * time.Minute)
		want.Delivered, want.Failed, want.Waiting, want.Problem = 1, 1, 1, refusal.Error()
		check()
		pass(time.Minute)
		want.Delivered, want.Waiting, want.Problem = 2, 0, ""
		check()
		if n := strings.Count(b.log.String(), "404 Not Found"); n != 1 {
			t.Errorf("logged %d times:\n%s", n, b.log)
		}
	})
}

func TestTriedAgain(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		down := &Again{Err: errors.New("connection refused")}
		b.senders["hook"] = &fakeSender{errs: []error{down, fmt.Errorf("post: %w", down), &Again{Err: errors.New("busy"), After: time.Minute}}}
		b.Follow([]plan.Notify{scripts("hook")})
		b.tell("hook", "web/a=active")
		pass(2 * time.Minute)
		b.heard(t, "hook", "+0s web/a=active", "+1s web/a=active", "+3s web/a=active", "+1m3s web/a=active")
	})
}

// What is wrong with a target shows before anything happens, and goes away.
func TestLooks(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		s := &fakeSender{}
		s.unfit.Store(new("/etc/x does not exist"))
		b.senders["scripts"] = s
		b.Follow([]plan.Notify{scripts("scripts")})
		pass(2 * recheck)
		if p := b.Report()[0].Problem; p != "/etc/x does not exist" {
			t.Errorf("problem %q", p)
		}
		s.unfit.Store(nil)
		pass(recheck)
		if p := b.Report()[0].Problem; p != "" {
			t.Errorf("problem %q", p)
		}
		if n := strings.Count(b.log.String(), "does not exist"); n != 1 {
			t.Errorf("logged %d times:\n%s", n, b.log)
		}
	})
}

// A plan that changes a target leaves it what it has still to hear.
func TestPlanChangesATarget(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		b.senders["hook"] = &fakeSender{took: time.Minute}
		b.Follow([]plan.Notify{scripts("hook")})
		b.tell("hook", "web/a=active", "web/b=active", "web/c=active")
		changed := scripts("hook")
		changed.On = []plan.Event{plan.OnBackup}
		b.Follow([]plan.Notify{changed})
		b.Follow([]plan.Notify{changed})
		b.tell("hook", "web/c=backup", "web/d=active")
		pass(time.Hour)
		b.heard(t, "hook", "+0s web/a=active", "+1m0s web/b=active", "+2m0s web/c=backup")
		b.rules.Gather = time.Hour
		b.Follow([]plan.Notify{scripts("hook")})
		b.tell("hook", "web/d=active")
		pass(2 * time.Hour)
		if got := b.senders["hook"].heard; got[len(got)-1] != "+1h0m0s web/d=active" {
			t.Errorf("a target that gathers now heard %s", got)
		}
	})
}

// What was found of a target before the plan changed it does not stand.
func TestLookAtWhatWasReplaced(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		old := &fakeSender{looks: time.Second}
		old.unfit.Store(new("/etc/old does not exist"))
		b.senders["scripts"] = old
		b.Follow([]plan.Notify{scripts("scripts")})
		synctest.Wait()
		b.senders["scripts"] = &fakeSender{}
		changed := scripts("scripts")
		changed.On = changed.On[:1]
		b.Follow([]plan.Notify{changed})
		pass(2 * time.Second)
		if p := b.Report()[0].Problem; p != "" || b.log.Len() > 0 {
			t.Errorf("problem %q, log:\n%s", p, b.log)
		}
	})
}

// A sender that does not end with its context keeps nobody from leaving.
func TestReluctantSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(discard)
		s := &fakeSender{looks: time.Minute}
		n.open = func(plan.Notify) (Sender, Rules) { return s, Rules{Most: 1, Limit: 1} }
		ctx, stop := context.WithCancel(t.Context())
		n.Follow([]plan.Notify{scripts("stuck")})
		time.AfterFunc(time.Second, stop)
		begun := time.Now()
		n.Run(ctx)
		if took := time.Since(begun); took != time.Second+reluctant {
			t.Errorf("took %v", took)
		}
		pass(time.Minute) // until it has ended
	})
}

// A target that leaves the plan hears of the routers that leave with it.
func TestPlanDropsATarget(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		b.Follow([]plan.Notify{scripts("hook")})
		b.Follow(nil)
		pass(farewell / 2)
		b.tell("hook", "web/a=stop")
		b.heard(t, "hook", "+5s web/a=stop")
		if r := b.Report(); len(r) != 0 {
			t.Errorf("still in the report: %v", r)
		}
		pass(farewell)
		b.tell("hook", "web/b=stop")
		b.heard(t, "hook", "+5s web/a=stop")
		b.Follow([]plan.Notify{scripts("hook")})
		b.tell("hook", "web/c=active")
		b.heard(t, "hook", "+5s web/a=stop", "+0s web/c=active")
	})
}

// An agent that leaves waits for those who have still to hear, until its patience
// ends.
func TestLeave(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		b.senders["slow"] = &fakeSender{took: time.Minute, errs: []error{&Again{Err: errors.New("down")}}}
		b.Follow([]plan.Notify{scripts("slow"), scripts("quick")})
		b.tell("slow", "web/a=active", "web/a=stop")
		b.Leave()
		begun := time.Now()
		<-b.ended
		b.heard(t, "slow", "+0s web/a=active", "+1m1s web/a=stop")
		if took := time.Since(begun); took != 2*time.Minute+time.Second {
			t.Errorf("waited %v", took)
		}
	})
}

func TestStopIsSaid(t *testing.T) {
	notified(t, func(t *testing.T, b *bench) {
		b.senders["slow"] = &fakeSender{took: time.Hour}
		b.Follow([]plan.Notify{scripts("slow")})
		b.tell("slow", "web/a=active", "web/b=stop")
		t.Cleanup(func() {
			if !strings.Contains(b.log.String(), `msg="notification target was not told everything" target=slow events=2`) {
				t.Errorf("log:\n%s", b.log)
			}
		})
	})
}
