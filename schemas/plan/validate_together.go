package plan

import (
	"reflect"
	"slices"
	"strings"
)

// validateVips checks what the routers of one vip, of one unit, and those with a
// route in common agree on. Each is compared with the first of its kind.
func (p *Plan) validateVips(f *faults) {
	vips, clusters, routes := map[string]*Router{}, map[string]*Router{}, map[route]holder{}
	for i := range p.Routers {
		r := &p.Routers[i]
		f.at = "router " + r.ID + ": "
		first(vips, r.Vip, r).sameVip(f, r)
		first(clusters, r.cluster(), r).sameUnit(f, r)
		for _, x := range r.Routes {
			at := route{r.Family, x.place()}
			if had := first(routes, at, holder{r.ID, x.on(r)}); had.route != x.on(r) {
				f.add("routes: %s differs from that of router %s in the same table, with the same metric", x.Destination, had.router)
			}
		}
	}
	f.at = ""
}

// route is what the kernel tells a route of all routers by, and holder a router
// that has it.
type route struct {
	family Family
	place  Route
}

type holder struct {
	router string
	route  Route
}

// on returns x as it is there for r.
func (x Route) on(r *Router) Route {
	if x.Interface == "" && x.Via == "" {
		x.Interface = r.Interface
	}
	x.Table = x.place().Table
	return x
}

// first returns what m has for key, which is v when it has nothing yet.
func first[K comparable, V any](m map[K]V, key K, v V) V {
	if _, ok := m[key]; !ok {
		m[key] = v
	}
	return m[key]
}

// cluster returns the name of the cluster that the router's vip is of.
func (r *Router) cluster() string {
	cluster, _, _ := strings.Cut(r.Vip, "/")
	return cluster
}

// sameVip checks that other, of the same vip, runs the same hooks and depends on
// the same things.
func (r *Router) sameVip(f *faults, other *Router) {
	if !slices.Equal(r.Tracks, other.Tracks) {
		f.add("tracks: not those of router %s, of the same vip", r.ID)
	}
	if !reflect.DeepEqual(r.Hooks, other.Hooks) {
		f.add("hooks: not those of router %s, of the same vip", r.ID)
	}
}

// sameUnit checks that other, of the same cluster, moves with r or by itself
// like r.
func (r *Router) sameUnit(f *faults, other *Router) {
	if r.Unit != other.Unit {
		f.add("unit: %q, and router %s of the same cluster has %q", other.Unit, r.ID, r.Unit)
	}
	if r.Unit == "" || r.Unit != other.Unit {
		return
	}
	differ := func(field string, yes bool) {
		if yes {
			f.add("%s: not as of router %s of the same unit", field, r.ID)
		}
	}
	differ("priority", r.Priority != other.Priority)
	differ("preemption", r.Preemption != other.Preemption)
	differ("quiet_start_ms", r.QuietStart != other.QuietStart)
	differ("quiet_link_ms", r.QuietLink != other.QuietLink)
	differ("tracks", r.Vip != other.Vip && !slices.Equal(r.Tracks, other.Tracks))
}

// validateDrain checks the vips that an upgrade lets go: all those of one
// cluster.
func (p *Plan) validateDrain(f *faults, vips []string) {
	cluster, _, _ := strings.Cut(vips[0], "/")
	there := map[string]bool{}
	for i := range p.Routers {
		if r := &p.Routers[i]; r.cluster() == cluster {
			there[r.Vip] = true
		}
	}
	for _, vip := range vips {
		if !there[vip] {
			f.add("vips: %q is no vip of cluster %q here, or there twice", vip, cluster)
		}
		delete(there, vip)
	}
	if len(there) > 0 {
		f.add("vips: not all of cluster %s", cluster)
	}
}

// validateUses checks that what is named is there, and that all that is there is
// named.
func (p *Plan) validateUses(f *faults) {
	checks, targets := map[string]bool{}, map[string]bool{} // by name, whether it is used
	for _, c := range p.Checks {
		checks[c.Name] = false
	}
	for _, n := range p.Notify {
		targets[n.Name] = false
	}
	for _, r := range p.Routers {
		f.at = "router " + r.ID + ": "
		for _, t := range r.Tracks {
			if t.Check != "" {
				f.use(checks, "tracks: there is no check", t.Check)
			}
		}
		for _, name := range r.Notify {
			f.use(targets, "notify: there is no target", name)
		}
	}
	for _, u := range p.Upgrades {
		f.at = "upgrade " + u.Name + ": "
		for _, name := range u.Verify.Checks {
			f.use(checks, "verify checks: there is no check", name)
		}
	}
	for _, c := range p.Checks {
		f.at = "check " + c.Name + ": "
		f.wanted(checks[c.Name], "no router tracks it, and no upgrade asks it")
	}
	for _, n := range p.Notify {
		f.at = "notify " + n.Name + ": "
		f.wanted(targets[n.Name], "no router names it")
	}
	f.at = ""
}

// use notes that name is used, which has to be there.
func (f *faults) use(objects map[string]bool, complaint, name string) {
	if _, there := objects[name]; !there {
		f.add("%s %q", complaint, name)
		return
	}
	objects[name] = true
}

func (f *faults) wanted(used bool, complaint string) {
	if !used {
		f.add("%s", complaint)
	}
}
