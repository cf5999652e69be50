package compiler

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hactl/schemas/plan"
)

// The whole plans of configurations with checks and tracks.
func TestPlansOfChecks(t *testing.T) {
	for _, name := range []string{"checks", "tracks", "together"} {
		result, _ := compileText(read(t, "testdata/ok/"+name+".ha.hcl"))
		golden(t, filepath.Join("testdata/golden", name+".txt"), describe(t, result))
	}
}

// A host with fewer failures always wins, and order breaks ties: from order and
// with written priorities, by the arithmetic that a plan asks of an agent, in
// both families.
func TestFewerFailuresWin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, c := rapid.IntRange(2, 5).Draw(t, "hosts"), rapid.IntRange(0, 6).Draw(t, "checks")
		result, found := compileText(drawDemoting(t, n, c))
		if found.HasErrors() {
			if !strings.Contains(found.Error(), "a failure costs") {
				t.Fatal(found)
			}
			return
		}
		family := rapid.SampledFrom([]string{"ipv4", "ipv6"}).Draw(t, "family")
		type standing struct{ failures, place, priority int }
		var all []standing
		for place, rank := range result.Vips[0].Order {
			r := routerOf(result, rank.Host, "web/one/"+family)
			down := rapid.SliceOfN(rapid.Bool(), c, c).Draw(t, "down")
			failures := 0
			for _, is := range down {
				if is {
					failures++
				}
			}
			all = append(all, standing{failures, place, effectiveIn(r, func(i int) bool { return down[i] })})
		}
		for i, a := range all {
			for _, b := range all[:i] {
				if wins := a.failures < b.failures; wins != (a.priority > b.priority) || a.priority == b.priority {
					t.Fatalf("host %d with %d failures has %d, host %d with %d has %d", a.place, a.failures, a.priority, b.place, b.failures, b.priority)
				}
			}
		}
	})
}

// drawDemoting writes a cluster of n hosts that c checks can demote.
func drawDemoting(t *rapid.T, n, c int) string {
	var s strings.Builder
	for i := range c {
		fmt.Fprintf(&s, "check \"c%d\" {\n ping {\n address = \"10.0.0.1\"\n }\n}\n", i)
	}
	s.WriteString("cluster \"web\" {\n interface = \"eth0\"\n")
	fmt.Fprintf(&s, " hosts = [%s]\n", strings.Join(rapid.Permutation(refs(n)).Draw(t, "order"), ", "))
	written := rapid.Bool().Draw(t, "written")
	base := rapid.IntRange(1, 254-3*n).Draw(t, "base")
	for i := range n {
		s.WriteString(fmt.Sprintf(" member \"h%d\" {\n", i))
		if written {
			fmt.Fprintf(&s, "  priority = %d\n", base+3*i)
		}
		s.WriteString(" }\n")
	}
	s.WriteString(" vip \"one\" {\n  vrid = 50\n  addresses = [\"10.0.0.9/24\", \"2001:db8::9/64\"]\n }\n")
	for i := range c {
		fmt.Fprintf(&s, " track {\n  check = check.c%d\n }\n", i)
	}
	s.WriteString("}\n")
	for i := range n {
		fmt.Fprintf(&s, "host \"h%d\" {}\n", i)
	}
	return s.String()
}

// routerOf returns a router of a host's plan.
func routerOf(result *Result, host, id string) plan.Router {
	routers := result.Plans[host].Routers
	return routers[slices.IndexFunc(routers, func(r plan.Router) bool { return r.ID == id })]
}

// effectiveIn returns the effective priority of r while the tracks that down
// says are down, as plan.Track tells.
func effectiveIn(r plan.Router, down func(i int) bool) int {
	if r.Priority == plan.Owner {
		return plan.Owner
	}
	sum := r.Priority
	for i, t := range r.Tracks {
		if t.Weight > 0 && !down(i) || t.Weight < 0 && down(i) {
			sum += t.Weight
		}
	}
	return min(max(sum, 1), 254)
}

// A check is in the plans of the hosts that need it, and of no others.
func TestChecksWhereTheyAreNeeded(t *testing.T) {
	result, found := compileText(`
host "a" {}
host "b" {}
host "c" {}
host "k" { router = "keepalived" }
check "tracked" {
  ping { address = "10.0.0.1" }
}
check "asked" {
  ping { address = "10.0.0.2" }
}
cluster "one" {
  hosts     = [host.a, host.k]
  interface = "eth0"
  member "a" { priority = 100 }
  member "k" { priority = 90 }
  track { check = check.tracked }
  vip "v" {
    vrid      = 50
    addresses = ["10.0.0.9/24"]
  }
}
cluster "two" {
  hosts     = [host.b, host.c]
  interface = "eth0"
  vip "v" {
    vrid      = 51
    addresses = ["10.0.0.10/24"]
  }
}
upgrade "x" {
  cluster = cluster.two
  nginx {}
  release {
    version = "1"
    source  = "/srv/nginx"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
  verify { checks = [check.asked] }
}`)
	if len(found) > 0 {
		t.Fatal(found)
	}
	for host, want := range map[string]string{"a": "tracked", "b": "asked", "c": "asked"} {
		var names []string
		for _, c := range result.Plans[host].Checks {
			names = append(names, c.Name)
			if got := result.Origins[host]["check "+c.Name]; !strings.HasPrefix(got, "main.ha.hcl:") {
				t.Errorf("%s: check %s has the origin %q", host, c.Name, got)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("host %s runs %q, want %q", host, got, want)
		}
	}
}

// What a track of the cluster and one of the vip make together.
func TestLevelsOfTracks(t *testing.T) {
	for _, x := range []struct{ cluster, vip, want string }{
		{`track { interface = "eth1" }`, "", "eth1:demote-20"},
		{`track { interface = "eth1" }`, `track { interface = "eth2" }`, "eth1:demote-20 eth2:demote-20"},
		{"track {\n interface = \"eth1\"\n weight = -11\n}", `track { interface = "eth1" }`, "eth1:demote-20"},
		{`track { interface = "eth1" }`, "track {\n interface = \"eth1\"\n effect = \"fault\"\n}", "eth1:fault+0"},
		{`track { interface = "eth9" }`, "interface = \"eth1\"\ntrack {\n interface = \"eth0\"\n weight = -9\n}", "eth0:weight-9 eth9:demote-20"},
		{"member \"a\" { priority = 150 }\nmember \"b\" { priority = 120 }\ntrack { interface = \"eth1\" }", "", "eth1:demote-31"},
	} {
		result, found := compileText(fmt.Sprintf(`
host "a" {}
host "b" {}
cluster "c" {
  hosts     = [host.a, host.b]
  interface = "eth0"
  %s
  vip "v" {
    vrid      = 50
    addresses = ["10.0.0.9/24"]
    %s
  }
}`, x.cluster, x.vip))
		if found.HasErrors() {
			t.Fatal(found)
		}
		var tracks []string
		for _, tr := range router(t, result, "a", "c/v/ipv4").Tracks {
			tracks = append(tracks, fmt.Sprintf("%s%s:%s%+d", tr.Check, tr.Interface, tr.Effect, tr.Weight))
		}
		if got := strings.Join(tracks, " "); got != x.want {
			t.Errorf("%s / %s: %s, want %s", x.cluster, x.vip, got, x.want)
		}
	}
}
