package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// terms are those that the tests change between, by name.
func terms() map[string]Terms {
	one, two := Key{ID: 1, Secret: strings.Repeat("a", 32)}, Key{ID: 1, Secret: strings.Repeat("b", 32)}
	with := func(a *Auth) Terms { return Terms{a, 1000, []string{"10.0.0.100"}} }
	all := map[string]Terms{
		"none":      with(nil),
		"pass":      with(&Auth{Type: AuthPass, Secret: "one"}),
		"other":     with(&Auth{Type: AuthPass, SecretFile: "/etc/hactl/other"}),
		"hmac":      with(&Auth{Type: AuthHMAC, Active: 1, Keys: []Key{one}, Accept: Enforce}),
		"key":       with(&Auth{Type: AuthHMAC, Active: 1, Keys: []Key{two}, Accept: Enforce}),
		"addresses": with(nil),
	}
	slow, more := all["pass"], all["none"]
	slow.AdvertInterval, more.Addresses = 5000, []string{"10.0.0.100", "10.0.0.101"}
	all["slow"], all["addresses"] = slow, more
	return all
}

// router returns a version 2 router that sends by the first terms and takes the
// others, too.
func router(names ...string) *Plan {
	all := terms()
	r := pair().Routers[0]
	own := all[names[0]]
	r.Auth, r.AdvertInterval, r.Addresses = own.Auth, own.AdvertInterval, nil
	for _, a := range own.Addresses {
		r.Addresses = append(r.Addresses, Address{Prefix: a + "/24"})
	}
	for _, name := range names[1:] {
		r.Accept = append(r.Accept, all[name])
	}
	return &Plan{Host: "lb01", Routers: []Router{r}}
}

// By other terms nothing is heard, but for addresses; what is accepted is heard in
// both directions at each step of a change-over, whatever is changed to what.
func TestChangeOver(t *testing.T) {
	names := []string{"none", "pass", "other", "hmac", "key", "slow", "addresses"}
	for _, old := range names {
		for _, new := range names {
			if old == new {
				continue
			}
			steps := []*Plan{router(old), router(old, new), router(new, old), router(new)}
			for i, p := range steps {
				if err := p.Validate(); err != nil {
					t.Fatal(err)
				}
				if i == 0 {
					continue
				}
				c := Diff(steps[i-1], p)[0]
				if c.Class != InPlace || len(c.Agreement) > 0 {
					t.Errorf("%s to %s, step %d: %s", old, new, i, line(c))
				}
				if a, b := &steps[i-1].Routers[0], &p.Routers[0]; !a.Hears(b) || !b.Hears(a) {
					t.Errorf("%s to %s, step %d: they do not hear each other", old, new, i)
				}
			}
			at, once := &steps[0].Routers[0], &steps[3].Routers[0]
			mutual := at.Hears(once) && once.Hears(at)
			if want := old+new == "noneaddresses" || old+new == "addressesnone"; mutual != want {
				t.Errorf("%s to %s at once: heard is %v, want %v", old, new, mutual, want)
			}
			if agree := Diff(steps[0], steps[3])[0].Agreement; len(agree) == 0 {
				t.Errorf("%s to %s at once: nobody need agree", old, new)
			}
		}
	}
}

func TestDiffOfWhatIsTaken(t *testing.T) {
	for _, c := range []struct {
		name    string
		was, is *Plan
		want    string
	}{
		{"old and new", router("none"), router("none", "pass"), "in place: takes adverts with a password, every 1s, for 10.0.0.100, too"},
		{"the new", router("none", "hmac"), router("hmac", "none"), "in place: authentication none → hmac-sha256; " +
			"no longer takes adverts with hmac-sha256 by key 1, every 1s, for 10.0.0.100; takes adverts with no authentication, every 1s, for 10.0.0.100, too"},
		{"the interval", router("pass", "slow"), router("slow", "pass"), "in place: advert interval 1s → 5s; " +
			"no longer takes adverts with a password, every 5s, for 10.0.0.100; takes adverts with a password, every 1s, for 10.0.0.100, too"},
		{"not the old", router("pass", "other"), router("pass"), "in place: no longer takes adverts with a password, every 1s, for 10.0.0.100"},
		{"another order", router("none", "pass", "hmac"), router("none", "hmac", "pass"), "in place: another order of what is taken"},
	} {
		same(t, c.name, c.want, line(Diff(c.was, c.is)[0]))
	}
}

// A Backup of version 2 waits for the slowest neighbour that there may be.
func TestBackupInterval(t *testing.T) {
	for _, c := range []struct {
		p    *Plan
		want int
	}{{router("pass"), 1000}, {router("pass", "slow"), 5000}, {router("slow", "pass"), 5000}} {
		if got := c.p.Routers[0].BackupInterval(); got != c.want {
			t.Errorf("got %d, want %d", got, c.want)
		}
	}
	v3 := router("none", "slow").Routers[0]
	v3.Version = 3
	if got := v3.BackupInterval(); got != 1000 {
		t.Errorf("version 3, which learns: %d", got)
	}
}

func TestPlain(t *testing.T) {
	during := router("pass", "none")
	if diff := cmp.Diff(router("pass"), during.Plain()); diff != "" {
		t.Error(diff)
	}
	if len(during.Routers[0].Accept) != 1 {
		t.Error("the plan itself was changed")
	}
	if got, want := during.Plain().Hash(), router("pass").Hash(); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}
