package sealed

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// Open says that a secret file is no secret.
type Open struct {
	Fault error // who else can read or write it, and the command that mends it
}

// Error says who else can read or write it.
func (e *Open) Error() string { return "read secret: " + e.Fault.Error() }

// Secret returns the secret in a file that nobody else can write, and not
// everybody read; otherwise the error is an Open. It is the file's first line, or,
// of a key, the bytes that its digits behind "hex:" stand for, as in keepalived.
// Digits that are none stand for nothing: the secret is empty then.
func Secret(path string, key bool) (string, error) {
	content, err := readSecret(path)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(content), "\n")
	line = strings.TrimSuffix(line, "\r")
	digits, isHex := strings.CutPrefix(line, "hex:")
	if !key || !isHex {
		return line, nil
	}
	secret, err := hex.DecodeString(digits)
	if err != nil {
		return "", nil
	}
	return string(secret), nil
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
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read secret: %s is no file", path)
	}
	if err := cmp.Or(Reading(path, info), Writing(path)); err != nil {
		return nil, &Open{err}
	}
	data, err := io.ReadAll(io.LimitReader(f, longestSecret))
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	return data, nil
}
