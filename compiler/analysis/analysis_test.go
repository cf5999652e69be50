package analysis

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/schemas/plan"
)

var update = flag.Bool("update", false, "rewrite the tables in testdata")

// A group is a cluster by the few things that matter, and its plans.
type group struct {
	name   string
	mode   plan.Mode
	tracks func(host int) []plan.Track
	change func(host int, r *plan.Router)
	unit   bool // two vips, on eth0 and eth1
	hosts  int
	old    bool // the last host runs keepalived
}

func (g group) plans() map[string]*plan.Plan {
	plans := map[string]*plan.Plan{}
	n := max(2, g.hosts)
	for h := range n {
		if g.old && h == n-1 {
			continue
		}
		p := &plan.Plan{Host: host(h), Checks: []plan.Check{
			{Name: "disk", Interval: 10_000, Timeout: 1000, Fall: 1, Rise: 1},
			{Name: "nginx", Interval: 1000, Timeout: 500, Fall: 2, Rise: 3},
		}}
		for v := range map[bool]int{false: 1, true: 2}[g.unit] {
			p.Routers = append(p.Routers, g.router(h, v, n))
		}
		plans[p.Host] = p
	}
	return plans
}

func (g group) router(h, v, n int) plan.Router {
	r := plan.Router{
		ID: fmt.Sprintf("web/v%d/ipv4", v), Vip: fmt.Sprintf("web/v%d", v), Family: plan.IPv4, VRID: 1 + v, Version: 3, Priority: priority(h),
		AdvertInterval: 1000, Interface: fmt.Sprintf("eth%d", v), Preemption: plan.Preemption{Mode: g.mode},
	}
	if g.mode == plan.Delayed {
		r.Preemption.Delay = 10_000
	}
	if g.unit {
		r.Unit = "web"
	}
	if g.tracks != nil {
		r.Tracks = g.tracks(h)
	}
	for o := range n {
		kind := plan.Hactl
		if g.old && o == n-1 {
			kind = plan.Keepalived
		}
		if o != h {
			r.Neighbours = append(r.Neighbours, plan.Neighbour{Host: host(o), Kind: kind, Priority: priority(o)})
		}
	}
	if g.change != nil {
		g.change(h, &r)
	}
	return r
}

func host(h int) string { return fmt.Sprintf("lb0%d", 1+h) }

func priority(h int) int { return 254 - 10*h }

// one is a track of nginx with an effect, which costs what is given.
func one(effect plan.Effect, weight int) func(int) []plan.Track {
	return func(int) []plan.Track { return []plan.Track{{Check: "nginx", Effect: effect, Weight: weight}} }
}

var groups = []group{
	{name: "always", mode: plan.Always, tracks: one(plan.Demote, -20)},
	{name: "never", mode: plan.Never, tracks: one(plan.Demote, -20)},
	{name: "delayed", mode: plan.Delayed, tracks: one(plan.Demote, -20)},
	{name: "fault", mode: plan.Never, tracks: one(plan.Fault, 0)},
	{name: "idle-weight", mode: plan.Always, tracks: one(plan.Weigh, -5)},
	{name: "equal-weight", mode: plan.Always, tracks: one(plan.Weigh, -10)},
	{name: "saturated", mode: plan.Always, tracks: one(plan.Weigh, 20)},
	{name: "unit", mode: plan.Always, unit: true},
	{name: "neighbour", mode: plan.Always, old: true, tracks: one(plan.Demote, -20)},
	{name: "owner", mode: plan.Always, tracks: one(plan.Demote, -20), change: func(h int, r *plan.Router) {
		if h == 0 {
			r.Priority = plan.Owner
		}
	}},
	{name: "hooks", mode: plan.Always, tracks: one(plan.Demote, -20), change: func(_ int, r *plan.Router) {
		r.Hooks = []plan.Hook{{When: plan.BeforeRelease, Timeout: 3000}, {When: plan.AfterAcquire, Timeout: 9000}}
	}},
	{name: "quiet", mode: plan.Never, change: func(_ int, r *plan.Router) { r.QuietStart, r.QuietLink = 5000, 10_000 }},
	{name: "version-2", mode: plan.Always, tracks: one(plan.Demote, -20), change: func(_ int, r *plan.Router) {
		r.Version, r.AdvertInterval = 2, 3000
	}},
	{name: "close", mode: plan.Always, tracks: one(plan.Demote, -2), change: func(h int, r *plan.Router) {
		r.Priority = 101 - h
		for i := range r.Neighbours {
			r.Neighbours[i].Priority = 100 + h
		}
	}},
	{name: "three", mode: plan.Always, hosts: 3, tracks: func(int) []plan.Track {
		return []plan.Track{{Check: "disk", Effect: plan.Demote, Weight: -30}, {Interface: "eth9", Effect: plan.Fault}}
	}},
}

// The tables of testdata say what becomes of each group: single failures with
// their repair, and pairs. They are to be checked with a pencil.
func TestTables(t *testing.T) {
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			subjects := Of(g.plans())
			if len(subjects) != 1 {
				t.Fatalf("%d subjects", len(subjects))
			}
			got, file := print(subjects[0]), filepath.Join("testdata", g.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// print writes all about a subject, a line for each outcome.
func print(s *Subject) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", strings.Join(s.Vips, " "), line(s.Calm()))
	for _, o := range s.Singles() {
		fmt.Fprintf(&b, "%-18s %s\n", o.Failures[0], line(o))
		fmt.Fprintf(&b, "%18s %s\n", "repaired", line(*o.Back))
	}
	pairs, leftOut := s.Pairs()
	b.WriteString("\n" + leftOut)
	for _, o := range pairs {
		sep := " + "
		if o.Ordered {
			sep = " > "
		}
		fmt.Fprintf(&b, "%-36s %s\n", o.Failures[0].String()+sep+o.Failures[1].String(), line(o))
	}
	return b.String()
}

// line says an outcome in one line.
func line(o Outcome) string {
	words := "nobody"
	if len(o.Active) > 0 {
		words = strings.Join(o.Active, " & ")
	}
	if len(o.Chance) > 0 {
		words += " by chance of " + strings.Join(o.Chance, " ")
	}
	if len(o.Via) > 0 {
		words += " via " + strings.Join(o.Via, " ")
	}
	if d := o.Detect + o.Settle; d > 0 {
		words += fmt.Sprintf(" in %v+%v", o.Detect, o.Settle.Round(time.Millisecond))
	}
	if o.Outage > 0 && len(o.Active) > 0 {
		words += fmt.Sprintf(" out %v", o.Outage.Round(time.Millisecond))
	}
	for _, f := range o.Sick {
		words += " sick " + f.String()
	}
	return words
}

// Whatever is too wide is said to be left out.
func TestPairsLeftOut(t *testing.T) {
	wide := Of(group{hosts: MaxHosts + 1, mode: plan.Always}.plans())[0]
	if pairs, leftOut := wide.Pairs(); pairs != nil || leftOut == "" {
		t.Errorf("%d pairs, %q", len(pairs), leftOut)
	}
	deep := Of(group{mode: plan.Always, tracks: func(int) (tracks []plan.Track) {
		for i := range MaxTracks + 1 {
			tracks = append(tracks, plan.Track{Interface: fmt.Sprint("e", i), Effect: plan.Fault})
		}
		return tracks
	}}.plans())[0]
	if pairs, leftOut := deep.Pairs(); pairs != nil || leftOut == "" {
		t.Errorf("%d pairs, %q", len(pairs), leftOut)
	}
	if n := len(deep.Singles()); n != 2+2*(1+MaxTracks+1)+2 {
		t.Errorf("%d single failures", n)
	}
}

// A host of which there is no plan is taken for what its neighbours say of it.
func TestMissingPlan(t *testing.T) {
	plans := group{mode: plan.Always}.plans()
	delete(plans, "lb02")
	s := Of(plans)[0]
	if got := s.After(Failure{Kind: Host, Host: "lb01"})[0].Active; len(got) != 1 || got[0] != "lb02" {
		t.Errorf("%v are Active without lb01, want lb02", got)
	}
}

// Clusters of one shape are worked out once, and still have their own names.
func TestShapesAreShared(t *testing.T) {
	all := Of(clusters())
	for _, s := range all {
		if s.shape != all[0].shape {
			t.Fatalf("%v has a shape of its own", s.Vips)
		}
	}
	if all[0].Alike(all[1]) {
		t.Error("clusters of different hosts are alike")
	}
	if got, want := all[7].After(Failure{Kind: Host, Host: all[7].Hosts[0]})[0].Active[0], all[7].Hosts[1]; got != want {
		t.Errorf("%s is Active, want %s", got, want)
	}
}

func TestFind(t *testing.T) {
	all := []Failure{
		{Kind: Host, Host: "lb01"}, {Kind: Link, Name: "eth0", Host: "lb01"}, {Kind: Cut, Host: "lb01"},
		{Kind: Check, Name: "lb01"}, {Kind: Check, Name: "nginx", Host: "lb01"}, {Kind: Check, Name: "nginx"},
	}
	for text, want := range map[string]string{
		"lb01":          "[host:lb01 check:lb01]",
		"host:lb01":     "[host:lb01]",
		"cut:lb01":      "[cut:lb01]",
		"eth0@lb01":     "[link:eth0@lb01]",
		"eth0@lb01=up":  "[link:eth0@lb01=up]",
		"nginx":         "[check:nginx]",
		"nginx@lb01":    "[check:nginx@lb01]",
		"check:nginx":   "[check:nginx]",
		"link:nginx":    "[]",
		"nginx@lb02":    "[]",
		"":              "[]",
		"host:lb01=off": "[]",
	} {
		if got := fmt.Sprint(Find(text, all)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for _, f := range all {
		if found := Find(f.String(), all); len(found) != 1 || found[0] != f {
			t.Errorf("%s finds %v", f, found)
		}
	}
}
