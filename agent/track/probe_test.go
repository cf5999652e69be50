package track

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/schemas/plan"
)

// probeCase is what a probe says of the world: an empty cause is success, another
// one has to be part of what it says.
type probeCase struct {
	name  string
	check plan.Check
	want  string
}

// look runs a probe once, within a timeout.
func look(t *testing.T, c plan.Check, timeout time.Duration) (cause, output string) {
	t.Helper()
	var got Report
	c.Name, c.Interval, c.Timeout, c.Fall, c.Rise = "web", 60_000, int(timeout/time.Millisecond), 1, 1
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	NewRunner(c, "lb01", 0, 0, func(r Report) { got = r; stop() }).Run(ctx)
	return got.Cause, got.Output
}

// says runs the cases.
func says(t *testing.T, cases []probeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cause, _ := look(t, c.check, 2*time.Second)
			if (cause == "") != (c.want == "") || !strings.Contains(cause, c.want) {
				t.Errorf("says %q, want %q", cause, c.want)
			}
		})
	}
}

func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := l.Addr().String()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := other.Addr().String()
	other.Close()
	defer l.Close()
	tcp := func(address string) plan.Check { return plan.Check{TCP: &plan.TCPProbe{Address: address}} }
	says(t, []probeCase{
		{"open", tcp(open), ""},
		{"closed", tcp(closed), "connect: connection refused"},
		{"no such name", tcp("nowhere.invalid:80"), "nowhere.invalid"},
	})
}

// serve answers as handle says, after start.
func serve(t *testing.T, start func(*httptest.Server), handle http.HandlerFunc) *httptest.Server {
	s := httptest.NewUnstartedServer(handle)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	start(s)
	t.Cleanup(s.Close)
	return s
}

// page asks a server for a page.
func page(s *httptest.Server, change ...func(*plan.HTTPProbe)) plan.Check {
	p := &plan.HTTPProbe{URL: s.URL + "/healthz", Method: "GET", Status: []plan.StatusRange{{From: 200, To: 200}}}
	for _, f := range change {
		f(p)
	}
	return plan.Check{HTTP: p}
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

func TestHTTP(t *testing.T) {
	big := strings.Repeat("x", maxBody) + "end"
	s := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		switch r.Host {
		case "moved":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "big":
			fmt.Fprint(w, big)
		default:
			fmt.Fprint(w, "all is well")
		}
	})
	host := func(name string) func(*plan.HTTPProbe) { return func(p *plan.HTTPProbe) { p.Host = name } }
	body := func(pattern string) func(*plan.HTTPProbe) { return func(p *plan.HTTPProbe) { p.Body = pattern } }
	sum := func(of string) func(*plan.HTTPProbe) { return func(p *plan.HTTPProbe) { p.Digest = digest(of) } }
	status := func(from, to int) func(*plan.HTTPProbe) {
		return func(p *plan.HTTPProbe) { p.Status = append(p.Status, plan.StatusRange{From: from, To: to}) }
	}
	gone := page(s)
	gone.HTTP.URL = "http://127.0.0.1:1/"
	says(t, []probeCase{
		{"200", page(s), ""},
		{"503", page(s, host("busy")), "it answers 503 Service Unavailable"},
		{"503 wanted", page(s, host("busy"), status(500, 599)), ""},
		{"a redirect is not followed", page(s, host("moved")), "it answers 302 Found"},
		{"body", page(s, body("is w.ll$")), ""},
		{"another body", page(s, body("^well")), `the first 11 bytes of the body do not match "^well"`},
		{"the end is too far", page(s, host("big"), body("end")), "the first 1048576 bytes"},
		{"digest", page(s, sum("all is well")), ""},
		{"digest of a long body", page(s, host("big"), body("^x"), sum(big)), ""},
		{"another digest", page(s, sum("x")), "the body has the digest " + digest("all is well")},
		{"refused", gone, "connect: connection refused"},
	})
	if cause, _ := look(t, gone, time.Second); !strings.HasPrefix(cause, "dial tcp ") {
		t.Errorf("says %q, with the URL that everybody knows", cause)
	}
}

// What is sent is what the plan says, and nothing of this process.
func TestHTTPAsks(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1/")
	t.Setenv("http_proxy", "http://127.0.0.1:1/")
	asked := make(chan *http.Request, 1)
	s := serve(t, (*httptest.Server).Start, func(_ http.ResponseWriter, r *http.Request) { asked <- r })
	c := page(s, func(p *plan.HTTPProbe) {
		p.Method, p.Host, p.Headers = "HEAD", "www.example.com", map[string]string{"X-Probe": "1", "User-Agent": "other"}
	})
	if cause, _ := look(t, c, 2*time.Second); cause != "" {
		t.Fatal(cause)
	}
	r := <-asked
	if r.Method != "HEAD" || r.Host != "www.example.com" || r.URL.Path != "/healthz" || !r.Close {
		t.Errorf("asked %s %s of %s, to be closed: %v", r.Method, r.URL, r.Host, r.Close)
	}
	if got := fmt.Sprint(r.Header); got != "map[Connection:[close] User-Agent:[other] X-Probe:[1]]" {
		t.Errorf("headers %s", got)
	}
}

// A server that begins to answer and never ends is bounded by the timeout.
func TestHTTPTimeout(t *testing.T) {
	stop := make(chan struct{})
	s := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "slow" {
			fmt.Fprint(w, "begin")
			w.(http.Flusher).Flush()
		}
		<-stop
	})
	defer close(stop)
	for _, c := range []plan.Check{page(s), page(s, func(p *plan.HTTPProbe) { p.Host, p.Digest = "slow", digest("") })} {
		if cause, _ := look(t, c, 100*time.Millisecond); cause != "no answer within 100ms" {
			t.Errorf("says %q", cause)
		}
	}
}

// The certificate is verified, with the name that is asked for.
func TestHTTPS(t *testing.T) {
	s := serve(t, (*httptest.Server).StartTLS, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.TLS.ServerName)
	})
	dir := t.TempDir()
	ca, empty := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "empty.pem")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	write(t, empty, "")
	trust := func(file string) func(*plan.HTTPProbe) { return func(p *plan.HTTPProbe) { p.CAFile = file } }
	name := func(host, server string) func(*plan.HTTPProbe) {
		return func(p *plan.HTTPProbe) { p.Host, p.ServerName = host, server }
	}
	sni := func(want string) func(*plan.HTTPProbe) {
		return func(p *plan.HTTPProbe) { p.Body = "^" + want + "$" }
	}
	says(t, []probeCase{
		{"trusted", page(s, trust(ca)), ""},
		{"unknown", page(s), "certificate signed by unknown authority"},
		{"any", page(s, func(p *plan.HTTPProbe) { p.Insecure = true }), ""},
		{"another name", page(s, trust(ca), name("", "www.example.org")), "not www.example.org"},
		{"the name of Host", page(s, trust(ca), name("www.example.org:8443", "")), "not www.example.org"},
		{"the server's name is sent", page(s, trust(ca), name("www.example.org", "example.com"), sni("example.com")), ""},
		{"no file", page(s, trust(dir+"/x")), "read the certificates to trust: open " + dir + "/x: no such file"},
		{"empty file", page(s, trust(empty)), empty + " holds no certificate in PEM form"},
	})
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	one := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"five": " 5\n", "text": "five\n", "long": strings.Repeat("1", 100)} {
		write(t, one(name), text)
	}
	if err := os.Symlink(one("nothing"), one("link")); err != nil {
		t.Fatal(err)
	}
	at := func(n int) *int { return &n }
	file := func(path string, e plan.Expect, least, most *int) plan.Check {
		return plan.Check{File: &plan.FileProbe{Path: path, Expect: e, Minimum: least, Maximum: most}}
	}
	says(t, []probeCase{
		{"exists", file(one("five"), plan.Exists, nil, nil), ""},
		{"does not", file(one("none"), plan.Exists, nil, nil), one("none") + " does not exist"},
		{"absent", file(one("none"), plan.Absent, nil, nil), ""},
		{"its folder is a file", file(one("five/x"), plan.Absent, nil, nil), ""},
		{"not absent", file(one("five"), plan.Absent, nil, nil), one("five") + " exists"},
		{"a link to nothing is something", file(one("link"), plan.Absent, nil, nil), one("link") + " exists"},
		{"any number", file(one("five"), plan.Number, nil, nil), ""},
		{"within", file(one("five"), plan.Number, at(5), at(5)), ""},
		{"less", file(one("five"), plan.Number, at(6), nil), one("five") + " holds 5, less than 6"},
		{"more", file(one("five"), plan.Number, nil, at(4)), one("five") + " holds 5, more than 4"},
		{"text", file(one("text"), plan.Number, nil, nil), one("text") + ` holds no whole number but "five"`},
		{"too long", file(one("long"), plan.Number, nil, nil), "holds no whole number"},
		{"no number", file(one("none"), plan.Number, nil, nil), "no such file"},
		{"a folder", file(dir, plan.Number, nil, nil), "is a directory"},
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
