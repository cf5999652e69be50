package plan

import (
	"reflect"
	"slices"
)

// authentication compares what proves adverts.
func (c *comparison) authentication() {
	was, is := c.was.Auth, c.is.Auth
	if reflect.DeepEqual(was, is) {
		return
	}
	if c.apart() && (!was.heardBy(is) || !is.heardBy(was)) {
		c.agree("authentication")
	}
	if was.kind() != is.kind() {
		plain(c.notes, "authentication", was.kind(), is.kind())
		return
	}
	if was.Secret != is.Secret || was.SecretFile != is.SecretFile {
		c.note(InPlace, "", "password changed")
	}
	c.keys()
}

// keys compares HMAC keys, and shows nothing of them.
func (c *comparison) keys() {
	was, is := c.was.Auth, c.is.Auth
	plain(c.notes, "signing key", was.Active, is.Active)
	plain(c.notes, "adverts without a signature", was.Accept, is.Accept)
	for _, k := range was.Keys {
		switch now := is.key(k.ID); {
		case now == nil:
			c.note(InPlace, "", "key %d removed", k.ID)
		case *now != k:
			c.note(InPlace, "", "key %d changed", k.ID)
		}
	}
	for _, k := range is.Keys {
		if was.key(k.ID) == nil {
			c.note(InPlace, "", "key %d added", k.ID)
		}
	}
}

// heardBy reports whether a router with the authentication by surely takes the
// adverts of one with a. Nil is no authentication. A router without HMAC drops
// what is signed, as it is too long.
func (a *Auth) heardBy(by *Auth) bool {
	switch {
	case a.kind() == AuthPass || by.kind() == AuthPass:
		return reflect.DeepEqual(a, by)
	case by == nil:
		return !a.signs()
	case !a.signs():
		return by.Accept != Enforce
	}
	with, known := a.key(a.Active), by.key(a.Active)
	return known != nil && with != nil && *known == *with
}

// signs reports whether adverts are sent with a signature.
func (a *Auth) signs() bool { return a != nil && a.Type == AuthHMAC && a.Accept != ReceiveOnly }

// key returns the key of an ID, nil when there is none.
func (a *Auth) key(id int) *Key {
	i := slices.IndexFunc(a.Keys, func(k Key) bool { return k.ID == id })
	if i < 0 {
		return nil
	}
	return &a.Keys[i]
}

// kind returns the type, empty for no authentication.
func (a *Auth) kind() string {
	if a == nil {
		return ""
	}
	return a.Type
}
