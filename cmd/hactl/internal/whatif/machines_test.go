package whatif

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"hactl/agent/sim"
	"hactl/compiler"
	"hactl/compiler/analysis"
	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"

	"github.com/hashicorp/hcl/v2"
)

// TestAnalysisAgreesWithMachines compiles random clusters, lets things fail and
// be repaired there, and asks two who cannot know of each other: the analysis of
// the plans, and the machines of the agents on a simulated segment. They agree on
// who is Active in the end, and what the analysis says of times holds.
func TestAnalysisAgreesWithMachines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := cluster(t)
		plans, neighbours := compiled(t, text)
		trial := &trial{T: t, text: text, lan: sim.New(time.Duration(rapid.IntRange(0, 1000).Draw(t, "delay"))*time.Microsecond, hookTakes)}
		subjects := analysis.Of(plans)
		for _, some := range []map[string]*plan.Plan{plans, neighbours} { // which wait for nothing, and would be first
			for _, host := range hostNames {
				if some[host] != nil {
					trial.lan.Join(some[host])
				}
			}
			trial.lan.Run(settled)
		}
		trial.agree("all is well", subjects, (*analysis.Subject).Calm)
		for range rapid.IntRange(1, 4).Draw(t, "events") {
			if !trial.next(subjects) {
				return
			}
		}
	})
}

// hookTakes is how long a hook takes, and is given.
const hookTakes = 700 * time.Millisecond

var hostNames = []string{"a", "b", "c", "d"}

// cluster draws a configuration of one cluster.
func cluster(t *rapid.T) string {
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	n := rapid.IntRange(2, 4).Draw(t, "hosts")
	foreign := rapid.IntRange(0, 3).Draw(t, "foreign") == 0
	var hosts []string
	for i, h := range hostNames[:n] {
		if foreign && i == n-1 {
			line("host %q { router = \"keepalived\" }", h)
		} else {
			line("host %q {}", h)
		}
		hosts = append(hosts, "host."+h)
	}
	checks := rapid.IntRange(0, 2).Draw(t, "checks")
	for c := range checks {
		line("check \"c%d\" {\n  tcp { address = \"127.0.0.1:%d\" }\n}", c, 80+c)
	}
	line("cluster \"lan\" {\n  hosts = [%s]\n  interface = \"eth0\"", strings.Join(hosts, ", "))
	version := rapid.SampledFrom([]int{2, 3, 3}).Draw(t, "version")
	intervals := rapid.SampledFrom(map[int][]string{2: {"1s", "2s"}, 3: {"100ms", "1s", "3s"}}[version])
	line("  version = %d\n  advert_interval = %q", version, intervals.Draw(t, "interval"))
	switch mode := rapid.SampledFrom([]string{"always", "never", "delayed"}).Draw(t, "mode"); mode {
	case "delayed":
		line("  preemption {\n    mode = \"delayed\"\n    delay = %q\n  }", rapid.SampledFrom([]string{"1s", "10s"}).Draw(t, "preempt delay"))
	default:
		line("  preemption { mode = %q }", mode)
	}
	for c := range checks {
		line("  track {\n    check = check.c%d\n    %s\n  }", c, drawEffect(t))
	}
	if rapid.IntRange(0, 2).Draw(t, "port") == 0 {
		line("  track {\n    interface = \"eth9\"\n    %s\n  }", drawEffect(t))
	}
	if foreign || rapid.IntRange(0, 3).Draw(t, "written") == 0 {
		p := rapid.IntRange(20, 254).Draw(t, "priority")
		for _, h := range hostNames[:n] {
			line("  member %q { priority = %d }", h, p)
			p -= rapid.IntRange(1, 6).Draw(t, "distance")
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "hook") == 0 {
		line("  hook \"before_release\" {\n    command = [\"/bin/true\"]\n    timeout = \"700ms\"\n  }")
	}
	if rapid.IntRange(0, 3).Draw(t, "quiet") == 0 {
		line("  quiet_start = \"5s\"")
	}
	if rapid.IntRange(0, 3).Draw(t, "settling") == 0 {
		line("  quiet_link = %q", rapid.SampledFrom([]string{"0s", "6s"}).Draw(t, "quiet link"))
	}
	vips := rapid.IntRange(1, 2).Draw(t, "vips")
	if vips > 1 && rapid.Bool().Draw(t, "together") {
		line("  failover = \"together\"")
	}
	for v := range vips {
		line("  vip \"v%d\" {\n    vrid = %d\n    interface = \"eth%d\"", v, v+1, rapid.IntRange(0, v).Draw(t, "interface"))
		if rapid.IntRange(0, 3).Draw(t, "own interval") == 0 {
			line("    advert_interval = %q", intervals.Draw(t, "interval"))
		}
		second := ""
		if version == 3 && rapid.IntRange(0, 2).Draw(t, "dual") == 0 {
			second = fmt.Sprintf(", \"2001:db8:%d::100/64\"", v)
		}
		line("    addresses = [\"10.%d.0.100/24\"%s]\n  }", v, second)
	}
	line("}")
	return b.String()
}

// drawEffect draws what a failure does.
func drawEffect(t *rapid.T) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{`effect = "demote"`, `effect = "fault"`}),
		rapid.Custom(func(t *rapid.T) string {
			w := rapid.IntRange(1, 30).Draw(t, "weight")
			if rapid.Bool().Draw(t, "negative") {
				w = -w
			}
			return fmt.Sprintf("weight = %d", w)
		}),
	).Draw(t, "effect")
}

// compiled returns the plans of a configuration, and for hosts that get none what
// the analysis takes for granted of them: they are healthy, and wait for nothing.
// One whose priorities do not fit is no example.
func compiled(t *rapid.T, text string) (plans, neighbours map[string]*plan.Plan) {
	config, diags := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(text)}}, lang.Options{})
	result, more := compiler.Compile(config)
	for _, d := range append(diags, more...) {
		code, _, _ := rule.Of(d)
		switch {
		case code == rule.NoRoom.Code:
			t.Skip("the priorities do not fit")
		case d.Severity == hcl.DiagError:
			t.Fatalf("%v\n%s", d, text)
		}
	}
	neighbours, _ = compiler.Foreign(config)
	for _, p := range neighbours {
		for i := range p.Routers {
			r := &p.Routers[i]
			r.Tracks, r.Hooks, r.QuietStart, r.QuietLink = nil, nil, 0, 0
		}
	}
	return result.Plans, neighbours
}

// trial is one run of the test above.
type trial struct {
	*rapid.T
	text   string
	lan    *sim.LAN
	events []analysis.Failure
	down   []analysis.Failure
}

// settled is long enough for every election.
const settled = 40 * time.Second

// next lets something fail or be repaired, and compares. It reports whether it is
// known how to go on.
func (t *trial) next(subjects []*analysis.Subject) bool {
	f := rapid.SampledFrom(everything(subjects)).Draw(t.T, "failure")
	if i := slices.Index(t.down, f); i >= 0 {
		t.down = slices.Delete(t.down, i, i+1)
		f.Up = true
	} else {
		t.down = append(t.down, f)
	}
	t.events = append(t.events, f)
	gaps := map[string]time.Duration{}
	for _, s := range subjects {
		for _, vip := range s.Vips {
			gaps[vip] = t.lan.Gap(vip)
		}
	}
	begin := t.lan.Now()
	t.happen(f, subjects)
	certain := true
	for _, s := range subjects {
		steps := s.After(t.of(s)...)
		if len(steps) == 0 || len(steps[len(steps)-1].Chance) > 0 {
			certain = false
		}
	}
	if !certain {
		return false
	}
	slices.SortFunc(subjects, func(a, b *analysis.Subject) int { return int(t.bound(a, f) - t.bound(b, f)) })
	for _, s := range subjects {
		if rest := t.bound(s, f) - t.lan.Now().Sub(begin); rest > 0 {
			t.lan.Run(rest)
		}
		t.agree("in time", []*analysis.Subject{s}, t.last)
	}
	t.lan.Run(settled)
	t.agree("in the end", subjects, t.last)
	for _, s := range subjects {
		want := t.last(s)
		for _, vip := range s.Vips {
			if gap := t.lan.Gap(vip) - gaps[vip]; len(want.Active) > 0 && gap > want.Outage+slack {
				t.Fatalf("%s\n%v: %s was without an answer for %v, want at most %v", t.text, t.events, vip, gap, want.Outage)
			}
		}
	}
	return true
}

// slack is for packets on their way.
const slack = 10 * time.Millisecond

// bound is when everything about s has settled after f, which the hosts notice at
// once, but for an interface that comes up.
func (t *trial) bound(s *analysis.Subject, f analysis.Failure) time.Duration {
	o := t.last(s)
	d := o.Settle + slack
	if f.Kind == analysis.Link {
		d += o.Detect
	}
	return d
}

// last is what the analysis says of s now.
func (t *trial) last(s *analysis.Subject) analysis.Outcome {
	steps := s.After(t.of(s)...)
	return steps[len(steps)-1]
}

// of returns those of the events so far that concern s.
func (t *trial) of(s *analysis.Subject) []analysis.Failure {
	var mine []analysis.Failure
	all := s.Failures()
	for _, f := range t.events {
		g := f
		g.Up = false
		if slices.Contains(all, g) {
			mine = append(mine, f)
		}
	}
	return mine
}

// everything returns all that can fail, each once.
func everything(subjects []*analysis.Subject) []analysis.Failure {
	var all []analysis.Failure
	for _, s := range subjects {
		for _, f := range s.Failures() {
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	return all
}

// happen lets f happen to the machines.
func (t *trial) happen(f analysis.Failure, subjects []*analysis.Subject) {
	switch f.Kind {
	case analysis.Host:
		t.lan.Power(f.Host, f.Up)
	case analysis.Link:
		t.lan.Carrier(f.Host, f.Name, f.Up)
	case analysis.Cut:
		t.lan.Cut(f.Host, !f.Up)
	case analysis.Check:
		for _, host := range subjects[0].Hosts {
			if (f.Host == "" || f.Host == host) && !slices.Contains(subjects[0].Assumed, host) {
				t.lan.Check(host, f.Name, f.Up)
			}
		}
	}
}

// agree fails unless the machines are as the analysis says.
func (t *trial) agree(when string, subjects []*analysis.Subject, says func(*analysis.Subject) analysis.Outcome) {
	t.Helper()
	for _, s := range subjects {
		want := says(s)
		for _, vip := range s.Vips {
			is, whole := t.lan.Active(vip)
			if len(want.Chance) > 0 && len(is) == 1 && slices.Contains(want.Chance, is[0]) {
				continue
			}
			if !whole || !slices.Equal(is, want.Active) && len(is)+len(want.Active) > 0 {
				t.Fatalf("%s\n%v, %s: %v are Active for %s (%v: all of it), want %v: %+v", t.text, t.events, when, is, vip, whole, want.Active, want)
			}
		}
	}
}
