package track

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"

	"hactl/schemas/plan"
)

// maxBody is how much of a body a regular expression is matched against.
const maxBody = 1 << 20

// httpProbe asks for a page.
type httpProbe struct{ plan.HTTPProbe }

// look asks on a connection of its own: no proxy, no redirect, no compression,
// nothing kept.
func (p httpProbe) look(ctx context.Context) outcome {
	req, err := http.NewRequestWithContext(ctx, p.Method, p.URL, nil)
	if err != nil {
		return outcome{err: err}
	}
	trust, err := p.tls()
	if err != nil {
		return outcome{err: err}
	}
	req.Host = p.Host // empty: that of the URL
	req.Header.Set("User-Agent", "hactl")
	for name, value := range p.Headers {
		req.Header.Set(name, value)
	}
	client := http.Client{
		Transport: &http.Transport{
			TLSClientConfig: trust, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: maxBody,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(req)
	if err != nil {
		return outcome{err: err}
	}
	defer answer.Body.Close()
	return outcome{err: p.judge(answer)}
}

// judge says what is wrong with an answer; nil when nothing is. The body is read
// as far as it matters.
func (p httpProbe) judge(answer *http.Response) error {
	within := func(r plan.StatusRange) bool { return r.From <= answer.StatusCode && answer.StatusCode <= r.To }
	if !slices.ContainsFunc(p.Status, within) {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	sum := sha256.New()
	body := io.TeeReader(answer.Body, sum)
	if p.Body != "" {
		if err := p.match(io.LimitReader(body, maxBody)); err != nil {
			return err
		}
	}
	if p.Digest == "" {
		return nil
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != p.Digest {
		return fmt.Errorf("the body has the digest %s", got)
	}
	return nil
}

// match looks for the regular expression in a body.
func (p httpProbe) match(body io.Reader) error {
	pattern, err := regexp.Compile(p.Body)
	if err != nil {
		return fmt.Errorf("compile %q: %w", p.Body, err)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	if !pattern.Match(text) {
		return fmt.Errorf("the first %d bytes of the body do not match %q", len(text), p.Body)
	}
	return nil
}

// tls says whom to trust.
func (p httpProbe) tls() (*tls.Config, error) {
	c := &tls.Config{ServerName: p.ServerName, InsecureSkipVerify: p.Insecure}
	if c.ServerName == "" && p.Host != "" {
		c.ServerName = p.Host
		if host, _, err := net.SplitHostPort(p.Host); err == nil {
			c.ServerName = host
		}
	}
	if p.CAFile == "" {
		return c, nil
	}
	pem, err := os.ReadFile(p.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificates to trust: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New(p.CAFile + " holds no certificate in PEM form")
	}
	return c, nil
}
