package notice

import (
	"strings"
	"testing"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"

	"github.com/aymanbagabas/go-udiff"
)

// both returns the generation of the plans of lb01, the preferred one, and lb02 after
// edit, which gets one host's router after the other.
func both(edit func(host string, r *plan.Router)) fleet.Generation {
	g := fleet.NewGeneration()
	for _, m := range []struct {
		host, other      string
		priority, others int
	}{{"lb01", "lb02", 254, 244}, {"lb02", "lb01", 244, 254}} {
		r := plan.Router{
			ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 3, Priority: m.priority,
			AdvertInterval: 1000, Interface: "eth0", Preemption: plan.Preemption{Mode: plan.Always},
			Addresses:  []plan.Address{{Prefix: "10.0.0.100/24"}},
			Neighbours: []plan.Neighbour{{Host: m.other, Kind: plan.Hactl, Priority: m.others}},
		}
		if edit != nil {
			edit(m.host, &r)
		}
		g.Add(m.host, &plan.Plan{Host: m.host, Routers: []plan.Router{r}})
	}
	return g
}

// swapped gives lb02 the higher priority.
func swapped(host string, r *plan.Router) {
	if host == "lb01" {
		r.Priority, r.Neighbours[0].Priority = 244, 254
	} else {
		r.Priority, r.Neighbours[0].Priority = 254, 244
	}
}

// What clients are told, change by change.
func TestWords(t *testing.T) {
	empty := func(hosts ...string) fleet.Generation {
		g := both(nil)
		for _, h := range hosts {
			g.Add(h, &plan.Plan{Host: h})
		}
		return g
	}
	unknown := func(hosts ...string) fleet.Generation {
		g := both(nil)
		for _, h := range hosts {
			g.Add(h, nil)
		}
		return g
	}
	for _, c := range []struct {
		name     string
		old, new fleet.Generation
		active   string
		presumed bool
		want     string
	}{
		{name: "nothing", old: both(nil), new: both(nil), active: "lb01",
			want: "10.0.0.100 stays on lb01: no interruption"},
		{name: "nothing, and nobody reports", old: both(nil), new: both(nil), active: "lb01", presumed: true,
			want: "10.0.0.100 presumably stays on lb01: no interruption"},
		{name: "the order", old: both(nil), new: both(swapped), active: "lb01",
			want: "10.0.0.100 moves lb01 → lb02: no interruption"},
		{name: "the order, while the other host is Active already", old: both(nil), new: both(swapped), active: "lb02",
			want: "10.0.0.100 stays on lb02: no interruption"},
		{name: "preemption delayed", old: both(nil), active: "lb01",
			new: both(func(host string, r *plan.Router) {
				swapped(host, r)
				r.Preemption = plan.Preemption{Mode: plan.Delayed, Delay: 10000}
			}),
			want: "10.0.0.100 moves lb01 → lb02 after 10s: no interruption"},
		{name: "preemption never, the other host becomes better", old: both(nil), active: "lb02",
			new:  both(func(_ string, r *plan.Router) { r.Preemption.Mode = plan.Never }),
			want: "10.0.0.100 stays on lb02: no interruption"},
		{name: "preemption never, the Active becomes worse: it yields", old: both(nil), active: "lb01",
			new: both(func(host string, r *plan.Router) {
				swapped(host, r)
				r.Preemption.Mode = plan.Never
			}),
			want: "10.0.0.100 moves lb01 → lb02: no interruption"},
		{name: "a VRID of version 3", old: both(nil), active: "lb01",
			new: both(func(_ string, r *plan.Router) { r.VRID = 51 }),
			want: `10.0.0.100 stays on lb01: interruption of up to 3.1 s
two hosts may answer until all have followed: they disagree on vrid`},
		{name: "a VRID of version 2, 1 s, priority 100", active: "lb01",
			old: both(func(_ string, r *plan.Router) { r.Version = 2; r.Priority = 100 }),
			new: both(func(host string, r *plan.Router) {
				r.Version = 2
				r.Priority = 100
				r.VRID = 51
				swapped("", r)
				r.Priority = 100
			}),
			want: `10.0.0.100 stays on lb01: interruption of up to 3.7 s
two hosts may answer until all have followed: they disagree on vrid`},
		{name: "an address more", old: both(nil), active: "lb01",
			new: both(func(_ string, r *plan.Router) {
				r.Addresses = append(r.Addresses, plan.Address{Prefix: "10.0.0.110/24"})
			}),
			want: `10.0.0.100 stays on lb01: no interruption
10.0.0.110 is new, on lb01`},
		{name: "another address", old: both(nil), active: "lb01",
			new: both(func(_ string, r *plan.Router) { r.Addresses[0].Prefix = "10.0.0.110/24" }),
			want: `10.0.0.110 is new, on lb01
10.0.0.100 goes away: its clients lose it`},
		{name: "another address and another VRID", old: both(nil), active: "lb01",
			new: both(func(_ string, r *plan.Router) { r.Addresses[0].Prefix, r.VRID = "10.0.0.110/24", 51 }),
			want: `10.0.0.110 is new, on lb01: answers within 3.1 s of the start
10.0.0.100 goes away: its clients lose it
two hosts may answer until all have followed: they disagree on vrid`},
		{name: "five addresses more", old: both(nil), active: "lb01",
			new: both(func(_ string, r *plan.Router) {
				for _, a := range []string{"1", "2", "3", "4", "5"} {
					r.Addresses = append(r.Addresses, plan.Address{Prefix: "10.0.0.11" + a + "/24"})
				}
			}),
			want: `10.0.0.100 stays on lb01: no interruption
10.0.0.111 and 4 more are new, on lb01`},
		{name: "all goes", old: both(nil), new: empty("lb01", "lb02"), active: "lb01",
			want: "10.0.0.100 goes away: its clients lose it"},
		{name: "all comes", old: empty("lb01", "lb02"), new: both(nil),
			want: "10.0.0.100 is new, on lb01: answers within 3.1 s of the start"},
		{name: "the Active leaves the cluster", old: both(nil), new: empty("lb01"), active: "lb01",
			want: "10.0.0.100 moves lb01 → lb02: no interruption"},
		{name: "a better host joins", old: empty("lb01"), new: both(nil), active: "lb02",
			want: "10.0.0.100 moves lb02 → lb01: no interruption"},
		{name: "the Active's plan is unknown", old: unknown("lb01"), new: both(nil), active: "lb01", presumed: true,
			want: "10.0.0.100 presumably stays on lb01: whether clients notice cannot be told, as a present plan could not be read"},
		{name: "everything is unknown", old: unknown("lb01", "lb02"), new: both(nil),
			want: "10.0.0.100 is on a host that cannot be told, and will be on lb01"},
	} {
		got := Transition{ID: "web/public/ipv4", Old: c.old, New: c.new, Active: c.active, Presumed: c.presumed}.Words()
		if d := udiff.Unified("want", "got", c.want+"\n", strings.Join(got, "\n")+"\n"); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}

// A keepalived neighbour before 2.3.3 drops adverts that list other addresses.
func TestWordsOfForeignNeighbour(t *testing.T) {
	foreign := func(_ string, r *plan.Router) { r.Neighbours[0].Kind = plan.Keepalived; r.Neighbours[0].Host = "old" }
	more := func(host string, r *plan.Router) {
		foreign(host, r)
		r.Addresses = append(r.Addresses, plan.Address{Prefix: "10.0.0.110/24"})
	}
	got := strings.Join(Transition{ID: "web/public/ipv4", Old: both(foreign), New: both(more), Active: "lb01"}.Words(), "\n")
	if want := "they disagree on addresses, which cannot change over (old takes adverts of one kind only); old has to be changed by hand"; !strings.Contains(got, want) {
		t.Errorf("%q is missing in:\n%s", want, got)
	}
}

// Terms change over in waves; where they cannot, the reason is told.
func TestWordsOfChangeOver(t *testing.T) {
	version2 := func(_ string, r *plan.Router) { r.Version = 2 }
	pass := func(host string, r *plan.Router) {
		version2(host, r)
		r.Auth, r.AdvertInterval = &plan.Auth{Type: plan.AuthPass, Secret: "s3cret"}, 5000
	}
	apart := Transition{ID: "web/public/ipv4", Old: both(version2), New: both(pass), Active: "lb01"}
	over, obstacle := apart, apart
	over.Over, obstacle.Obstacle = true, "old runs keepalived"
	for _, c := range []struct {
		t    Transition
		want string
	}{
		{over, `10.0.0.100 stays on lb01: no interruption
the advert interval and the authentication change in three waves, in which every host hears every other`},
		{obstacle, `10.0.0.100 stays on lb01: no interruption
two hosts may answer until all have followed: they disagree on advert interval, authentication, which cannot change over (old runs keepalived)`},
		{apart, `10.0.0.100 stays on lb01: no interruption
two hosts may answer until all have followed: they disagree on advert interval, authentication`},
	} {
		if d := udiff.Unified("want", "got", c.want+"\n", strings.Join(c.t.Words(), "\n")+"\n"); d != "" {
			t.Error(d)
		}
	}
}
