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

// Unusable returns in words which keys of a plan are not accepted, since their
// files do not hold what is needed, in the plan's order. Routers whose own adverts
// are to be signed by one are not among them: they say themselves that they wait.
func Unusable(p *plan.Plan, secrets map[string]string) []string {
	var all []string
	for _, r := range p.Routers {
		if r.Auth == nil {
			continue
		}
		for _, k := range r.Auth.Keys {
			if _, lack := usable(k.Secret, k.SecretFile, secrets, MinKey, MaxKey); lack != "" && k.ID != r.Auth.Active {
				all = append(all, fmt.Sprintf("key %d of vip %s is not accepted: %s", k.ID, r.Vip, lack))
			}
		}
	}
	return slices.Compact(all) // both families of a vip say the same
}

// contradict reports whether adverts that go by c and those that go by o are
// taken for forged by the other.
func (c credentials) contradict(o credentials) bool {
	return c.password != o.password || slices.ContainsFunc(c.keys, func(k packet.Key) bool {
		return slices.ContainsFunc(o.keys, func(x packet.Key) bool { return x.ID == k.ID && x.Secret != k.Secret })
	})
}

// auth is the authentication in version 2 that the router's adverts carry, and
// demand.
func (r *router) auth() packet.Auth {
	if r.credentials.password == "" {
		return packet.Auth{}
	}
	return packet.Password(r.credentials.password)
}

// verify checks the signature of an advert that is right in every other way,
// given the wall clock's sequence number: nil or a packet.Reason. An old one costs
// no digest, and what is forged leaves no trace.
func (r *router) verify(a *packet.Advert, in Received, clock packet.Sequence) error {
	s := a.Signature
	if s == nil {
		return nil
	}
	if !r.replay.Fresh(clock, s.Sequence) {
		return packet.Stale
	}
	if err := s.Verify(in.Payload, in.Header, r.credentials.keys); err != nil {
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
