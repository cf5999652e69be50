package agent

import (
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"hactl/agent/node"
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

// fault says why the file is of no use, when it is not.
func (f secretFile) fault(secret string) string {
	if secret == "" {
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
// left out; its routers wait.
func readSecrets(p *plan.Plan) map[string]string {
	secrets := map[string]string{}
	for _, f := range secretFiles(p) {
		if data, err := readSecret(f.path); err == nil {
			secrets[f.path] = f.secret(data)
		}
	}
	return secrets
}

// longestSecret is how much of a secret file is read: far more than a secret has.
const longestSecret = 1 << 16

// readSecret returns the beginning of a file. It waits for nobody who would write
// into a pipe, and takes no device for a file.
func readSecret(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read secret: %s is no file", path)
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
		if now, known := f.secrets[file.path], a.secrets[file.path]; !file.holds(now) && file.holds(known) {
			f.secrets[file.path] = known
			problems = append(problems, fmt.Sprintf("secret file %s %s; its last content is used", file.path, file.fault(now)))
		}
	}
	return strings.Join(append(problems, node.Unusable(&f.doc.Plan, f.secrets)...), "; ")
}

// namesSecret reports whether the plan names secret files, which are looked at
// now and then.
func (a *Agent) namesSecret() bool { return a.doc != nil && len(secretFiles(&a.doc.Plan)) > 0 }
