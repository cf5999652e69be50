package main

import (
	"slices"
	"testing"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// While neighbours may disagree, two Actives are no fault of the network.
func TestApart(t *testing.T) {
	old1, old2 := pair(50)
	same1, same2 := pair(50)
	vrid1, vrid2 := pair(51)
	long1, long2 := pair(50)
	longer(long1, long2)
	elsewhere, _ := pair(50)
	elsewhere.Plan.Routers[0].Interface = "eth1"
	for name, c := range map[string]struct {
		follows    *plan.Document // what lb01 reports
		new1, new2 *plan.Document
		want       bool
	}{
		"nothing":                        {old1, same1, same2, false},
		"an address more":                {old1, long1, long2, false},
		"another VRID":                   {old1, vrid1, vrid2, true},
		"another VRID, half carried out": {old1, vrid1, old2, true},
		"another interface":              {old1, elsewhere, same2, true},
		"an agent follows a third plan":  {vrid1, same1, same2, true},
	} {
		p := proposal{Hosts: []proposed{
			{Known: fleet.Known{Host: "lb01", Stored: old1, Status: reporting("lb01", c.follows, status.Active), Alive: true}, Next: c.new1},
			{Known: fleet.Known{Host: "lb02", Stored: old2, Status: reporting("lb02", old2, status.Active), Alive: true}, Next: c.new2},
		}}
		if got := len(p.apart()) > 0; got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Hosts that are Active for more go later; dead reports count for nothing.
func TestBackupsFirst(t *testing.T) {
	lb01, lb02 := pair(50)
	plans := fleet.NewGeneration()
	plans.Add("lb01", &lb01.Plan)
	plans.Add("lb02", &lb02.Plan)
	now := time.Now()
	for name, c := range map[string]struct {
		reports map[string]*status.Host
		want    []string
	}{
		"nobody reports: by preference": {want: []string{"lb02", "lb01"}},
		"the preferred host is Active": {
			reports: map[string]*status.Host{"lb01": reporting("lb01", lb01, status.Active), "lb02": reporting("lb02", lb02, status.Backup)},
			want:    []string{"lb02", "lb01"},
		},
		"the other one is": {
			reports: map[string]*status.Host{"lb01": reporting("lb01", lb01, status.Backup), "lb02": reporting("lb02", lb02, status.Active)},
			want:    []string{"lb01", "lb02"},
		},
	} {
		if got := fleet.BackupsFirst(plans, fleet.Living(c.reports, now)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	dead := reporting("lb02", lb02, status.Active)
	dead.Written = now.Add(-time.Hour)
	if got := fleet.BackupsFirst(plans, fleet.Living(map[string]*status.Host{"lb02": dead}, now)); !slices.Equal(got, []string{"lb02", "lb01"}) {
		t.Errorf("a dead report counts: %v", got)
	}
}
