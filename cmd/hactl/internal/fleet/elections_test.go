package fleet

import (
	"strings"
	"testing"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// pair is the plans of lb01, which is preferred, and lb02, with a router for each of
// two vips.
func pair() Generation {
	g := NewGeneration()
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		p := &plan.Plan{Host: host}
		for _, vip := range []string{"web/a", "web/b"} {
			p.Routers = append(p.Routers, plan.Router{ID: vip + "/ipv4", Vip: vip, Priority: priority, AdvertInterval: 1000})
		}
		g.Add(host, p)
	}
	return g
}

// report says that a host is Active for the routers named, and Backup for the rest.
func report(host string, active ...string) *status.Host {
	s := &status.Host{Host: host, State: status.Running}
	for _, id := range []string{"web/a/ipv4", "web/b/ipv4"} {
		state := status.Backup
		for _, a := range active {
			if a == id {
				state = status.Active
			}
		}
		s.Routers = append(s.Routers, status.Router{ID: id, State: state})
	}
	return s
}

// What is wrong with elections, and in which order hosts are changed, by what they
// report. Of a host that does not report it is not known whether it is Active.
func TestElections(t *testing.T) {
	for name, c := range map[string]struct {
		reports []*status.Host
		wrong   string
		order   string
	}{
		"one Active each":   {[]*status.Host{report("lb01", "web/a/ipv4", "web/b/ipv4"), report("lb02")}, "", "lb02 lb01"},
		"the other has all": {[]*status.Host{report("lb01"), report("lb02", "web/a/ipv4", "web/b/ipv4")}, "", "lb01 lb02"},
		"one each":          {[]*status.Host{report("lb01", "web/a/ipv4"), report("lb02", "web/b/ipv4")}, "", "lb01 lb02"},
		"two for one": {[]*status.Host{report("lb01", "web/a/ipv4", "web/b/ipv4"), report("lb02", "web/a/ipv4")},
			"web/a/ipv4 is Active on lb01 and lb02 at once", "lb02 lb01"},
		"none for one":      {[]*status.Host{report("lb01", "web/a/ipv4"), report("lb02")}, "web/b/ipv4 is Active nowhere", "lb02 lb01"},
		"one is silent":     {[]*status.Host{report("lb02")}, "", "lb02 lb01"},
		"nobody reports":    {nil, "", "lb02 lb01"},
		"the other's alone": {[]*status.Host{report("lb02", "web/a/ipv4")}, "", "lb01 lb02"},
	} {
		reports := map[string]*status.Host{}
		for _, r := range c.reports {
			reports[r.Host] = r
		}
		if got := strings.Join(Elections(pair(), reports), "; "); got != c.wrong {
			t.Errorf("%s: %q is wrong, want %q", name, got, c.wrong)
		}
		if got := strings.Join(BackupsFirst(pair(), reports), " "); got != c.order {
			t.Errorf("%s: the order is %s, want %s", name, got, c.order)
		}
	}
}

// An election takes up to four intervals of the slowest router, and then the report has
// to come.
func TestElectionTakes(t *testing.T) {
	if got, want := pair().Election(), 4*time.Second+Patience; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
