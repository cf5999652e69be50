package plan

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// together makes one unit of routers.
func together(routers []Router) {
	for i := range routers {
		r, first := &routers[i], &routers[0]
		r.Unit, r.Priority, r.Preemption = "web", first.Priority, first.Preemption
		r.QuietStart, r.QuietLink = first.QuietStart, first.QuietLink
	}
}

// anyAccept draws what neighbours of r may send beside what r sends itself.
func anyAccept(t *rapid.T, r *Router) []Terms {
	var accept []Terms
	for range up(t, "terms", 0, 2) {
		x := Terms{AdvertInterval: r.AdvertInterval, Addresses: r.Terms().Addresses}
		if r.Version == 2 {
			x.AdvertInterval = 1000 * up(t, "other interval", 1, 255)
		}
		if sometimes(t, "other HMAC") {
			x.Auth = anyHMAC(t)
		}
		if sometimes(t, "other addresses") {
			x.Addresses = []string{"10.9.0.1"}
		}
		if !x.in(accept) && !x.in([]Terms{r.Terms()}) {
			accept = append(accept, x)
		}
	}
	return accept
}

// anyUses draws checks and targets, and who depends on and hears of what: all
// routers of a unit, or of one vip, depend on the same.
func anyUses(t *rapid.T, p *Plan) {
	used := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"http", "tcp", "exec", "process", "number", "ping"}), rapid.ID).Draw(t, "checks")
	var tracks []Track
	for _, name := range used {
		tracks = append(tracks, Track{Check: name, Effect: Weigh, Weight: one(t, "weight", -20, 20)})
		if sometimes(t, "demote") {
			tracks[len(tracks)-1].Effect, tracks[len(tracks)-1].Weight = Demote, -up(t, "cost", 1, 253)
		}
	}
	if sometimes(t, "interface") {
		tracks = append(tracks, Track{Interface: "bond0.1", Effect: Fault})
	}
	vip := p.Routers[0].Vip
	for i := range p.Routers {
		if r := &p.Routers[i]; r.Unit != "" || r.Vip == vip {
			r.Tracks = tracks
		}
	}
	for _, c := range checks() {
		if slices.Contains(used, c.Name) {
			c.Interval, c.Rise, c.Initial = up(t, "interval", 100, 200), up(t, "rise", 1, 3), one(t, "initial", Unknown, Up, Down)
			p.Checks = append(p.Checks, c)
		}
	}
	for _, n := range targets() {
		if !sometimes(t, "target "+n.Name) {
			continue
		}
		n.On = slices.DeleteFunc(Events(), func(e Event) bool { return e != OnFault && sometimes(t, "not on "+string(e)) })
		p.Notify = append(p.Notify, n)
		p.Routers[0].Notify = append(p.Routers[0].Notify, n.Name)
	}
}

func anyHooks(t *rapid.T) []Hook {
	var hooks []Hook
	for range up(t, "hooks", 0, 2) {
		hooks = append(hooks, Hook{
			When: one(t, "when", BeforeRelease, AfterAcquire), Command: []string{"/x", rapid.StringMatching(`[^\x00]{0,5}`).Draw(t, "argument")},
			User: "root", Environment: rapid.MapOf(rapid.StringMatching(`[A-Za-z_][A-Z0-9]{0,3}`), rapid.Just("<&>")).Draw(t, "environment"), Timeout: up(t, "timeout", 1, 9),
		})
		if last := &hooks[len(hooks)-1]; len(last.Environment) == 0 {
			last.Environment = nil
		}
	}
	return hooks
}

func anyAddress(t *rapid.T, prefix string, mayHide bool, device string) Address {
	a := Address{Prefix: prefix, Hidden: mayHide && sometimes(t, "hidden"), NoPrefixRoute: sometimes(t, "no prefix route")}
	if sometimes(t, "elsewhere") {
		a.Interface, device = "vlan7", "vlan7"
	}
	if sometimes(t, "label") {
		a.Label = device + ":1"
	}
	a.Scope = one(t, "scope", "", ScopeGlobal, ScopeSite, ScopeLink, ScopeHost)
	return a
}

func anyHMAC(t *rapid.T) *Auth {
	a := &Auth{Type: AuthHMAC, Active: 7, Accept: one(t, "accept", ReceiveOnly, Permissive, Enforce), Keys: []Key{{ID: 7, SecretFile: "/x"}}}
	if sometimes(t, "two keys") {
		a.Keys = append(a.Keys, Key{ID: up(t, "id", 8, 255), Secret: strings.Repeat("k", up(t, "length", 32, 64))})
	}
	return a
}

func anyRoutes(t *rapid.T, n int) []Route {
	if !sometimes(t, "route") {
		return nil
	}
	x := Route{Destination: fmt.Sprintf("10.%d.0.0/16", n+1), Metric: up(t, "metric", 0, 9), Table: up(t, "table", 0, 300), Scope: one(t, "scope", "", ScopeLink)}
	if sometimes(t, "via") {
		x.Via, x.Source = "10.0.0.1", "10.0.0.100"
	}
	return []Route{x, {Destination: "0.0.0.0/0", Via: "10.0.0.1", Interface: "vlan7"}} // the last in common
}

func anyRules(t *rapid.T) []Policy {
	if !sometimes(t, "rule") {
		return nil
	}
	return []Policy{{Priority: up(t, "priority", 1, 32765), From: one(t, "from", "", "10.0.0.0/8"), To: "10.9.0.0/16", Interface: one(t, "iif", "", "vlan7"),
		Mark: up(t, "mark", 0, 9), Table: up(t, "table", 1, 9)}}
}

// anyUpgrade draws an upgrade that asks a check of p, when it has one, and lets
// all vips go.
func anyUpgrade(t *rapid.T, p *Plan) Upgrade {
	u := rapid.SampledFrom(upgrades()).Draw(t, "strategy")
	u.Vips, u.DrainTimeout, u.Verify.Checks = nil, 0, nil
	u.Verify.Soak, u.OnFailure = up(t, "soak", 0, 9), one(t, "on failure", Rollback, Halt)
	if len(p.Checks) > 0 && sometimes(t, "verify") {
		u.Verify.Checks = []string{p.Checks[0].Name}
	}
	for _, r := range p.Routers {
		if !slices.Contains(u.Vips, r.Vip) {
			u.Vips = append(u.Vips, r.Vip)
		}
	}
	if len(u.Vips) > 0 {
		u.DrainTimeout = up(t, "drain", 1, 9)
	}
	return u
}
