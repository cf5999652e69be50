package notify

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hactl/schemas/event"
	"hactl/schemas/plan"
)

// hook is a target that posts to url.
func hook(url string) *webhookSender {
	return &webhookSender{target: &plan.WebhookTarget{URL: url, Timeout: 10_000}}
}

// told is what a webhook hears.
const toldToHook = `{
  "format": 1,
  "sequence": 18,
  "time": "2026-11-22T15:40:03.25Z",
  "host": "lb01",
  "vip": "web/public",
  "event": "backup",
  "old": "active",
  "new": "backup",
  "cause": "10.0.0.6 has priority 254",
  "priority": 254,
  "addresses": [
    "10.0.0.100/24",
    "2001:db8::100/64"
  ],
  "active_peer": "10.0.0.6",
  "plan": "sha256:0123",
  "origin": "main.ha.hcl:12"
}`

func TestWebhookRequest(t *testing.T) {
	var got *http.Request
	var body []byte
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	}))
	defer s.Close()
	h := hook("")
	h.target.URLFile = file(t, "url", s.URL+"/hooks/s3cret?x=1\n", 0o600)
	h.target.BearerFile = file(t, "token", "t0ken\n", 0o600)
	h.target.Headers = map[string]string{"X-Site": "fra"}
	if err := h.Ready(t.Context()); err != nil {
		t.Errorf("Ready: %v", err)
	}
	if err := h.Send(t.Context(), Delivery{Events: []event.Event{release()}}); err != nil {
		t.Fatal(err)
	}
	var e event.Event
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	text, _ := json.MarshalIndent(json.RawMessage(body), "", "  ")
	if diff := cmp.Diff(toldToHook, string(text)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(release(), e); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if got.Method != "POST" || got.URL.String() != "/hooks/s3cret?x=1" {
		t.Errorf("%s %s", got.Method, got.URL)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer t0ken", "X-Site": "fra", "Content-Type": "application/json", "User-Agent": "hactl",
	} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
}

func TestWebhookOverTLS(t *testing.T) {
	config, caFile := authority(t)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.TLS = config
	s.Config.ErrorLog = quiet
	s.StartTLS()
	defer s.Close()
	h := hook(s.URL)
	d := Delivery{Events: []event.Event{takeover()}}
	if err := h.Send(t.Context(), d); err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("%v", err)
	}
	h.target.CAFile = caFile
	if err := h.Send(t.Context(), d); err != nil {
		t.Error(err)
	}
}

// What a server answers, whether it is asked again, and when.
func TestWebhookAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		code   int
		header string
		body   string
		want   string
		again  bool
		after  time.Duration
	}{
		"ok":             {code: 200},
		"no content":     {code: 204},
		"not found":      {code: 404, body: "no such hook\n", want: `it answers 404 Not Found: "no such hook"`},
		"not allowed":    {code: 401, want: "it answers 401 Unauthorized"},
		"broken":         {code: 500, want: "it answers 500 Internal Server Error", again: true},
		"down":           {code: 503, header: "120", want: "it answers 503 Service Unavailable", again: true, after: 2 * time.Minute},
		"too much":       {code: 429, header: "7", want: "it answers 429 Too Many Requests", again: true, after: 7 * time.Second},
		"much later":     {code: 429, header: "999999", want: "429", again: true, after: time.Hour},
		"no idea when":   {code: 503, header: "soon", want: "503", again: true},
		"in the past":    {code: 503, header: "Sun, 06 Nov 1994 08:49:37 GMT", want: "503", again: true},
		"long complaint": {code: 400, body: strings.Repeat("x", 10_000), want: `: "` + strings.Repeat("x", excerpt) + `"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if test.header != "" {
					w.Header().Set("Retry-After", test.header)
				}
				w.WriteHeader(test.code)
				_, _ = io.WriteString(w, test.body)
			}))
			defer s.Close()
			checkRefusal(t, hook(s.URL+"/s3cret"), test.want, test.again, test.after)
		})
	}
}

// checkRefusal checks what becomes of one event.
func checkRefusal(t *testing.T, h *webhookSender, want string, again bool, after time.Duration) {
	t.Helper()
	err := h.Send(t.Context(), Delivery{Events: []event.Event{takeover()}})
	if want == "" {
		if err != nil {
			t.Error(err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("%v, want %s", err, want)
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("shows the secret in the URL: %v", err)
	}
	var a *Again
	if errors.As(err, &a) != again || again && a.After != after {
		t.Errorf("again %+v, want %v after %v", a, again, after)
	}
}

func TestRetryAfterDate(t *testing.T) {
	now := time.Date(1994, 11, 6, 8, 49, 0, 0, time.UTC)
	if d := retryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now); d != 37*time.Second {
		t.Errorf("%v", d)
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "7", "-7", "99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 9994 08:49:37 GMT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if d := retryAfter(value, time.Unix(0, 0)); d < 0 || d > longestRetryAfter {
			t.Errorf("%q: %v", value, d)
		}
	})
}

func TestWebhookRedirects(t *testing.T) {
	posts := 0
	var elsewhere *httptest.Server
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hook", func(http.ResponseWriter, *http.Request) { posts++ })
	mux.Handle("/moved", http.RedirectHandler("/hook", http.StatusPermanentRedirect))
	mux.Handle("/seeother", http.RedirectHandler("/hook", http.StatusSeeOther))
	mux.Handle("/endless", http.RedirectHandler("/endless", http.StatusTemporaryRedirect))
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/hook?s3cret", http.StatusTemporaryRedirect)
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	elsewhere = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("posted elsewhere") }))
	defer elsewhere.Close()
	checkRefusal(t, hook(s.URL+"/moved"), "", false, 0)
	if posts != 1 {
		t.Errorf("posted %d times, want once", posts)
	}
	checkRefusal(t, hook(s.URL+"/seeother"), "it redirects in a way that drops what is posted", true, 0)
	checkRefusal(t, hook(s.URL+"/endless"), "it redirects without end", true, 0)
	checkRefusal(t, hook(s.URL+"/elsewhere"), "it redirects to "+elsewhere.URL+", which is not followed", true, 0)
}

func TestWebhookFiles(t *testing.T) {
	for want, change := range map[string]func(*plan.WebhookTarget){
		"is open to everybody: its mode is 0644": func(p *plan.WebhookTarget) { p.BearerFile = file(t, "token", "x", 0o644) },
		"/no/such/token: no such file":           func(p *plan.WebhookTarget) { p.BearerFile = "/no/such/token" },
		"/no/such/ca: no such file":              func(p *plan.WebhookTarget) { p.CAFile = "/no/such/ca" },
		"/no/such/url: no such file":             func(p *plan.WebhookTarget) { p.URL, p.URLFile = "", "/no/such/url" },
		"is not one of http or https": func(p *plan.WebhookTarget) {
			p.URL, p.URLFile = "", file(t, "url", "ftp://s3cret\n", 0o600)
		},
	} {
		h := hook("http://127.0.0.1:1/s3cret")
		change(h.target)
		checkRefusal(t, h, want, true, 0)
		if err := h.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Ready: %v, want %s", err, want)
		}
	}
}

func TestWebhookThatCannotBeReached(t *testing.T) {
	checkRefusal(t, hook("http://127.0.0.1:1/s3cret"), "post to 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused", true, 0)
	if err := hook("https://hooks.invalid/s3cret").Ready(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "look up hooks.invalid: ") {
		t.Errorf("Ready: %v", err)
	}
	done := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-done }))
	defer s.Close()
	defer close(done)
	h := hook(s.URL + "/s3cret")
	h.target.Timeout = 50
	checkRefusal(t, h, "context deadline exceeded", true, 0)
}

// A server that is slow, then down, then back: the latest state of each vip
// arrives, in order, and what was overtaken is counted.
func TestWebhookSlowDownAndBack(t *testing.T) {
	arrived := make(chan string, 16)
	proceed := make(chan int) // the status of the next answer
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e event.Event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			t.Error(err)
		}
		arrived <- e.Vip + "=" + string(e.Event)
		w.WriteHeader(<-proceed)
	}))
	defer s.Close()
	n := New(discard)
	ended := make(chan struct{})
	go func() { n.Run(t.Context()); close(ended) }()
	n.Follow([]plan.Notify{{Name: "hook", On: plan.Events(), Webhook: hook(s.URL).target}})
	tell := func(vip string, what plan.Event) { n.Tell([]string{"hook"}, event.Event{Vip: vip, Event: what}) }
	expect := func(want string, code int) {
		t.Helper()
		select {
		case got := <-arrived:
			if got != want {
				t.Errorf("%s arrived, want %s", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s has not arrived", want)
		}
		proceed <- code
	}
	tell("web/a", plan.OnActive)
	<-arrived // and the server thinks
	for _, what := range []plan.Event{plan.OnBackup, plan.OnActive, plan.OnBackup} {
		tell("web/a", what)
	}
	tell("web/b", plan.OnActive)
	settled(t, n, func(r int, d uint64) bool { return r == 3 && d == 2 })
	proceed <- http.StatusOK
	expect("web/a=backup", http.StatusServiceUnavailable)
	expect("web/a=backup", http.StatusOK)
	expect("web/b=active", http.StatusOK)
	n.Leave()
	<-ended
	if r := n.Report()[0]; r.Delivered != 3 || r.Dropped != 2 || r.Failed != 0 || r.Waiting != 0 || r.Problem != "" {
		t.Errorf("%+v", r)
	}
}

// settled waits until the one target has so many events waiting, and dropped.
func settled(t *testing.T, n *Notifier, is func(waiting int, dropped uint64) bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-time.After(time.Millisecond) {
		if r := n.Report()[0]; is(r.Waiting, r.Dropped) {
			return
		}
	}
	t.Fatalf("%+v", n.Report())
}
