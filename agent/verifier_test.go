package agent

import (
	"strings"
	"testing"
	"time"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// What the checks of an upgrade say together: only what they have found out since the
// switch counts, and not for ever.
func TestVerifier(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	line := func(name, state, cause string, ran time.Duration) *check {
		return &check{
			plan: plan.Check{Name: name, Interval: 2000, Timeout: 1000},
			line: status.Check{Name: name, State: state, Cause: cause, Ran: noon.Add(ran), Took: 100},
		}
	}
	for _, c := range []struct {
		what  string
		lines []*check
		after time.Duration // since the switch
		want  upgrade.Health
		says  string
	}{
		{"no result since the switch", []*check{line("web", "up", "", -time.Second), line("app", "up", "", time.Second)}, time.Second, upgrade.Unknown, "check web has no result yet"},
		{"begun before the switch", []*check{line("web", "up", "", 50*time.Millisecond), line("app", "up", "", time.Second)}, time.Second, upgrade.Unknown, "check web has no result yet"},
		{"one is missing", []*check{line("app", "up", "", time.Second)}, time.Second, upgrade.Unknown, "there is no check web"},
		{"failed once, and is not down yet", []*check{line("web", "up", "it answers 500", time.Second), line("app", "up", "", time.Second)}, time.Second, upgrade.Unknown, "check web has no result yet"},
		{"one is down", []*check{line("web", "down", "it answers 500", time.Second)}, time.Second, upgrade.Unwell, "check web is down: it answers 500"},
		{"one is down and answers", []*check{line("web", "down", "", time.Second)}, time.Second, upgrade.Unwell, "check web is down: it has yet to recover"},
		{"good", []*check{line("web", "up", "", time.Second), line("app", "up", "", time.Second)}, time.Second, upgrade.Up, ""},
		{"good for a while", []*check{line("web", "up", "", time.Second), line("app", "up", "", time.Second)}, 8 * time.Second, upgrade.Up, ""},
		{"silent", []*check{line("web", "up", "", time.Second), line("app", "up", "", 6*time.Second)}, 9 * time.Second, upgrade.Unknown, "check web has had no result since 12:00:01"},
	} {
		v := newVerifier([]string{"app", "web"})
		v.at(upgrade.Retire, noon.Add(-time.Minute))
		v.at(upgrade.Verify, noon)
		v.at(upgrade.Verify, noon.Add(time.Hour)) // said once more: it waits
		all := &checks{byName: map[string]*check{}}
		for _, l := range c.lines {
			all.byName[l.line.Name] = l
		}
		v.know(all)
		if got := v.say(noon.Add(c.after)); got.Health != c.want || !strings.HasPrefix(got.Cause, c.says) || c.says == "" && got.Cause != "" {
			t.Errorf("%s: %v, %q, want %v, %q", c.what, got.Health, got.Cause, c.want, c.says)
		}
	}
}

// Until the release serves, what is known of what ran before counts: so it is told
// afterwards who was well before.
func TestVerifierBeforeTheSwitch(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	all := &checks{byName: map[string]*check{"web": {
		plan: plan.Check{Name: "web", Interval: 1000, Timeout: 1000}, line: status.Check{Name: "web", State: status.Up, Ran: noon.Add(-time.Second)},
	}}}
	v := newVerifier([]string{"web"})
	v.know(all)
	for stage, want := range map[upgrade.Stage]upgrade.Health{upgrade.Drain: upgrade.Up, upgrade.Replace: upgrade.Up, upgrade.Start: upgrade.Unknown, upgrade.Verify: upgrade.Unknown} {
		v.at(stage, noon)
		if got := v.say(noon); got.Health != want {
			t.Errorf("at %v: %+v", stage, got)
		}
	}
}

// A check that has succeeded since the switch may fail once without being down.
func TestVerifierLetsAChecksArithmeticDecide(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	is := &check{plan: plan.Check{Name: "web", Interval: 1000, Timeout: 1000}, line: status.Check{Name: "web", State: status.Up, Ran: noon.Add(time.Second)}}
	all := &checks{byName: map[string]*check{"web": is}}
	v := newVerifier([]string{"web"})
	v.at(upgrade.Verify, noon)
	for _, cause := range []string{"", "it answers 500"} {
		is.line.Cause = cause
		v.know(all)
		if got := v.say(noon.Add(2 * time.Second)); got.Health != upgrade.Up {
			t.Errorf("after %q: %+v", cause, got)
		}
	}
}
