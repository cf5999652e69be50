package plan

import (
	"strings"
	"testing"
)

// Steps by which a cluster takes HMAC up, and changes its keys, are such that
// hosts that have followed and hosts that have not hear each other. All others
// are told as what neighbours must agree on.
func TestDiffAuthentication(t *testing.T) {
	a, b := strings.Repeat("a", 32), strings.Repeat("b", 32)
	hmac := func(accept Enforcing, active int, keys ...Key) *Auth {
		return &Auth{Type: AuthHMAC, Active: active, Keys: keys, Accept: accept}
	}
	one, two, other, file := Key{ID: 1, Secret: a}, Key{ID: 2, Secret: b}, Key{ID: 1, Secret: b}, Key{ID: 1, SecretFile: "/x"}
	cases := []struct {
		name    string
		was, is *Auth
		want    string
	}{
		{"taken up", nil, hmac(ReceiveOnly, 1, one), "in place: authentication none → hmac-sha256"},
		{"signed", hmac(ReceiveOnly, 1, one), hmac(Permissive, 1, one), "in place: adverts without a signature receive-only → permissive"},
		{"enforced", hmac(Permissive, 1, one), hmac(Enforce, 1, one), "in place: adverts without a signature permissive → enforce"},
		{"one key more", hmac(Enforce, 1, one), hmac(Enforce, 1, one, two), "in place: key 2 added"},
		{"signed with it", hmac(Enforce, 1, one, two), hmac(Enforce, 2, one, two), "in place: signing key 1 → 2"},
		{"old one away", hmac(Enforce, 2, one, two), hmac(Enforce, 2, two), "in place: key 1 removed"},
		{"in a file the same way", hmac(Enforce, 1, file), hmac(Permissive, 1, file), "in place: adverts without a signature enforce → permissive"},

		{"enforced at once", nil, hmac(Enforce, 1, one), "in place: authentication none → hmac-sha256; agree on authentication"},
		{"signed at once", nil, hmac(Permissive, 1, one), "in place: authentication none → hmac-sha256; agree on authentication"},
		{"enforced too soon", hmac(ReceiveOnly, 1, one), hmac(Enforce, 1, one), "in place: adverts without a signature receive-only → enforce; agree on authentication"},
		{"given up at once", hmac(Permissive, 1, one), nil, "in place: authentication hmac-sha256 → none; agree on authentication"},
		{"another key at once", hmac(Enforce, 1, one), hmac(Enforce, 2, two), "in place: signing key 1 → 2; key 1 removed; key 2 added; agree on authentication"},
		{"another key of that number", hmac(Enforce, 1, one), hmac(Enforce, 1, other), "in place: key 1 changed; agree on authentication"},
		{"from a file", hmac(Enforce, 1, one), hmac(Enforce, 1, file), "in place: key 1 changed; agree on authentication"},
		{"from a password", &Auth{Type: AuthPass, Secret: "x"}, hmac(ReceiveOnly, 1, one), "in place: authentication pass → hmac-sha256; agree on authentication"},
		{"to a password", nil, &Auth{Type: AuthPass, Secret: "x"}, "in place: authentication none → pass; agree on authentication"},
	}
	for _, c := range cases {
		old, new := pair(), pair()
		old.Routers[0].Auth, new.Routers[0].Auth = c.was, c.is
		for _, p := range []*Plan{old, new} {
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
		}
		same(t, c.name, c.want, line(Diff(old, new)[0]))
	}
}
