package compiler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"hactl/lang"
	"hactl/schemas/plan"
)

// Plans of one configuration fit each other, whatever the configuration: what
// must be equal on all hosts of a vip is, what must differ does, and each
// knows the others as they are. Most drawn configurations are refused; those
// that are not are the test.
func TestPlansFitEachOther(t *testing.T) {
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawConfiguration(t)
		c, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(text)}}, lang.Options{})
		result, more := Compile(c)
		if found.HasErrors() {
			t.Fatalf("not a configuration: %v\n%s", found, text)
		}
		if more.HasErrors() {
			return
		}
		accepted++
		for _, problem := range misfits(result.Plans) {
			t.Errorf("%s\n%s", problem, text)
		}
	})
	if accepted == 0 {
		t.Error("every configuration was refused")
	}
}

// misfits says where plans are not valid, or contradict each other.
func misfits(plans map[string]*plan.Plan) []string {
	var problems []string
	byID := map[string]map[string]plan.Router{} // router ID, host
	for host, p := range plans {
		if err := p.Validate(); err != nil {
			problems = append(problems, fmt.Sprintf("plan of %s: %v", host, err))
		}
		for _, r := range p.Routers {
			if byID[r.ID] == nil {
				byID[r.ID] = map[string]plan.Router{}
			}
			byID[r.ID][host] = r
		}
	}
	for id, routers := range byID {
		for a, r := range routers {
			for b, s := range routers {
				if a == b {
					continue
				}
				if shared(r) != shared(s) {
					problems = append(problems, fmt.Sprintf("%s differs:\n%s\n%s", id, shared(r), shared(s)))
				}
				if r.Unit != s.Unit || tracksOf(r) != tracksOf(s) {
					problems = append(problems, fmt.Sprintf("%s depends on %s on %s, and on %s on %s", id, tracksOf(r), a, tracksOf(s), b))
				}
				if r.Priority == s.Priority {
					problems = append(problems, fmt.Sprintf("%s has priority %d on %s and %s", id, r.Priority, a, b))
				}
				i := slices.IndexFunc(r.Neighbours, func(n plan.Neighbour) bool { return n.Host == b })
				if i < 0 || r.Neighbours[i].Priority != effectiveIn(s, func(int) bool { return false }) || s.Source != "" && r.Neighbours[i].Address != s.Source {
					problems = append(problems, fmt.Sprintf("%s on %s does not know %s as it is", id, a, b))
				}
				if r.Group == "" && !slices.Contains(r.Peers, s.Source) {
					problems = append(problems, fmt.Sprintf("%s on %s does not send to %s", id, a, b))
				}
			}
		}
	}
	return problems
}

// shared returns what of a router is the same on all hosts.
func shared(r plan.Router) string {
	return fmt.Sprint(r.Vip, r.Family, r.VRID, r.Version, r.AdvertInterval, r.Group, r.Checksum, r.Preemption, r.Announce, r.Addresses, r.OnAgentLoss, r.Auth)
}

// tracksOf returns what a router depends on, but for its own interfaces.
func tracksOf(r plan.Router) string {
	return fmt.Sprint(slices.DeleteFunc(slices.Clone(r.Tracks), func(t plan.Track) bool { return strings.HasPrefix(t.Interface, "eth1") }))
}

// drawConfiguration writes a configuration that package lang takes. Its parts
// are drawn from few values, so that they collide.
func drawConfiguration(t *rapid.T) string {
	var s strings.Builder
	hosts := rapid.IntRange(1, 4).Draw(t, "hosts")
	for i := range hosts {
		fmt.Fprintf(&s, "host \"h%d\" {\n%s", i, maybe(t, "router", 15, `router = "keepalived"`))
		for _, nic := range []string{"eth0", "eth1"} {
			if !rapid.Bool().Draw(t, "declared") {
				break
			}
			fmt.Fprintf(&s, "interface %q {\n%s%s}\n", nic,
				maybe(t, "own", 1, fmt.Sprintf("addresses = [%s]", pick(t, fmt.Sprintf(`"10.0.0.%s/24"`, often(t, i+1, 1)), fmt.Sprintf(`"10.0.0.%d/24", "2001:db8::%d/64"`, i+1, i+1)))),
				maybe(t, "segment", 9, "segment = "+pick(t, `"x"`, `"y"`)))
		}
		s.WriteString("}\n")
	}
	for i := range 2 {
		fmt.Fprintf(&s, "check \"k%d\" {\n%s\n}\n", i, pick(t, "ping {\naddress = \"10.0.0.1\"\n}", "tcp {\naddress = \"${self.name}:80\"\n}"))
	}
	for c := range rapid.IntRange(1, 2).Draw(t, "clusters") {
		order := rapid.Permutation(refs(hosts)).Draw(t, "order")
		fmt.Fprintf(&s, "cluster \"c%d\" {\nhosts = [%s]\ninterface = \"eth0\"\n", c, strings.Join(order, ", "))
		s.WriteString(maybe(t, "together", 4, `failover = "together"`))
		s.WriteString(drawLevel(t, hosts, false))
		for v := range rapid.IntRange(1, 2).Draw(t, "vips") {
			n := 20*c + v + 51
			fmt.Fprintf(&s, "vip \"v%d\" {\nvrid = %s\naddresses = [%s]\n%s%s}\n", v, often(t, n, 1),
				strings.ReplaceAll(pick(t, `"10.0.0.N/24"`, `"10.0.0.N"`, `"2001:db8::N/64"`, `"10.0.0.N/24", "2001:db8::N/64"`, `"fe80::N/64", "2001:db8::N"`), "N", often(t, n, 1)),
				maybe(t, "nic", 4, `interface = "eth1"`), drawLevel(t, hosts, true))
		}
		s.WriteString("}\n")
	}
	return s.String()
}

// drawLevel writes what may stand on a cluster and on a vip.
func drawLevel(t *rapid.T, hosts int, vip bool) string {
	s := maybe(t, "version", 9, "version = 2") +
		maybe(t, "interval", 4, "advert_interval = "+pick(t, `"1s"`, `"2s"`, `"100ms"`)) +
		maybe(t, "transport", 6, `transport = "unicast"`) +
		maybe(t, "group", 6, "multicast_group = "+pick(t, `"224.0.0.99"`, `"ff02::99"`)) +
		maybe(t, "checksum", 6, `checksum = "rfc9568"`) +
		maybe(t, "prefer", 5, "prefer = [host.h0]") +
		maybe(t, "auth", 15, "auth {\ntype = \"pass\"\nsecret = "+pick(t, `"1234"`, `"123456789"`)+"\n}") +
		maybe(t, "preemption", 5, "preemption {\n"+pick(t, `mode = "never"`, `mode = "always"`, "mode = \"delayed\"\ndelay = \"5s\"", `delay = "5s"`)+"\n}")
	for _, subject := range []string{"check = check.k0", "check = check.k1", `interface = "eth1"`, `interface = "eth2"`} {
		s += maybe(t, "track", 6, "track {\n"+subject+"\n"+pick(t, "", `effect = "demote"`, `effect = "fault"`, "weight = -30", "weight = 30")+"\n}")
	}
	written := rapid.IntRange(0, 3).Draw(t, "written") == 3
	for i := range hosts {
		if !written && rapid.IntRange(0, 6).Draw(t, "member") < 6 {
			continue
		}
		s += fmt.Sprintf("member \"h%d\" {\n", i)
		if written {
			s += fmt.Sprintf("priority = %d\n", 100+10*i)
		}
		s += maybe(t, "source", 8, "source = "+pick(t, `"10.0.0.1"`, `"10.0.0.2"`, `"fe80::1"`, `"2001:db8::1"`))
		if vip {
			s += maybe(t, "owner", 9, "owner = true")
		}
		s += "}\n"
	}
	return s
}

func refs(hosts int) []string {
	all := make([]string, hosts)
	for i := range all {
		all[i] = fmt.Sprintf("host.h%d", i)
	}
	return all
}

// maybe returns line once in n+1 times.
func maybe(t *rapid.T, what string, n int, line string) string {
	if rapid.IntRange(0, n).Draw(t, what) != n {
		return ""
	}
	return line + "\n"
}

// often returns n, and seldom other.
func often(t *rapid.T, n, other int) string {
	if rapid.IntRange(0, 15).Draw(t, "often") == 15 {
		n = other
	}
	return fmt.Sprint(n)
}

func pick(t *rapid.T, choices ...string) string {
	return rapid.SampledFrom(choices).Draw(t, "choice")
}
