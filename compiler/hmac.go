package compiler

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/schemas/plan"
)

// hmac is the type of authentication that signs adverts.
const hmac = "hmac-sha256"

// authKey is one key of an auth block.
type authKey struct {
	id           int
	secret, file lang.Value[string]
	at           hcl.Range
}

// The room for a key (draft-cassen-vrrp-auth-hmac).
const (
	shortestKey = 32
	longestKey  = 64
)

// resolveKeys reads the keys of b. A secret directly in it is key 1.
func (a *auth) resolveKeys(b *lang.Block) {
	a.blocks = b.Blocks("key")
	if a.kind.V != hmac {
		return
	}
	if a.secret.Set || a.file.Set {
		a.keys = []*authKey{{id: 1, secret: a.secret, file: a.file, at: a.secretAt}}
	}
	for _, k := range a.blocks {
		id, err := strconv.Atoi(k.Label())
		if err != nil {
			panic("compiler: package lang let a key's number pass: " + err.Error())
		}
		a.keys = append(a.keys, &authKey{id: id, secret: k.String("secret"), file: k.String("secret_file"), at: secretPlace(k)})
	}
	slices.SortFunc(a.keys, func(x, y *authKey) int { return cmp.Compare(x.id, y.id) })
}

// secretPlace returns where the name of b's secret stands, and b's own place when
// it has none.
func secretPlace(b *lang.Block) hcl.Range {
	if b.Has("secret") {
		return b.NameRange("secret")
	}
	return b.Range()
}

// doubled reports whether a has its secret in more than one way, of which package
// lang has allowed one.
func (a *auth) doubled() bool {
	ways := 0
	for _, is := range []bool{a.secret.Set, a.file.Set, len(a.blocks) > 0} {
		if is {
			ways++
		}
	}
	return ways > 1
}

// signing returns the number of the key that signs; 0 when that is not clear.
func (a *auth) signing() int {
	if a.active.Set || len(a.keys) != 1 {
		return a.active.V
	}
	return a.keys[0].id
}

// lower returns what the plan says of a.
func (a *auth) lower() *plan.Auth {
	if a.kind.V != hmac {
		return &plan.Auth{Type: a.kind.V, Secret: a.secret.V, SecretFile: a.file.V}
	}
	p := &plan.Auth{Type: hmac, Active: a.signing(), Accept: plan.Enforcing(cmp.Or(a.accept.V, string(plan.Enforce)))}
	for _, k := range a.keys {
		p.Keys = append(p.Keys, plan.Key{ID: k.id, Secret: k.secret.V, SecretFile: k.file.V})
	}
	return p
}
