package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
)

// fingerprinter is a store whose hosts can tell whether they have the same
// secrets.
type fingerprinter interface {
	Fingerprints(ctx context.Context, host string, nonce []byte, files []store.SecretFile) ([]store.Fingerprint, error)
}

var _ fingerprinter = (*store.SSH)(nil)

// sharedSecret is a secret that the hosts of a router share, as one host has it.
type sharedSecret struct {
	what string // "the password of web/public/ipv4", the same on every host
	file store.SecretFile
}

// secretsOf returns those of a plan that are in files.
func secretsOf(p *plan.Plan) []sharedSecret {
	var all []sharedSecret
	for _, r := range p.Routers {
		if r.Auth == nil {
			continue
		}
		if r.Auth.SecretFile != "" {
			all = append(all, sharedSecret{"the password of " + r.ID, store.SecretFile{Path: r.Auth.SecretFile}})
		}
		for _, k := range r.Auth.Keys {
			if k.SecretFile != "" {
				all = append(all, sharedSecret{fmt.Sprintf("key %d of %s", k.ID, r.ID), store.SecretFile{Path: k.SecretFile, Key: true}})
			}
		}
	}
	return all
}

// newNonce returns what the fingerprints of one survey are made with. It comes
// once: no fingerprint is worth anything afterwards.
func newNonce() []byte {
	nonce := make([]byte, 32)
	rand.Read(nonce) // which never fails
	return nonce
}

// askSecrets fills in the fingerprints of the secrets that the host's next plan
// names. A store of which hosts cannot be asked has none.
func (h *proposed) askSecrets(ctx context.Context, s fleet.Reader, nonce []byte) {
	asks, can := s.(fingerprinter)
	secrets := secretsOf(&h.Next.Plan)
	if !can || len(secrets) == 0 || h.Unread != nil {
		return
	}
	var files []store.SecretFile
	for _, s := range secrets {
		if !slices.Contains(files, s.file) {
			files = append(files, s.file)
		}
	}
	prints, err := asks.Fingerprints(ctx, h.Host, nonce, files)
	h.Untold = err
	if err != nil {
		return
	}
	h.Prints = map[store.SecretFile]store.Fingerprint{}
	for i, f := range files {
		h.Prints[f] = prints[i]
	}
}

// secretFaults says which secrets the hosts lack, or have differently: each is a
// split, or a router that waits.
func (p proposal) secretFaults() []string {
	var faults []string
	first := map[string]proposed{} // by secret: the first host that has it
	for _, h := range p.Hosts {
		for _, s := range secretsOf(&h.Next.Plan) {
			print, told := h.Prints[s.file]
			fault := ""
			switch other, known := first[s.what]; {
			case !told || print.Unread != "":
			case print.Missing:
				fault = fmt.Sprintf("host %s has no file %s", h.Host, s.file.Path)
			case print.Fault != "":
				fault = fmt.Sprintf("host %s does not use its secret: %s", h.Host, print.Fault)
			case !known:
				first[s.what] = h
			case !slices.Equal(other.print(s.what).Sum, print.Sum):
				fault = fmt.Sprintf("host %s has another secret in %s than %s (%s)", h.Host, s.file.Path, other.Host, s.what)
			}
			if fault != "" && !slices.Contains(faults, fault) {
				faults = append(faults, fault)
			}
		}
	}
	return faults
}

// print returns the host's fingerprint of a secret.
func (h proposed) print(what string) store.Fingerprint {
	for _, s := range secretsOf(&h.Next.Plan) {
		if s.what == what {
			return h.Prints[s.file]
		}
	}
	return store.Fingerprint{}
}

// notes are what else there is to say of a plan; never nil.
func (p proposal) notes() []string {
	return append([]string{}, slices.Concat(p.Notes, p.untold(), p.overtaken())...)
}

// untold says which hosts' secrets could not be compared.
func (p proposal) untold() []string {
	var notes []string
	for _, h := range p.Hosts {
		if h.Untold != nil {
			notes = append(notes, fmt.Sprintf("the secrets of %s were not compared: %v", h.Host, h.Untold))
		}
		for f, print := range h.Prints {
			if print.Unread != "" {
				notes = append(notes, fmt.Sprintf("the secret in %s of %s was not compared: %s", f.Path, h.Host, print.Unread))
			}
		}
	}
	slices.Sort(notes)
	return notes
}

// secretsAgree refuses a proposal after which hosts would not hear each other, or
// wait for a secret: nothing has been changed.
func (p proposal) secretsAgree() error {
	faults := p.secretFaults()
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("nothing was changed, as hosts would not believe each other: %s. Bring the secret to the host that lacks it, or leave that host out with --skip",
		strings.Join(faults, "; "))
}
