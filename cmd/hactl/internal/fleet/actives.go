package fleet

import (
	"maps"
	"slices"

	"hactl/schemas/status"
)

// ReportOf returns what s says of the router id, or nil.
func ReportOf(s *status.Host, id string) *status.Router {
	if s == nil {
		return nil
	}
	for i := range s.Routers {
		if s.Routers[i].ID == id {
			return &s.Routers[i]
		}
	}
	return nil
}

// ActiveOn returns the hosts whose reports say that they are Active for the
// router id, sorted. One that yields is on its way out and does not count.
func ActiveOn(id string, reports map[string]*status.Host) []string {
	var hosts []string
	for _, host := range slices.Sorted(maps.Keys(reports)) {
		if r := ReportOf(reports[host], id); r != nil && r.State == status.Active && !r.Yielding {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// Actives is ActiveOn for all routers, by ID.
func Actives(reports map[string]*status.Host) map[string][]string {
	actives := map[string][]string{}
	for _, host := range slices.Sorted(maps.Keys(reports)) {
		for _, r := range reports[host].Routers {
			if r.State == status.Active && !r.Yielding {
				actives[r.ID] = append(actives[r.ID], host)
			}
		}
	}
	return actives
}
