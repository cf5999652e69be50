package notify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// longestLine is how much of a file's first line is read.
const longestLine = 64 << 10

// firstLine reads the first line of a file that holds a secret, without its line
// end. A file that others may read is refused: what it holds is no secret.
func firstLine(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 {
		return "", fmt.Errorf("read the secret: %s is open to everybody: its mode is %04o, 0600 would do", path, mode)
	}
	data, err := io.ReadAll(io.LimitReader(f, longestLine))
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	line, _, _ := strings.Cut(string(data), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" {
		return "", fmt.Errorf("read the secret: the first line of %s is empty", path)
	}
	return line, nil
}

// trust is whom a connection to name believes: the certificates of a file, or
// those of the system where there is none.
func trust(name, caFile string) (*tls.Config, error) {
	config := &tls.Config{ServerName: name, MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return config, nil
	}
	data, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificates to trust: %w", err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(data) {
		return nil, errors.New("read the certificates to trust: there is none in " + caFile)
	}
	return config, nil
}
