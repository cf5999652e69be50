package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	"hactl/agent/sealed"
)

// SecretFile is a file of a secret on a host.
type SecretFile struct {
	Path string `json:"path"`          // absolute
	Key  bool   `json:"key,omitempty"` // of HMAC: it may be written in hexadecimal
}

// Fingerprint tells whether two hosts have the same secret, to whoever asked both
// with the same nonce, and nothing to anybody else.
type Fingerprint struct {
	Sum     []byte `json:"sum,omitempty"`     // absent when there is no secret to be had
	Missing bool   `json:"missing,omitempty"` // there is no such file
	Fault   string `json:"fault,omitempty"`   // why the agent does not use the file: others can read or write it
	Unread  string `json:"unread,omitempty"`  // why it could not be read by whoever asked; an agent may
}

// shortestNonce is the length in bytes below which a nonce is refused: it must not
// come twice.
const shortestNonce = 16

// sumSize is the length of a sum in bytes.
const sumSize = 16

// purpose begins what is hashed, so that no sum is good for anything else.
const purpose = "hactl fingerprint of a secret, 1\x00"

// Fingerprints returns those of a host's secret files, in their order. Only the
// host itself can tell: a folder cannot. An error also comes from a hactl there
// that knows no fingerprints.
func (s *SSH) Fingerprints(ctx context.Context, host string, nonce []byte, files []SecretFile) ([]Fingerprint, error) {
	a, err := s.ask(ctx, host, request{Op: "fingerprints", Host: host, Nonce: nonce, Files: files})
	if err == nil && len(a.Fingerprints) != len(files) {
		err = fmt.Errorf("fingerprints of %s: %d for %d files", host, len(a.Fingerprints), len(files))
	}
	return a.Fingerprints, err
}

// fingerprints returns those of this machine's files.
func fingerprints(nonce []byte, files []SecretFile) ([]Fingerprint, error) {
	if len(nonce) < shortestNonce {
		return nil, fmt.Errorf("fingerprints: a nonce of %d bytes, want %d", len(nonce), shortestNonce)
	}
	all := make([]Fingerprint, 0, len(files))
	for _, f := range files {
		all = append(all, fingerprint(nonce, f))
	}
	return all, nil
}

// fingerprint returns that of one file.
func fingerprint(nonce []byte, f SecretFile) Fingerprint {
	secret, err := sealed.Secret(f.Path, f.Key)
	var open *sealed.Open
	switch {
	case errors.As(err, &open):
		return Fingerprint{Fault: open.Fault.Error()}
	case errors.Is(err, fs.ErrNotExist):
		return Fingerprint{Missing: true}
	case errors.Is(err, fs.ErrPermission):
		return Fingerprint{Unread: err.Error()}
	case err != nil:
		return Fingerprint{Fault: err.Error()}
	case secret == "":
		return Fingerprint{Fault: f.Path + " holds no secret"}
	}
	sum := hmac.New(sha256.New, nonce)
	sum.Write([]byte(purpose + secret))
	return Fingerprint{Sum: sum.Sum(nil)[:sumSize]}
}
