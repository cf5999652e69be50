package agent_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hactl/agent"
	"hactl/schemas/plan"
)

// Everything that a plan can ask for is either done or refused: a field that is
// new in one of these types, and that nobody has thought of, fails here. What an
// agent learns to do leaves the table in able.go and comes into done.
func TestUnableKnowsEveryField(t *testing.T) {
	done := strings.Fields(`
		Plan.Host Plan.Routers Plan.Checks Plan.Notify
		Router.ID Router.Vip Router.Family Router.VRID Router.Version Router.Priority Router.AdvertInterval Router.Interface
		Router.Source Router.Peers Router.Group Router.Checksum Router.Auth Router.Preemption Router.Announce Router.Addresses
		Router.Hooks Router.OnAgentLoss Router.Neighbours Router.Tracks Router.Unit Router.QuietStart Router.QuietLink Router.Notify
		Auth.Type Auth.Secret Auth.SecretFile Auth.Active Auth.Keys Auth.Accept
		Announce.Burst Announce.Repeat Announce.Refresh
		Address.Prefix Address.Hidden Address.Interface Address.Label Address.Scope Address.NoPrefixRoute
		Router.Routes Router.Rules Router.Accept`)
	for _, part := range []struct {
		of    any
		field func(*plan.Plan) reflect.Value // the part in a plan of one router
	}{
		{plan.Plan{}, func(p *plan.Plan) reflect.Value { return reflect.ValueOf(p) }},
		{plan.Router{}, func(p *plan.Plan) reflect.Value { return reflect.ValueOf(&p.Routers[0]) }},
		{plan.Auth{}, func(p *plan.Plan) reflect.Value {
			p.Routers[0].Auth = &plan.Auth{}
			return reflect.ValueOf(p.Routers[0].Auth)
		}},
		{plan.Announce{}, func(p *plan.Plan) reflect.Value { return reflect.ValueOf(&p.Routers[0].Announce) }},
		{plan.Address{}, func(p *plan.Plan) reflect.Value { return reflect.ValueOf(&p.Routers[0].Addresses[0]) }},
	} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(part.of)) {
			name := reflect.TypeOf(part.of).Name() + "." + f.Name
			if slices.Contains(done, name) {
				continue
			}
			p := &plan.Plan{Routers: []plan.Router{{Vip: "web/a", Addresses: []plan.Address{{Prefix: "10.0.0.1/24"}}}}}
			fill(part.field(p).Elem().FieldByName(f.Name))
			if len(agent.Unable(p)) == 0 {
				t.Errorf("%s is neither refused nor named as done", name)
			}
		}
	}
}

// fill gives v something.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Int:
		v.SetInt(1)
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("a kind of field that the test does not know: " + v.Kind().String())
	}
}

func TestUnable(t *testing.T) {
	cases := []struct {
		breaks func(*plan.Plan)
		want   string
	}{
		{func(*plan.Plan) {}, ""},
		{func(p *plan.Plan) { p.Routers[0].Auth = &plan.Auth{Type: plan.AuthPass, Secret: "x"} }, ""},
		{func(p *plan.Plan) { p.Upgrades = []plan.Upgrade{{Name: "a"}, {Name: "b"}} }, "upgrade programs (upgrade a, upgrade b)"},
		{func(p *plan.Plan) { p.Routers[0].Auth = &plan.Auth{Type: plan.AuthHMAC, Accept: plan.Enforce} }, ""},
		{func(p *plan.Plan) { p.Routers[0].Addresses[0].Hidden = true }, ""},
		{func(p *plan.Plan) {
			for i := range 9 {
				p.Upgrades = append(p.Upgrades, plan.Upgrade{Name: fmt.Sprint(i)})
			}
		}, "upgrade programs (upgrade 0, upgrade 1, upgrade 2, 6 more)"},
	}
	for _, c := range cases {
		r := plan.Router{Vip: "web/a", Addresses: []plan.Address{{Prefix: "10.0.0.1/24"}}}
		p := &plan.Plan{Routers: []plan.Router{r, r}}
		p.Routers[1].Addresses = slices.Clone(r.Addresses)
		c.breaks(p)
		if got := strings.Join(agent.Unable(p), "; "); got != c.want {
			t.Errorf("got %q\nwant %q", got, c.want)
		}
	}
}
