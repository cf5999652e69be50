package plan

import (
	"slices"
	"unicode/utf8"
)

// validate checks the authentication of a router of version, and shows nothing of a
// secret.
func (a *Auth) validate(f *faults, version int) {
	if !f.oneOf("auth type", a.Type, AuthPass, AuthHMAC) {
		return
	}
	if a.Type == AuthHMAC {
		a.validateHMAC(f)
		return
	}
	if version != 2 {
		f.add("auth: version %d has no passwords", version)
	}
	f.secret("auth", a.Secret, a.SecretFile, 1, 8)
	if a.Active != 0 || len(a.Keys) > 0 || a.Accept != "" {
		f.add("auth: active, keys and accept are of hmac-sha256")
	}
}

// validateHMAC checks the keys.
func (a *Auth) validateHMAC(f *faults) {
	if a.Secret != "" || a.SecretFile != "" {
		f.add("auth: secret and secret_file are of pass, and those of hmac-sha256 are in keys")
	}
	if !slices.ContainsFunc(a.Keys, func(k Key) bool { return k.ID == a.Active }) {
		f.add("auth active: there is no key %d", a.Active)
	}
	for i, k := range a.Keys {
		if i > 0 && a.Keys[i-1].ID >= k.ID {
			f.add("auth keys: %d not behind %d: they are sorted, each once", k.ID, a.Keys[i-1].ID)
		}
		f.span("auth keys id", k.ID, 1, 255)
		f.secret("auth keys", k.Secret, k.SecretFile, 32, 64)
	}
	f.oneOf("auth accept", string(a.Accept), string(ReceiveOnly), string(Permissive), string(Enforce))
}

// secret wants either a secret of least to most bytes or a file that holds it.
func (f *faults) secret(field, secret, file string, least, most int) {
	f.one(field, "secret and secret_file", secret != "", file != "")
	f.optionalPath(field+" secret_file", file)
	switch {
	case secret == "":
	case len(secret) < least || len(secret) > most:
		f.add("%s secret: %d bytes, outside %d..%d", field, len(secret), least, most)
	case !utf8.ValidString(secret):
		f.add("%s secret: not UTF-8", field)
	}
}
