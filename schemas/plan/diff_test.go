package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// transcript writes changes as an operator would read them.
func transcript(changes []Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s %s\n", c.ID, c.Class)
		for _, w := range c.What {
			fmt.Fprintf(&b, "  %s\n", w)
		}
		if len(c.Agreement) > 0 {
			fmt.Fprintf(&b, "  neighbours must agree: %s\n", strings.Join(c.Agreement, ", "))
		}
	}
	return b.String()
}

// The whole table of classes: what is changed, and what becomes of the router.
func TestDiffClasses(t *testing.T) {
	cases := []struct {
		change func(*Router)
		family Family
		want   string
	}{
		{func(r *Router) {}, IPv4, "untouched"},
		{func(r *Router) { r.VRID = 51 }, IPv4, "re-created: vrid 50 → 51; agree on vrid"},
		{func(r *Router) { r.Interface = "eth1" }, IPv4, "re-created: interface eth0 → eth1"},
		{func(r *Router) { r.Version, r.Auth = 3, nil }, IPv4, "re-created: version 2 → 3; authentication pass → none; agree on version, authentication"},
		{func(r *Router) { r.Priority = 244 }, IPv4, "in place: priority 254 → 244"},
		{func(r *Router) { r.Priority = Owner }, IPv4, "re-created: priority 254 → 255"},
		{func(r *Router) { r.AdvertInterval = 2000 }, IPv4, "in place: advert interval 1s → 2s; agree on advert interval"},
		{func(r *Router) { r.AdvertInterval = 1000 }, IPv6, "in place: advert interval 100ms → 1s"},
		{func(r *Router) { r.Source = "" }, IPv4, "in place: source 10.0.0.5 → automatic"},
		{func(r *Router) { r.Source = "2001:db8::7" }, IPv6, "in place: source 2001:db8::5 → 2001:db8::7; agree on source"},
		{func(r *Router) { r.Group = "224.0.0.19" }, IPv4, "in place: multicast group 224.0.0.18 → 224.0.0.19; agree on transport"},
		{func(r *Router) { r.Group, r.Peers, r.Source = "ff02::12", nil, "2001:db8::5" }, IPv6,
			"in place: transport unicast to 2001:db8::6 → multicast to ff02::12; agree on transport"},
		{func(r *Router) { r.Group, r.Peers = "", []string{"10.0.0.6"} }, IPv4,
			"in place: transport multicast to 224.0.0.18 → unicast to 10.0.0.6; agree on transport"},
		{func(r *Router) { r.Peers = []string{"2001:db8::7"} }, IPv6, "in place: peer 2001:db8::6 removed; peer 2001:db8::7 added; agree on transport"},
		{func(r *Router) { r.Checksum = RFC9568 }, IPv6, "in place: checksum pseudo-header → rfc9568; agree on checksum"},
		{func(r *Router) { r.Auth = &Auth{Type: "pass", Secret: "other"} }, IPv4, "in place: password changed; agree on authentication"},
		{func(r *Router) { r.Auth = &Auth{Type: "pass", Secret: "a<b>&c"} }, IPv4, "untouched"},
		{func(r *Router) { r.Auth = nil }, IPv4, "in place: authentication pass → none; agree on authentication"},
		{func(r *Router) { r.Preemption = Preemption{Mode: Never} }, IPv4, "in place: preemption delayed by 10s → never"},
		{func(r *Router) { r.Preemption.Delay = 20_000 }, IPv4, "in place: preemption delayed by 10s → delayed by 20s"},
		{func(r *Router) { r.Announce = Announce{Burst: 3} }, IPv4, "in place: announcements in a burst 5 → 3; second burst of announcements after 5s → none"},
		{func(r *Router) { r.OnAgentLoss = Keep }, IPv4, "in place: on agent loss release → keep"},
		{func(r *Router) { r.Addresses = append(r.Addresses, Address{Prefix: "10.0.0.103/24"}) }, IPv4, "in place: address 10.0.0.103/24 added; agree on addresses"},
		{func(r *Router) { r.Addresses = r.Addresses[1:] }, IPv4, "in place: address 10.0.0.100/24 removed; agree on addresses"},
		{func(r *Router) { r.Addresses[0].Prefix = "10.0.0.100/32" }, IPv4,
			"in place: address 10.0.0.100/24 removed; address 10.0.0.100/32 added"},
		{func(r *Router) { r.Addresses[0], r.Addresses[1] = r.Addresses[1], r.Addresses[0] }, IPv4,
			"in place: address order 10.0.0.100/24, 10.0.0.101/32, 10.0.0.102/32 → 10.0.0.101/32, 10.0.0.100/24, 10.0.0.102/32; agree on addresses"},
		{func(r *Router) { r.Addresses[1].Hidden = true }, IPv4, "in place: address 10.0.0.101/32 no longer listed in adverts; agree on addresses"},
		{func(r *Router) { r.Addresses[2].Hidden = false }, IPv4, "in place: address 10.0.0.102/32 now listed in adverts; agree on addresses"},
		{func(r *Router) { r.Neighbours = r.Neighbours[:1] }, IPv4, "in place: neighbour old removed"},
		{func(r *Router) { r.Neighbours[0].Priority = 234 }, IPv4, "in place: neighbour lb02 priority 244 → 234"},
		{func(r *Router) { r.Neighbours[1].Kind = Other }, IPv4, "in place: neighbour old router keepalived → other"},
		{func(r *Router) { r.Neighbours[1].Address = "10.0.0.9" }, IPv4, "in place: neighbour old address unknown → 10.0.0.9"},
		{func(r *Router) { r.VRID, r.Priority = 51, 244 }, IPv4, "re-created: vrid 50 → 51; priority 254 → 244; agree on vrid"},
	}
	for _, c := range cases {
		t.Run(c.want, func(t *testing.T) {
			old, new := pair(), pair()
			i := int(c.family-IPv4) / 2
			c.change(&new.Routers[i])
			if err := new.Validate(); err != nil {
				t.Fatal(err)
			}
			changes := Diff(old, new)
			if len(changes) != 2 || changes[1-i].Class != Untouched {
				t.Fatalf("the other router is not untouched:\n%s", transcript(changes))
			}
			same(t, "change", c.want, line(changes[i]))
		})
	}
}

// line writes a change on one line.
func line(c Change) string {
	s := c.Class.String()
	if len(c.What) > 0 {
		s += ": " + strings.Join(c.What, "; ")
	}
	if len(c.Agreement) > 0 {
		s += "; agree on " + strings.Join(c.Agreement, ", ")
	}
	return s
}

func TestDiffAddsAndRemoves(t *testing.T) {
	old, new := pair(), pair()
	old.Routers, new.Routers = old.Routers[:1], new.Routers[1:]
	same(t, "changes", `web/public/ipv4 removed
  vrid 50 on eth0
  priority 254
  address 10.0.0.100/24
  address 10.0.0.101/32
  address 10.0.0.102/32
web/public/ipv6 added
  vrid 50 on eth0
  priority 254
  address fe80::200:5eff:fe00:232/128
  address 2001:db8::100/64
`, transcript(Diff(old, new)))
}

func TestDiffWithoutPlan(t *testing.T) {
	for _, c := range Diff(nil, pair()) {
		if c.Class != Added {
			t.Errorf("%s is %s, want added", c.ID, c.Class)
		}
	}
	for _, c := range Diff(pair(), nil) {
		if c.Class != Removed {
			t.Errorf("%s is %s, want removed", c.ID, c.Class)
		}
	}
	if got := Diff(nil, nil); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// All secrets of full are hunter2, or hold it; they change, come and go.
func TestDiffHidesSecrets(t *testing.T) {
	old, new := full(), full()
	walk("", objectsOf(new), func(_ string, v reflect.Value) {
		if v.Kind() == reflect.String {
			v.SetString(strings.ReplaceAll(v.String(), "hunter2", "hunter3"))
		}
	})
	for _, plans := range [][2]*Plan{{old, new}, {nil, new}, {old, nil}} {
		got := transcript(slices.Concat(Diff(plans[0], plans[1]), DiffObjects(plans[0], plans[1])))
		if strings.Contains(got, "hunter") {
			t.Error(got)
		}
	}
}

// No field can change without a Change: whatever single value of the plan's
// objects is made another, something is not Untouched, and What says what. A
// field that is new, and forgotten in Diff or DiffObjects, fails here.
func TestDiffSeesEveryField(t *testing.T) {
	for _, whole := range []func() *Plan{pair, full} {
		count, set := 0, map[string]bool{}
		walk("", objectsOf(whole()), func(path string, v reflect.Value) {
			count++
			set[path] = set[path] || !v.IsZero()
		})
		for n := range count {
			old, new, i, changed := whole(), whole(), 0, ""
			walk("", objectsOf(new), func(path string, v reflect.Value) {
				if i == n && (!v.IsZero() || !set[path]) { // else it may be an alternative of what is there
					other(v)
					changed = path
				}
				i++
			})
			told := func(c Change) bool { return c.Class != Untouched && len(c.What) > 0 }
			if changed == "" {
				continue
			}
			if changes := slices.Concat(Diff(old, new), DiffObjects(old, new)); !slices.ContainsFunc(changes, told) {
				t.Errorf("another %s is no change", changed)
			}
		}
	}
}

// objectsOf returns all of p but the host's name.
func objectsOf(p *Plan) reflect.Value {
	objects := struct {
		Routers  []Router
		Checks   []Check
		Notify   []Notify
		Upgrades []Upgrade
	}{p.Routers, p.Checks, p.Notify, p.Upgrades}
	return reflect.ValueOf(&objects).Elem()
}

// walk visits the values without parts inside v, in order, with their paths. It
// leaves out what a router's ID says already.
func walk(path string, v reflect.Value, visit func(string, reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(path, v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(path, v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Vip" && name != "Family" {
				walk(path+"."+name, v.Field(i), visit)
			}
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(k))
			visit(path+"."+k.String(), value)
			v.SetMapIndex(k, value)
		}
	default:
		visit(path, v)
	}
}

// other changes one value.
func other(v reflect.Value) {
	switch v.Kind() {
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.String:
		v.SetString(v.String() + "1")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		panic("plan: a kind of field that the test does not know: " + v.Kind().String())
	}
}
