package main

import (
	"fmt"
	"slices"
	"strings"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// active returns the hosts that are Active for one of these routers, by reports.
func (f *fleet) active(ids []string) []string {
	var hosts []string
	for _, id := range ids {
		for _, host := range activeOn(id, f.reports()) {
			if !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

// holder is who is Active for a router: a host, or the address of one that does
// not report; empty when nobody is known to be.
func (f *fleet) holder(id string) string {
	reports := f.reports()
	if on := activeOn(id, reports); len(on) > 0 {
		return on[0]
	}
	for _, h := range reports {
		if r := reportOf(h, id); r != nil && r.State == status.Backup && r.ActivePeer != "" {
			return f.named(id, r.ActivePeer)
		}
	}
	return ""
}

// named is the neighbour with that address, if its address is known; otherwise the
// address.
func (f *fleet) named(id, address string) string {
	for _, n := range f.plans.any(id).Neighbours {
		if n.Address == address {
			return n.Host
		}
	}
	return address
}

// isActive reports whether a host is Active for all of these routers, and no
// other is for any.
func (f *fleet) isActive(host string, ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !slices.Equal(activeOn(id, f.reports()), []string{host}) })
}

// isOn reports whether a vip has moved: the new host is Active alone. One that
// does not report is when the old host hears it.
func (f *fleet) isOn(to standing, from string, ids []string) bool {
	if to.Kind == plan.Hactl {
		return f.isActive(to.Host, ids)
	}
	return !slices.ContainsFunc(ids, func(id string) bool { return f.holder(id) == from || f.holder(id) == "" })
}

// leaver is the host that a vip moves away from.
func (f *fleet) leaver(vip string, ids []string) (string, error) {
	on := f.active(ids)
	switch {
	case len(on) > 1:
		return "", fmt.Errorf("nothing was changed, as %s is Active on %s at once", vip, strings.Join(on, " and "))
	case len(on) == 0:
		if holder := f.holder(ids[0]); holder != "" {
			return "", fmt.Errorf("nothing was changed, as %s is on %s, which does not report to hactl: it must be told there to give it up", vip, holder)
		}
		return "", fmt.Errorf("nothing was changed, as %s is Active nowhere, by what the hosts report", vip)
	}
	if r := f.plans.router(on[0], ids[0]); r != nil && r.Priority == plan.Owner {
		return "", fmt.Errorf("nothing was changed, as %s owns the addresses of %s: they are the host's own, and stay on it", on[0], vip)
	}
	return on[0], nil
}

// successor is the member that is to have a vip: the one that was named, or the
// best other one that is fit, or else the best.
func (f *fleet) successor(vip, from, named string) (standing, error) {
	all := f.standings(vip)
	if named != "" {
		i := slices.IndexFunc(all, func(s standing) bool { return s.Host == named })
		if i >= 0 {
			return all[i], nil
		}
		var names []string
		for _, s := range all {
			names = append(names, s.Host)
		}
		return standing{}, fmt.Errorf("%s is no host of %s%s: it has %s", named, vip, meant(named, names), strings.Join(names, ", "))
	}
	all = slices.DeleteFunc(all, func(s standing) bool { return s.Host == from })
	for _, s := range all {
		if s.wrong == nil && s.unknown == "" {
			return s, nil
		}
	}
	if len(all) == 0 {
		return standing{}, fmt.Errorf("nothing was changed, as no host but %s has %s", from, vip)
	}
	return all[0], nil
}
