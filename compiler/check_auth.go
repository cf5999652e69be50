package compiler

import (
	"fmt"

	"hactl/lang/rule"
)

// passwordBytes is the room for a password in version 2 (RFC 2338 section
// 5.3.6).
const passwordBytes = 8

// checkAuth refuses authentication that v's version does not have.
func checkAuth(v *vip, report report) {
	if v.auth == nil || v.auth.kind.V != "pass" {
		return
	}
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
// never shows one, nor its place: who prints a finding may print the line.
func checkPassword(a *auth, report report) {
	if n := len(a.secret.V); n > passwordBytes {
		report(rule.LongPassword.At(a.at, fmt.Sprintf(
			"The password has %d bytes, and an advert has room for %d; keepalived would cut it off. Shorten it here and on every neighbour.", n, passwordBytes)))
	}
	report(rule.ClearText.At(a.kind.Range,
		"Everybody on the segment can read the password in each advert. It guards against mistakes, not against attackers."))
}
