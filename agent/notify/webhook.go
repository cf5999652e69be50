package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hactl/schemas/plan"
)

// webhookSender posts events as JSON, one at a time.
type webhookSender struct{ target *plan.WebhookTarget }

// longestRetryAfter is how long a server may put us off.
const longestRetryAfter = time.Hour

// excerpt is how much of a refusal is shown.
const excerpt = 200

// Send posts the one event of d.
func (s *webhookSender) Send(ctx context.Context, d Delivery) error {
	ctx, stop := context.WithTimeout(ctx, millis(s.target.Timeout))
	defer stop()
	body, err := json.Marshal(d.Events[0])
	if err != nil {
		panic("notify: event does not encode: " + err.Error())
	}
	request, client, err := s.prepare(ctx, body)
	if err != nil {
		return again(err)
	}
	defer client.CloseIdleConnections()
	answer, err := client.Do(request)
	if err != nil {
		return again(fmt.Errorf("post to %s: %w", request.URL.Host, unveiled(err)))
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, excerpt)) // what it says is a courtesy
	return judge(request.URL.Host, answer, strings.TrimSpace(string(text)))
}

// judge says what an answer means.
func judge(host string, answer *http.Response, text string) error {
	code := answer.StatusCode
	if code/100 == 2 {
		return nil
	}
	err := fmt.Errorf("post to %s: it answers %s", host, answer.Status)
	if text != "" {
		err = fmt.Errorf("%w: %q", err, text)
	}
	if code/100 == 5 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout {
		return &Again{Err: err, After: retryAfter(answer.Header.Get("Retry-After"), time.Now())}
	}
	return err
}

// retryAfter reads a Retry-After header (RFC 9110 section 10.2.3): seconds or a
// date; 0 when there is none, or none to be understood.
func retryAfter(value string, now time.Time) time.Duration {
	var after time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		after = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		after = date.Sub(now)
	}
	return min(max(0, after), longestRetryAfter)
}

// prepare reads the files that the target names and makes a request and who
// sends it.
func (s *webhookSender) prepare(ctx context.Context, body []byte) (*http.Request, *http.Client, error) {
	t := s.target
	address, err := s.address()
	if err != nil {
		return nil, nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("post to %s: %w", address.Host, unveiled(err))
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "hactl")
	for name, value := range t.Headers {
		request.Header.Set(name, value)
	}
	if t.BearerFile != "" {
		token, err := firstLine(t.BearerFile)
		if err != nil {
			return nil, nil, err
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	config, err := trust("", t.CAFile)
	if err != nil {
		return nil, nil, err
	}
	transport := &http.Transport{TLSClientConfig: config, Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	return request, &http.Client{Transport: transport, CheckRedirect: sameHost}, nil
}

// sameHost lets a post be sent on within the server that it was meant for only:
// elsewhere nobody is to see what it carries.
func sameHost(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	switch {
	case next.URL.Host != first.Host || next.URL.Scheme != first.Scheme:
		return fmt.Errorf("it redirects to %s://%s, which is not followed", next.URL.Scheme, next.URL.Host)
	case next.Method != http.MethodPost:
		return errors.New("it redirects in a way that drops what is posted (only 307 and 308 keep it)")
	case len(before) > 5:
		return errors.New("it redirects without end")
	}
	return nil
}

// address is where events go.
func (s *webhookSender) address() (*url.URL, error) {
	text, from := s.target.URL, "the URL"
	if s.target.URLFile != "" {
		line, err := firstLine(s.target.URLFile)
		if err != nil {
			return nil, err
		}
		text, from = strings.TrimSpace(line), "the URL in "+s.target.URLFile
	}
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, fmt.Errorf("%s is not one of http or https", from) // what it is may be a secret
	}
	return address, nil
}

// Ready reads the files, and looks the server up.
func (s *webhookSender) Ready(ctx context.Context) error {
	request, client, err := s.prepare(ctx, nil)
	if err != nil {
		return err
	}
	client.CloseIdleConnections()
	return resolves(ctx, request.URL.Hostname())
}

// resolves says why a server's name leads nowhere.
func resolves(ctx context.Context, host string) error {
	if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
		return fmt.Errorf("look up %s: %w", host, err)
	}
	return nil
}

// unveiled takes the URL, which may carry a secret, out of an error.
func unveiled(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
