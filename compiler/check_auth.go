package compiler

import (
	"fmt"

	"hactl/lang/rule"
)

// passwordBytes is the room for a password in version 2 (RFC 2338 section
// 5.3.6).
const passwordBytes = 8

// checkAuth refuses authentication that v's version does not have and passwords
// that do not fit, and warns of the rest. It never shows a secret.
func checkAuth(v *vip, report report) {
	a := v.auth
	if a == nil || a.kind.V != "pass" {
		return
	}
	if v.version.V != 2 {
		places := []rule.Related{}
		if v.version.Set {
			places = append(places, related("The version", v.version.Range))
		}
		report(rule.PassInVersion3.At(a.kind.Range,
			"VRRP version 3 has no authentication. Write version = 2 beside the block if the neighbours need a password, or remove the block.", places...))
		return
	}
	if n := len(a.secret.V); n > passwordBytes {
		// Not at the secret itself: who prints a finding may print its line.
		report(rule.LongPassword.At(a.at, fmt.Sprintf(
			"The password has %d bytes, and an advert has room for %d; keepalived would cut it off. Shorten it here and on every neighbour.", n, passwordBytes)))
	}
	report(rule.ClearText.At(a.kind.Range,
		"Everybody on the segment can read the password in each advert. It guards against mistakes, not against attackers."))
}
