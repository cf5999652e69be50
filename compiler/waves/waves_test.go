package waves

import (
	"fmt"
	"strings"
	"testing"

	"hactl/schemas/plan"

	"github.com/aymanbagabas/go-udiff"
)

// has returns a plan with routers of these clusters.
func has(host string, clusters ...string) *plan.Plan {
	p := &plan.Plan{Host: host}
	for _, c := range clusters {
		p.Routers = append(p.Routers, plan.Router{ID: c + "/public/ipv4"})
	}
	return p
}

// transcript writes waves turn by turn.
func transcript(waves []Wave) string {
	var b strings.Builder
	for i, w := range waves {
		fmt.Fprintf(&b, "wave %d: %s\n", i+1, w.Stage)
		for _, turn := range w.Turns {
			for _, s := range turn {
				fmt.Fprintf(&b, "  %s", s.Host)
			}
			fmt.Fprintln(&b)
		}
	}
	return b.String()
}

func same(t *testing.T, what, want, got string) {
	t.Helper()
	if d := udiff.Unified("want", "got", want, got); d != "" {
		t.Errorf("%s:\n%s", what, d)
	}
}

func TestNoHosts(t *testing.T) {
	if got := Of(nil).Waves; got != nil {
		t.Errorf("got %v", got)
	}
}

// Hosts that share a router go one after the other, all others side by side.
func TestTurns(t *testing.T) {
	host := func(name string, clusters ...string) Host { return Host{Name: name, Next: has(name, clusters...)} }
	moves := host("lb06", "web")
	moves.Has = has("lb06", "mail")
	for _, c := range []struct {
		name  string
		hosts []Host
		want  string
	}{
		{"one cluster", []Host{host("lb02", "web"), host("lb01", "web")}, `wave 1: change
  lb02
  lb01
`},
		{"two clusters of different sizes", []Host{host("lb02", "web"), host("lb04", "mail"), host("lb01", "web"), host("lb03", "web"), host("lb05", "mail")}, `wave 1: change
  lb02  lb04
  lb01  lb05
  lb03
`},
		{"a host in both", []Host{host("lb02", "web"), host("lb04", "mail"), host("lb01", "mail", "web")}, `wave 1: change
  lb02
  lb04
  lb01
`},
		{"a host that goes from one to the other", []Host{host("lb02", "web"), host("lb04", "mail"), moves}, `wave 1: change
  lb02
  lb04
  lb06
`},
		{"hosts with nothing to do", []Host{host("a"), host("b"), host("c"), host("d"), host("e"), host("f"), host("g"), host("h"), host("i")}, `wave 1: change
  a  b  c  d  e  f  g  h
  i
`},
	} {
		same(t, c.name, c.want, transcript(Of(c.hosts).Waves))
	}
}
