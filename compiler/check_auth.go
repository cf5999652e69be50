package compiler

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// passwordBytes is the room for a password in version 2 (RFC 2338 section
// 5.3.6).
const passwordBytes = 8

// checkAuth refuses authentication that v's version does not have, or that
// nobody could use.
func checkAuth(v *vip, report report) {
	if v.auth == nil || !v.auth.kind.Set {
		return
	}
	if v.auth.kind.V == hmac {
		if !v.auth.doubled() {
			checkKeys(v, report)
		}
		return
	}
	v.auth.checkWords(report)
	switch v.version.V {
	case 2:
		checkPassword(v.auth, report)
	case 3:
		var places []rule.Related
		if v.version.Set {
			places = append(places, related("The version", v.version.Range))
		}
		report(rule.PassInVersion3.At(v.auth.kind.Range,
			"VRRP version 3 has no authentication. Write version = 2 beside the block if the neighbours need a password, or remove the block.", places...))
	}
}

// checkPassword refuses a password that does not fit, and warns of the rest. It
// never shows one, nor its place, but that of its name: who prints a finding may
// print the line.
func checkPassword(a *auth, report report) {
	if n := len(a.secret.V); n > passwordBytes {
		report(rule.LongPassword.At(a.secretAt, fmt.Sprintf(
			"The password has %d bytes, and an advert has room for %d; keepalived would cut it off. Shorten it here and on every neighbour.", n, passwordBytes)))
	}
	report(rule.ClearText.At(a.kind.Range,
		"Everybody on the segment can read the password in each advert. It guards against mistakes, not against attackers. Where every neighbour is hactl, or keepalived 2.4.2 and later, write type = \"hmac-sha256\"; elsewhere keep strangers off the segment."))
}

// checkWords refuses, beside a password, what only HMAC has.
func (a *auth) checkWords(report report) {
	for _, w := range []struct {
		name string
		at   hcl.Range
		is   bool
	}{{"active", a.active.Range, a.active.Set}, {"accept", a.accept.Range, a.accept.Set}} {
		if w.is {
			report(rule.KeysOfPass.At(w.at, fmt.Sprintf("%s says something about the keys of \"hmac-sha256\", and the type is \"pass\". Remove it, or write the other type.", capital(w.name)), related("The type", a.kind.Range)))
		}
	}
	if len(a.blocks) > 0 {
		report(rule.KeysOfPass.At(a.blocks[0].Range(), "A password has no key blocks. Write secret_file = \"/etc/hactl/web.secret\", or type = \"hmac-sha256\".", related("The type", a.kind.Range)))
	}
}

// checkKeys refuses HMAC keys that cannot be, and an active one that is none.
func checkKeys(v *vip, report report) {
	a := v.auth
	ids := make([]string, len(a.keys))
	for i, k := range a.keys {
		ids[i] = strconv.Itoa(k.id)
		if n := len(k.secret.V); k.secret.Set && (n < shortestKey || n > longestKey) {
			report(rule.KeyLength.At(k.at, fmt.Sprintf("The key has %s, and HMAC takes %d to %d. Make one with openssl rand -hex 32, the same for all hosts.", count(n, "byte"), shortestKey, longestKey)))
		}
	}
	switch {
	case len(ids) == 0: // package lang has said so
	case a.signing() == 0:
		report(rule.ActiveKey.At(a.at, fmt.Sprintf("There are %d keys, and nothing says which one signs. Add active = %s.", len(ids), ids[len(ids)-1])))
	case !slices.Contains(ids, strconv.Itoa(a.signing())):
		report(rule.ActiveKey.At(a.active.Range, fmt.Sprintf("There is no key %d: the block has %s. Write the number of one of them.", a.signing(), rule.List(ids))))
	}
	for _, m := range v.members {
		if m.host.kind != plan.Hactl {
			report(rule.OldNeighbour.At(a.kind.Range, fmt.Sprintf(
				"Host %q does not run hactl. keepalived signs adverts from version 2.4.2 on; an older one drops signed ones, and both sides would be Active. Check its version first.", m.host.name),
				related("The host", m.host.at)))
			return
		}
	}
}
