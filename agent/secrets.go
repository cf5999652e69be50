package agent

import (
	"errors"
	"fmt"
	"strings"

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
		for _, a := range r.Auths() {
			add(secretFile{a.SecretFile, 1, node.MaxPassword, false})
			for _, k := range a.Keys {
				add(secretFile{k.SecretFile, node.MinKey, node.MaxKey, true})
			}
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
		secret, err := sealed.Secret(f.path, f.key)
		var open *sealed.Open
		switch {
		case err == nil:
			secrets[f.path] = secret
		case errors.As(err, &open):
			refused[f.path] = open.Fault
		}
	}
	return secrets, refused
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
