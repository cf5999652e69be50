package agent

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"hactl/agent/node"
	"hactl/agent/sealed"
	"hactl/schemas/plan"
)

// secretFile is a file of a secret that a plan names.
type secretFile struct {
	path        string
	least, most int  // bytes of the secret
	key         bool // of HMAC, which may be written in hexadecimal
}

// secret returns the secret in the content of the file: its first line, or the
// bytes that a key's digits behind "hex:" stand for, as in keepalived. Digits that
// are none stand for nothing.
func (f secretFile) secret(content []byte) string {
	line, _, _ := strings.Cut(string(content), "\n")
	line = strings.TrimSuffix(line, "\r")
	digits, isHex := strings.CutPrefix(line, "hex:")
	if !f.key || !isHex {
		return line
	}
	secret, err := hex.DecodeString(digits)
	if err != nil {
		return ""
	}
	return string(secret)
}

// holds reports whether a secret is one that the file can be for.
func (f secretFile) holds(secret string) bool { return len(secret) >= f.least && len(secret) <= f.most }

// fault says why the file is of no use, when it is not: refused, if that is not
// nil, is why it was not read.
func (f secretFile) fault(secret string, refused error) string {
	switch {
	case refused != nil:
		return "is not used: " + refused.Error()
	case secret == "":
		return "cannot be read"
	}
	return fmt.Sprintf("does not hold %d to %d bytes", f.least, f.most)
}

// secretFiles returns those of a plan's routers.
func secretFiles(p *plan.Plan) []secretFile {
	var all []secretFile
	add := func(f secretFile) {
		if f.path != "" {
			all = append(all, f)
		}
	}
	for _, r := range p.Routers {
		if r.Auth == nil {
			continue
		}
		add(secretFile{r.Auth.SecretFile, 1, node.MaxPassword, false})
		for _, k := range r.Auth.Keys {
			add(secretFile{k.SecretFile, node.MinKey, node.MaxKey, true})
		}
	}
	return all
}

// readSecrets reads the secret files that a plan names. One that cannot be read is
// left out; its routers wait. Of those that others could have read or written it
// returns why they are refused, too.
func readSecrets(p *plan.Plan) (secrets map[string]string, refused map[string]error) {
	secrets, refused = map[string]string{}, map[string]error{}
	for _, f := range secretFiles(p) {
		data, err := readSecret(f.path)
		var open *openSecret
		switch {
		case err == nil:
			secrets[f.path] = f.secret(data)
		case errors.As(err, &open):
			refused[f.path] = open.fault
		}
	}
	return secrets, refused
}

// openSecret says that a secret file is no secret.
type openSecret struct{ fault error }

// Error says who else can read or write it.
func (e *openSecret) Error() string { return "read secret: " + e.fault.Error() }

// longestSecret is how much of a secret file is read: far more than a secret has.
const longestSecret = 1 << 16

// readSecret returns the beginning of a file that nobody else can write, and not
// everybody read; otherwise the error is an openSecret. It waits for nobody who
// would write into a pipe, and takes no device for a file.
func readSecret(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read secret: %s is no file", path)
	}
	if err := cmp.Or(sealed.Reading(path, info), sealed.Writing(path)); err != nil {
		return nil, &openSecret{err}
	}
	data, err := io.ReadAll(io.LimitReader(f, longestSecret))
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	return data, nil
}

// keepSecrets goes on with the secrets that are known where their files cannot be
// read now, or hold what cannot be one, and says which those are, and which keys
// are not accepted.
func (a *Agent) keepSecrets(f found) (problem string) {
	var problems []string
	for _, file := range secretFiles(&f.doc.Plan) {
		now, known, refused := f.secrets[file.path], a.secrets[file.path], f.refused[file.path]
		switch {
		case !file.holds(now) && file.holds(known):
			f.secrets[file.path] = known
			problems = append(problems, fmt.Sprintf("secret file %s %s; its last content is used", file.path, file.fault(now, refused)))
		case refused != nil:
			problems = append(problems, fmt.Sprintf("secret file %s %s", file.path, file.fault(now, refused)))
		}
	}
	return strings.Join(append(problems, node.Unusable(&f.doc.Plan, f.secrets)...), "; ")
}

// namesSecret reports whether the plan names secret files, which are looked at
// now and then.
func (a *Agent) namesSecret() bool { return a.doc != nil && len(secretFiles(&a.doc.Plan)) > 0 }
