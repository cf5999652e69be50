package fleet

import (
	"fmt"
	"slices"
	"strings"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Active returns the hosts that are Active for one of these routers, by reports.
func (f *Fleet) Active(ids []string) []string {
	var hosts []string
	for _, id := range ids {
		for _, host := range ActiveOn(id, f.Reports()) {
			if !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

// Holder is who is Active for a router: a host, or the address of one that does
// not report; empty when nobody is known to be.
func (f *Fleet) Holder(id string) string {
	reports := f.Reports()
	if on := ActiveOn(id, reports); len(on) > 0 {
		return on[0]
	}
	for _, h := range reports {
		if r := ReportOf(h, id); r != nil && r.State == status.Backup && r.ActivePeer != "" {
			return f.named(id, r.ActivePeer)
		}
	}
	return ""
}

// named is the neighbour with that address, if its address is known; otherwise the
// address.
func (f *Fleet) named(id, address string) string {
	for _, n := range f.Plans.Any(id).Neighbours {
		if n.Address == address {
			return n.Host
		}
	}
	return address
}

// IsActive reports whether a host is Active for all of these routers, and no
// other is for any.
func (f *Fleet) IsActive(host string, ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !slices.Equal(ActiveOn(id, f.Reports()), []string{host}) })
}

// IsOn reports whether a vip has moved: the new host is Active alone. One that
// does not report is when the old host hears it.
func (f *Fleet) IsOn(to Standing, from string, ids []string) bool {
	if to.Kind == plan.Hactl {
		return f.IsActive(to.Host, ids)
	}
	return !slices.ContainsFunc(ids, func(id string) bool { return f.Holder(id) == from || f.Holder(id) == "" })
}

// Leaver is the host that a vip moves away from.
func (f *Fleet) Leaver(vip string, ids []string) (string, error) {
	on := f.Active(ids)
	switch {
	case len(on) > 1:
		return "", fmt.Errorf("nothing was changed, as %s is Active on %s at once", vip, strings.Join(on, " and "))
	case len(on) == 0:
		if holder := f.Holder(ids[0]); holder != "" {
			return "", fmt.Errorf("nothing was changed, as %s is on %s, which does not report to hactl: it must be told there to give it up", vip, holder)
		}
		return "", fmt.Errorf("nothing was changed, as %s is Active nowhere, by what the hosts report", vip)
	}
	if r := f.Plans.Router(on[0], ids[0]); r != nil && r.Priority == plan.Owner {
		return "", fmt.Errorf("nothing was changed, as %s owns the addresses of %s: they are the host's own, and stay on it", on[0], vip)
	}
	return on[0], nil
}

// Successor is the member that is to have a vip: the one that was named, or the
// best other one that is fit, or else the best.
func (f *Fleet) Successor(vip, from, named string) (Standing, error) {
	all := f.Standings(vip)
	if named != "" {
		i := slices.IndexFunc(all, func(s Standing) bool { return s.Host == named })
		if i >= 0 {
			return all[i], nil
		}
		var names []string
		for _, s := range all {
			names = append(names, s.Host)
		}
		return Standing{}, fmt.Errorf("%s is no host of %s%s: it has %s", named, vip, Meant(named, names), strings.Join(names, ", "))
	}
	all = slices.DeleteFunc(all, func(s Standing) bool { return s.Host == from })
	for _, s := range all {
		if s.Wrong == nil && s.Unknown == "" {
			return s, nil
		}
	}
	if len(all) == 0 {
		return Standing{}, fmt.Errorf("nothing was changed, as no host but %s has %s", from, vip)
	}
	return all[0], nil
}
