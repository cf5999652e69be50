package waves

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hactl/schemas/plan"

	"pgregory.net/rapid"
)

// kinds are terms that a cluster may change between.
func kinds() []plan.Terms {
	one, other := plan.Key{ID: 1, Secret: strings.Repeat("a", 32)}, plan.Key{ID: 1, Secret: strings.Repeat("b", 32)}
	var all []plan.Terms
	for _, interval := range []int{1000, 5000} {
		for _, a := range []*plan.Auth{
			nil, {Type: plan.AuthPass, Secret: "one"}, {Type: plan.AuthPass, SecretFile: "/etc/other"},
			{Type: plan.AuthHMAC, Active: 1, Keys: []plan.Key{one}, Accept: plan.Enforce},
			{Type: plan.AuthHMAC, Active: 1, Keys: []plan.Key{one}, Accept: plan.Permissive},
			{Type: plan.AuthHMAC, Active: 1, Keys: []plan.Key{other}, Accept: plan.Enforce},
		} {
			all = append(all, plan.Terms{Auth: a, AdvertInterval: interval, Addresses: []string{"10.0.0.100"}})
		}
	}
	all = append(all, all[0])
	all[len(all)-1].Addresses = []string{"10.0.0.100", "10.0.0.101"}
	return all
}

// cluster returns the plans of hosts of one cluster, with these terms.
func cluster(t plan.Terms, hosts ...string) map[string]*plan.Plan {
	plans := map[string]*plan.Plan{}
	for i, host := range hosts {
		r := plan.Router{
			ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 2, Priority: 254 - 10*i,
			AdvertInterval: t.AdvertInterval, Auth: t.Auth, Interface: "eth0", Group: "224.0.0.18", Checksum: plan.PseudoHeader,
			Preemption: plan.Preemption{Mode: plan.Always}, Announce: plan.Announce{Burst: 5}, OnAgentLoss: plan.Release,
		}
		for _, a := range t.Addresses {
			r.Addresses = append(r.Addresses, plan.Address{Prefix: a + "/24"})
		}
		for j, other := range hosts {
			if other != host {
				r.Neighbours = append(r.Neighbours, plan.Neighbour{Host: other, Kind: plan.Hactl, Priority: 254 - 10*j})
			}
		}
		plans[host] = &plan.Plan{Host: host, Routers: []plan.Router{r}}
	}
	return plans
}

// rollout returns the hosts that come from some plans to others, worst first.
func rollout(has, next map[string]*plan.Plan) []Host {
	var hosts []Host
	for _, name := range []string{"lb04", "lb03", "lb02", "lb01"} {
		h := Host{Name: name, Has: has[name], Next: next[name]}
		if h.Next == nil {
			h.Next = &plan.Plan{Host: name}
		}
		if h.Has != nil || next[name] != nil {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// deaf says which hosts do not hear each other by their plans.
func deaf(plans map[string]*plan.Plan) string {
	for a, p := range plans {
		for b, q := range plans {
			if len(p.Routers) > 0 && len(q.Routers) > 0 && !p.Routers[0].Hears(&q.Routers[0]) {
				return fmt.Sprintf("%s does not hear %s: %v and %v", a, b, p.Routers[0].Terms(), q.Routers[0].Terms())
			}
		}
	}
	return ""
}

// Whatever a cluster changes to, also with hosts that come and go; wherever the
// rollout stops, and whatever comes then: after each single step all hosts hear each
// other. In the end they have the plans that were asked for, and no plan was
// published twice.
func TestAllHearEachOther(t *testing.T) {
	names := []string{"lb01", "lb02", "lb03", "lb04"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func() map[string]*plan.Plan {
			hosts := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 2, 4, rapid.ID).Draw(t, "hosts")
			slices.Sort(hosts)
			return cluster(rapid.SampledFrom(kinds()).Draw(t, "terms"), hosts...)
		}
		plans := draw()
		for range rapid.IntRange(1, 4).Draw(t, "rollouts") {
			next := draw()
			hosts := rollout(plans, next)
			stop := rapid.IntRange(0, 12).Draw(t, "stops after")
			for _, w := range Of(known(hosts)).Waves {
				for _, turn := range w.Turns {
					for _, s := range turn {
						if stop == 0 {
							continue
						}
						before := plans[s.Host]
						stop--
						if err := s.Plan.Validate(); err != nil {
							t.Fatal(err)
						}
						if w.Stage != Change && before.Hash() == s.Plan.Hash() {
							t.Fatalf("%s: %s gets what it has", w.Stage, s.Host)
						}
						plans[s.Host] = s.Plan
						if words := deaf(plans); words != "" {
							t.Fatalf("%s, step of %s: %s", w.Stage, s.Host, words)
						}
					}
				}
			}
			for _, h := range hosts {
				if stop > 0 && plans[h.Name].Hash() != h.Next.Hash() {
					t.Fatalf("%s ends with another plan than it is to have", h.Name)
				}
			}
		}
	})
}

// known makes neighbours that are in no rollout, as they have gone, no obstacle: they
// have nothing any more.
func known(hosts []Host) []Host {
	var all []string
	for _, h := range hosts {
		all = append(all, h.Name)
	}
	for _, name := range []string{"lb01", "lb02", "lb03", "lb04"} {
		if !slices.Contains(all, name) {
			hosts = append(hosts, Host{Name: name, Next: &plan.Plan{Host: name}})
		}
	}
	return hosts
}

// told writes waves with what each host sends, and what it takes beside that.
func told(waves []Wave) string {
	short := func(t plan.Terms) string {
		auth := "none"
		if t.Auth != nil {
			auth = t.Auth.Type + "-" + t.Auth.Secret
		}
		return fmt.Sprintf("%s/%ds", auth, t.AdvertInterval/1000)
	}
	var b strings.Builder
	for _, w := range waves {
		fmt.Fprintf(&b, "%s:", w.Stage)
		for _, turn := range w.Turns {
			for _, s := range turn {
				r := s.Plan.Routers[0]
				fmt.Fprintf(&b, " %s %s", s.Host, short(r.Terms()))
				for _, t := range r.Accept {
					fmt.Fprintf(&b, "+%s", short(t))
				}
			}
			b.WriteByte(';')
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestChangeOver(t *testing.T) {
	none, pass, more := kinds()[0], kinds()[1], kinds()[len(kinds())-1]
	slow := pass
	slow.AdvertInterval = 5000
	at := func(t plan.Terms) map[string]*plan.Plan { return cluster(t, "lb01", "lb02") }
	accepting := Of(rollout(at(none), at(pass))).Waves[0].Turns
	half := at(none)
	half["lb02"] = accepting[0][0].Plan
	for _, c := range []struct {
		name      string
		has, next map[string]*plan.Plan
		want      string
	}{
		{"nothing", at(none), at(none), "change: lb02 none/1s; lb01 none/1s;\n"},
		{"an address", at(none), at(more), "change: lb02 none/1s; lb01 none/1s;\n"},
		{"a password", at(none), at(pass), `accept: lb02 none/1s+pass-one/1s; lb01 none/1s+pass-one/1s;
change: lb02 pass-one/1s+none/1s; lb01 pass-one/1s+none/1s;
drop: lb02 pass-one/1s; lb01 pass-one/1s;
`},
		{"a password, on the way", half, at(pass), `accept: lb01 none/1s+pass-one/1s;
change: lb02 pass-one/1s+none/1s; lb01 pass-one/1s+none/1s;
drop: lb02 pass-one/1s; lb01 pass-one/1s;
`},
		{"no password after all", half, at(none), "change: lb02 none/1s; lb01 none/1s;\n"},
		{"first no password, then an interval", half, at(slow), `accept: lb02 none/1s+pass-one/5s; lb01 none/1s+pass-one/5s;
change: lb02 pass-one/5s+none/1s; lb01 pass-one/5s+none/1s;
drop: lb02 pass-one/5s; lb01 pass-one/5s;
`},
		{"one has followed by itself", map[string]*plan.Plan{"lb01": at(pass)["lb01"], "lb02": at(none)["lb02"]}, at(pass),
			"change: lb02 pass-one/1s; lb01 pass-one/1s;\n"},
		{"a host joins", cluster(none, "lb01"), at(pass), `accept: lb01 none/1s+pass-one/1s;
change: lb02 pass-one/1s+none/1s; lb01 pass-one/1s+none/1s;
drop: lb02 pass-one/1s; lb01 pass-one/1s;
`},
		{"the first plans", nil, at(pass), "change: lb02 pass-one/1s; lb01 pass-one/1s;\n"},
	} {
		same(t, c.name, c.want, told(Of(rollout(c.has, c.next)).Waves))
	}
}

// Who cannot take two kinds of adverts is named.
func TestObstacles(t *testing.T) {
	const id = "web/public/ipv4"
	none, pass := kinds()[0], kinds()[1]
	for _, c := range []struct {
		name string
		edit func(hosts []Host) []Host
		want string
	}{
		{"none", func(hosts []Host) []Host { return hosts }, ""},
		{"keepalived", func(hosts []Host) []Host {
			for _, h := range hosts {
				for _, p := range []*plan.Plan{h.Has, h.Next} {
					p.Routers[0].Neighbours = append(p.Routers[0].Neighbours, plan.Neighbour{Host: "old", Kind: plan.Keepalived, Priority: 1})
				}
			}
			return hosts
		}, "old runs keepalived, which takes adverts of one kind only"},
		{"another router", func(hosts []Host) []Host {
			hosts[0].Next.Routers[0].Neighbours[0].Kind = plan.Other
			return hosts
		}, "lb01 does not run hactl, and takes adverts of one kind only"},
		{"a host that is left out", func(hosts []Host) []Host { return hosts[:2] }, "lb01 gets no plan"},
		{"the only other host is left out", func(hosts []Host) []Host { return hosts[:1] }, "lb01 gets no plan"},
		{"a host of which nothing is known", func(hosts []Host) []Host {
			hosts[2].Has, hosts[2].Unknown = nil, true
			return hosts
		}, "what lb01 has now is not known"},
		{"another VRID, too", func(hosts []Host) []Host {
			for _, h := range hosts {
				h.Next.Routers[0].VRID = 51
			}
			return hosts
		}, ""},
	} {
		hosts := c.edit(rollout(cluster(none, "lb01", "lb02", "lb03"), cluster(pass, "lb01", "lb02", "lb03")))
		r := Of(hosts)
		if got := r.Obstacles[id]; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if c.name != "none" && (r.Over[id] || len(r.Waves) != 1) {
			t.Errorf("%s: changes over all the same", c.name)
		}
	}
}
