package node

import (
	"fmt"
	"slices"

	"hactl/agent/packet"
	"hactl/schemas/plan"
)

// The lengths of secrets in bytes, inclusive: a version 2 password (RFC 2338 section
// 5.3.10), and an HMAC key.
const (
	MaxPassword    = 8
	MinKey, MaxKey = 32, 64
)

// credentials are what a router's adverts are authenticated by. The zero value is
// nothing.
type credentials struct {
	password string
	active   packet.Key   // signs; zero: adverts are not signed
	keys     []packet.Key // accepted, in the order of IDs
	signed   packet.Signatures
	lack     string // why the router cannot run with them; empty when it can
}

// credentialsOf returns those of a router, given the content of secret files. A
// key that cannot be used is left out; only the active one is waited for.
func credentialsOf(a *plan.Auth, secrets map[string]string) (c credentials) {
	switch {
	case a == nil:
	case a.Type == plan.AuthPass:
		c.password, c.lack = usable(a.Secret, a.SecretFile, secrets, 1, MaxPassword)
	default:
		c.signed = packet.AnySignatures
		if a.Accept == plan.Enforce {
			c.signed = packet.AllSignatures
		}
		for _, k := range a.Keys {
			secret, lack := usable(k.Secret, k.SecretFile, secrets, MinKey, MaxKey)
			if k.ID == a.Active {
				c.lack = lack
			}
			if lack != "" {
				continue
			}
			key := packet.Key{ID: uint8(k.ID), Secret: secret}
			c.keys = append(c.keys, key)
			if k.ID == a.Active && a.Accept != plan.ReceiveOnly {
				c.active = key
			}
		}
	}
	return c
}

// usable returns a secret that is written in the plan or else in a file, or why
// it cannot be used, in words that show nothing of it.
func usable(written, file string, secrets map[string]string, least, most int) (secret, lack string) {
	secret = written
	if file != "" {
		secret = secrets[file]
	}
	switch n := len(secret); {
	case n == 0:
		return "", fmt.Sprintf("secret file %s cannot be read", file)
	case n > most:
		return "", fmt.Sprintf("the secret in %s is longer than %d bytes", file, most)
	case n < least:
		return "", fmt.Sprintf("the secret in %s is shorter than %d bytes", file, least)
	}
	return secret, ""
}

// unusable returns in words which secrets of an authentication of a vip are not
// accepted. Of a router's own one, that by which it sends is not among them.
func unusable(a *plan.Auth, own bool, vip string, secrets map[string]string) []string {
	var all []string
	if a.Type == plan.AuthPass && !own {
		if _, lack := usable(a.Secret, a.SecretFile, secrets, 1, MaxPassword); lack != "" {
			all = append(all, fmt.Sprintf("a password of vip %s is not accepted: %s", vip, lack))
		}
	}
	for _, k := range a.Keys {
		if _, lack := usable(k.Secret, k.SecretFile, secrets, MinKey, MaxKey); lack != "" && !(own && k.ID == a.Active) {
			all = append(all, fmt.Sprintf("key %d of vip %s is not accepted: %s", k.ID, vip, lack))
		}
	}
	return all
}

// contradict reports whether adverts that go by c and those that go by o are
// taken for forged by the other.
func (c credentials) contradict(o credentials) bool {
	return c.password != o.password || slices.ContainsFunc(c.keys, func(k packet.Key) bool {
		return slices.ContainsFunc(o.keys, func(x packet.Key) bool { return x.ID == k.ID && x.Secret != k.Secret })
	})
}

// auth is the authentication in version 2 that adverts carry.
func (c credentials) auth() packet.Auth {
	if c.password == "" {
		return packet.Auth{}
	}
	return packet.Password(c.password)
}

// verify checks the signature of an advert that is right in every other way, given
// the wall clock's sequence number and the keys that may have signed it: nil or a
// packet.Reason. An old one costs no digest, and what is forged leaves no trace.
func (r *router) verify(a *packet.Advert, in Received, clock packet.Sequence, keys []packet.Key) error {
	s := a.Signature
	if s == nil {
		return nil
	}
	if !r.replay.Fresh(clock, s.Sequence) {
		return packet.Stale
	}
	if err := s.Verify(in.Payload, in.Header, keys); err != nil {
		return err
	}
	return r.replay.Accept(clock, in.Header.Source, s.Sequence)
}

// clock is the wall clock as a sequence number.
func (s *step) clock() packet.Sequence {
	return packet.SequenceAt(s.node.epoch.Add(s.now.Sub(0)))
}

// Sequence returns the last sequence number that was spent; 0: none.
func (n *Node) Sequence() packet.Sequence { return n.sequence }
