package compiler

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"hactl/schemas/plan"
)

// compileVip returns the plans of hosts a, b (hactl's) and k (keepalived's) in
// one cluster with these lines in it and these in its vip.
func compileVip(t *testing.T, hosts, cluster, vip string) *Result {
	t.Helper()
	result, found := compileText(fmt.Sprintf(`
host "a" {}
host "b" {
  interface "eth0" { addresses = ["10.0.0.2/24", "fe80::2/64", "2001:db8::2/64"] }
}
host "k" { router = "keepalived" }
cluster "c" {
  hosts     = [%s]
  interface = "eth0"
  %s
  vip "v" {
    vrid = 255
    %s
  }
}`, hosts, cluster, vip))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return result
}

func router(t *testing.T, r *Result, host, id string) plan.Router {
	t.Helper()
	for _, x := range r.Plans[host].Routers {
		if x.ID == id {
			return x
		}
	}
	t.Fatalf("no router %s on %s", id, host)
	return plan.Router{}
}

const four = `addresses = ["10.0.0.9/24"]`

// A target hears of conflicts when it says so, or has a program for them.
func TestConflictsAreTold(t *testing.T) {
	states := plan.Events()
	for text, want := range map[string][]plan.Event{
		`exec { any = ["/a"] }`:                                        states,
		`exec { conflict = ["/a"] }`:                                   append(plan.Events(), plan.OnConflict),
		"on = [\"conflict\", \"active\"]\nexec { any = [\"/a\"] }":     {plan.OnActive, plan.OnConflict},
		"on = [\"conflict\"]\nwebhook { url = \"https://a.example\" }": {plan.OnConflict},
	} {
		result, found := compileText(fmt.Sprintf(`
host "a" {}
notify "n" {
  %s
}
cluster "c" {
  hosts     = [host.a]
  interface = "eth0"
  notify    = [notify.n]
  vip "v" {
    vrid = 1
    %s
  }
}`, text, four))
		if found.HasErrors() {
			t.Fatal(found)
		}
		if got := result.Plans["a"].Notify[0].On; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// A link that has come up is listened to first where the preferred host must not take
// the address back at once.
func TestQuietLink(t *testing.T) {
	for _, x := range []struct {
		hosts, cluster string
		want           int
	}{
		{"host.a, host.b", "", 0},
		{"host.a, host.b", `preemption { mode = "never" }`, 10_000},
		{"host.a, host.b", "preemption {\n mode = \"delayed\"\n delay = \"1m\"\n}", 10_000},
		{"host.a, host.b", "quiet_link = \"30s\"", 30_000},
		{"host.a, host.b", "quiet_link = \"0s\"\npreemption { mode = \"never\" }", 0},
		{"host.a", `preemption { mode = "never" }`, 0},
	} {
		if got := router(t, compileVip(t, x.hosts, x.cluster, four), "a", "c/v/ipv4").QuietLink; got != x.want {
			t.Errorf("%s, %s: %d ms, want %d", x.hosts, x.cluster, got, x.want)
		}
	}
}

func TestOnAgentLoss(t *testing.T) {
	for _, x := range []struct {
		hosts, cluster string
		want           plan.OnAgentLoss
	}{
		{"host.a, host.b", "", plan.Release},
		{"host.a, host.b", `on_agent_loss = "keep"`, plan.Keep},
		{"host.a", "", plan.Keep},
		{"host.a", `on_agent_loss = "release"`, plan.Release},
	} {
		r := router(t, compileVip(t, x.hosts, x.cluster, four), "a", "c/v/ipv4")
		if r.OnAgentLoss != x.want {
			t.Errorf("hosts %s, %s: %s, want %s", x.hosts, x.cluster, r.OnAgentLoss, x.want)
		}
	}
}

// A single member has nobody to send unicast to.
func TestUnicastAlone(t *testing.T) {
	r := router(t, compileVip(t, "host.a", `transport = "unicast"`, four), "a", "c/v/ipv4")
	if len(r.Peers) != 0 || r.Group != "224.0.0.18" {
		t.Errorf("peers %v, group %q", r.Peers, r.Group)
	}
}

func TestChecksumForm(t *testing.T) {
	for line, want := range map[string]plan.Checksum{
		``:                        plan.PseudoHeader,
		`checksum = "keepalived"`: plan.PseudoHeader,
		`checksum = "rfc9568"`:    plan.RFC9568,
	} {
		if r := router(t, compileVip(t, "host.a, host.b", line, four), "a", "c/v/ipv4"); r.Checksum != want {
			t.Errorf("%q: %s, want %s", line, r.Checksum, want)
		}
	}
}

func TestAuthInPlan(t *testing.T) {
	for line, want := range map[string]plan.Auth{
		`secret = "12345678"`:        {Type: "pass", Secret: "12345678"},
		`secret_file = "/etc/h.key"`: {Type: "pass", SecretFile: "/etc/h.key"},
	} {
		r := router(t, compileVip(t, "host.a, host.b", "version = 2\nauth {\ntype = \"pass\"\n"+line+"\n}", four), "b", "c/v/ipv4")
		if r.Auth == nil || !reflect.DeepEqual(*r.Auth, want) {
			t.Errorf("%s: %+v", line, r.Auth)
		}
	}
	if r := router(t, compileVip(t, "host.a, host.b", "", four), "a", "c/v/ipv4"); r.Auth != nil {
		t.Errorf("none written: %+v", r.Auth)
	}
}

// No plan is made for a neighbour of another kind, but the others know of it.
func TestForeignNeighbour(t *testing.T) {
	result := compileVip(t, "host.a, host.k", "member \"a\" { priority = 7 }\nmember \"k\" {\npriority = 9\nsource = \"10.0.0.3\"\n}", four)
	if result.Plans["k"] != nil || result.Plans["b"] == nil || len(result.Plans["b"].Routers) != 0 {
		t.Errorf("plans: %v", result.Plans)
	}
	want := "[{k keepalived 9 10.0.0.3}]"
	if got := fmt.Sprint(router(t, result, "a", "c/v/ipv4").Neighbours); got != want {
		t.Errorf("neighbours of a: %s, want %s", got, want)
	}
	if got := fmt.Sprint(result.Vips); got != "[{c/v [{k 9 keepalived} {a 7 hactl}]}]" {
		t.Errorf("order: %s", got)
	}
}

// RFC 9568 section 5.2.9: IPv6 begins with a link-local address.
func TestLinkLocalFirst(t *testing.T) {
	for addresses, want := range map[string]string{
		`"2001:db8::9/64"`:                                       "fe80::200:5eff:fe00:2ff/128 2001:db8::9/64",
		`"fe80::9/64", "2001:db8::9/64"`:                         "fe80::9/64 2001:db8::9/64",
		`"2001:db8::9/64", "fe80::9/64"`:                         "fe80::200:5eff:fe00:2ff/128 2001:db8::9/64 fe80::9/64",
		`"2001:db8::9", "fe80::200:5eff:fe00:2ff"`:               "fe80::200:5eff:fe00:2ff/128 2001:db8::9/128",
		`"10.0.0.9/24", "2001:db8::9/64"`:                        "fe80::200:5eff:fe00:2ff/128 2001:db8::9/64",
		`"2001:db8::9/64", "10.0.0.9/24", "fe80::8", "10.0.0.8"`: "fe80::200:5eff:fe00:2ff/128 2001:db8::9/64 fe80::8/128",
	} {
		r := router(t, compileVip(t, "host.a, host.b", "", "addresses = ["+addresses+"]"), "a", "c/v/ipv6")
		if got := join(r.Addresses); got != want {
			t.Errorf("%s\n got %s\nwant %s", addresses, got, want)
		}
	}
}

// What does not fit one advert is hidden, and still there: 90 of IPv6, 255 of
// IPv4.
func TestCapacity(t *testing.T) {
	result := compileVip(t, "host.a, host.b", "", `addresses = concat([for i in range(1, 300) : "10.0.${floor(i / 100)}.${i % 100 + 10}/16"], [for i in range(1, 100) : "2001:db8::${i}:0/64"])`)
	for id, want := range map[string]string{"c/v/ipv4": "255 of 299", "c/v/ipv6": "90 of 100"} {
		listed := 0
		r := router(t, result, "a", id)
		for i, a := range r.Addresses {
			if !a.Hidden {
				listed++
			}
			if a.Hidden != (i >= listed) {
				t.Errorf("%s: address %d of %d is listed behind a hidden one", id, i, len(r.Addresses))
			}
		}
		if got := fmt.Sprintf("%d of %d", listed, len(r.Addresses)); got != want {
			t.Errorf("%s: %s listed, want %s", id, got, want)
		}
	}
}

// IPv6 adverts come from a link-local address to a group, and from a global one
// to a peer; an address that nobody declared stays unknown.
func TestSenders(t *testing.T) {
	six := `addresses = ["2001:db8::9/64"]`
	multicast := router(t, compileVip(t, "host.a, host.b", "", six), "a", "c/v/ipv6")
	if got := fmt.Sprintf("%q %v %s", multicast.Source, multicast.Neighbours, multicast.Group); got != `"" [{b hactl 244 fe80::2}] ff02::12` {
		t.Errorf("multicast: %s", got)
	}
	unicast := router(t, compileVip(t, "host.a, host.b", "transport = \"unicast\"\nmember \"a\" { source = \"2001:db8::1\" }", six), "a", "c/v/ipv6")
	if got := fmt.Sprintf("%q %v %v %q", unicast.Source, unicast.Neighbours, unicast.Peers, unicast.Group); got != `"2001:db8::1" [{b hactl 244 2001:db8::2}] [2001:db8::2] ""` {
		t.Errorf("unicast: %s", got)
	}
	for group, want := range map[string]string{"224.0.0.99": "224.0.0.99 ff02::12", "ff02::99": "224.0.0.18 ff02::99"} {
		result := compileVip(t, "host.a, host.b", `multicast_group = "`+group+`"`, `addresses = ["10.0.0.9", "2001:db8::9"]`)
		if got := router(t, result, "a", "c/v/ipv4").Group + " " + router(t, result, "a", "c/v/ipv6").Group; got != want {
			t.Errorf("multicast_group %s: groups %s, want %s", group, got, want)
		}
	}
}

func join(addresses []plan.Address) string {
	var all []string
	for _, a := range addresses {
		all = append(all, a.Prefix)
	}
	return strings.Join(all, " ")
}
