package notify

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"hactl/schemas/event"
	"hactl/schemas/plan"
)

// postOffice is a real SMTP server that keeps what it gets.
type postOffice struct {
	mu      sync.Mutex
	mails   []letter
	refuses map[string]*smtp.SMTPError // by recipient
}

// letter is a mail as it arrived.
type letter struct {
	from      string
	to        []string
	user      string // who had logged in
	encrypted bool
	text      string
}

// open lets the post office listen; the address is returned.
func (o *postOffice) open(t *testing.T, config *tls.Config, wrap bool) string {
	t.Helper()
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{office: o, conn: c}, nil
	}))
	s.Domain, s.TLSConfig, s.ErrorLog = "mail.example.com", config, log.New(io.Discard, "", 0)
	s.AllowInsecureAuth = config == nil
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if wrap {
		l = tls.NewListener(l, config)
	}
	ended := make(chan struct{})
	go func() { _ = s.Serve(l); close(ended) }()
	t.Cleanup(func() { s.Close(); <-ended })
	return address
}

// received returns the mails that have come.
func (o *postOffice) received() []letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]letter(nil), o.mails...)
}

// session is one conversation.
type session struct {
	office *postOffice
	conn   *smtp.Conn
	user   string
	letter letter
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "hactl" || password != "pass word" {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	_, encrypted := s.conn.TLSConnectionState()
	s.letter = letter{from: from, user: s.user, encrypted: encrypted}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.office.refuses[to]; err != nil {
		return err
	}
	s.letter.to = append(s.letter.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.letter.text = string(text)
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.mails = append(s.office.mails, s.letter)
	return err
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// mailTo is a target at a post office.
func mailTo(t *testing.T, address, caFile string, security plan.Security) *mailSender {
	return &mailSender{name: "ops", target: &plan.MailTarget{
		To: []string{"Jürgen Öps <ops@example.com>", "second@example.com"}, From: "hactl@example.com",
		Server: address, Security: security, Username: "hactl", CAFile: caFile,
		PasswordFile: file(t, "password", "pass word\r\nsecond line\n", 0o600), Timeout: 10_000,
	}}
}

// read takes a mail apart.
func read(t *testing.T, l letter) (*netmail.Message, string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(l.text))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(quotedprintable.NewReader(m.Body)); err != nil {
		t.Fatal(err)
	}
	return m, strings.ReplaceAll(body.String(), "\r\n", "\n")
}

func TestMailIsDelivered(t *testing.T) {
	config, caFile := authority(t)
	for security, wrap := range map[plan.Security]bool{plan.StartTLS: false, plan.TLS: true} {
		t.Run(string(security), func(t *testing.T) {
			office := &postOffice{}
			s := mailTo(t, office.open(t, config, wrap), caFile, security)
			if err := s.Ready(t.Context()); err != nil {
				t.Errorf("Ready: %v", err)
			}
			if err := s.Send(t.Context(), Delivery{Events: []event.Event{takeover()}}); err != nil {
				t.Fatal(err)
			}
			mails := office.received()
			if len(mails) != 1 {
				t.Fatalf("%d mails", len(mails))
			}
			m := mails[0]
			if m.from != "hactl@example.com" || !cmp.Equal(m.to, []string{"ops@example.com", "second@example.com"}) || m.user != "hactl" || !m.encrypted {
				t.Errorf("%+v", m)
			}
		})
	}
}

const body1 = `2026-11-22 15:40:00.250 UTC  web/public is active on lb01
    before      backup
    because     Active_Down_Timer fired, nothing heard of 10.0.0.6
    priority    254
    addresses   10.0.0.100/24, 2001:db8::100/64
    written at  main.ha.hcl:12
    plan        sha256:0123

`

const body2 = `2026-11-22 15:40:03.250 UTC  web/public is backup on lb01
    before      active
    because     10.0.0.6 has priority 254
    priority    254
    addresses   10.0.0.100/24, 2001:db8::100/64
    active is   10.0.0.6
    written at  main.ha.hcl:12
    plan        sha256:0123

`

func TestMailText(t *testing.T) {
	office := &postOffice{}
	s := mailTo(t, office.open(t, nil, false), "", plan.Clear)
	s.target.Username = ""
	before := time.Now().Add(-time.Second)
	d := Delivery{Events: []event.Event{takeover(), release()}, Missed: 2}
	for range 2 {
		if err := s.Send(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		s.last = "" // as if the server's answer had not come
	}
	m, body := read(t, office.received()[0])
	for name, want := range map[string]string{
		"Subject":        "lb01: web/public is backup",
		"From":           "<hactl@example.com>",
		"To":             "Jürgen Öps <ops@example.com>, <second@example.com>",
		"Message-Id":     "<lb01.ops.1795362000250000000.17-18@example.com>",
		"Auto-Submitted": "auto-generated",
	} {
		got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
		if got = strings.ReplaceAll(got, `"`, ""); got != want || err != nil {
			t.Errorf("%s: %q, want %q (%v)", name, got, want, err)
		}
	}
	if date, err := m.Header.Date(); err != nil || date.Before(before) || date.After(time.Now()) {
		t.Errorf("Date: %v, %v", date, err)
	}
	end := "2 earlier events are not told here: newer ones had overtaken them, or this mail server refused them.\n\nNow: hactl status on lb01.\n"
	if diff := cmp.Diff(body1+body2+end, body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	again, _ := read(t, office.received()[1])
	if again.Header.Get("Message-Id") != m.Header.Get("Message-Id") {
		t.Error("the same news under another Message-ID")
	}
}

func TestSubjects(t *testing.T) {
	e := func(vip string, what plan.Event) event.Event { return event.Event{Host: "lb01", Vip: vip, Event: what} }
	begins := event.Event{Host: "lb01", Vip: "web/b", Event: plan.OnConflict, Conflict: &event.Conflict{Kind: "two-active"}}
	ends := event.Event{Host: "lb01", Vip: "web/a", Event: plan.OnConflict, Conflict: &event.Conflict{Kind: "auth", Ended: true}}
	for want, events := range map[string][]event.Event{
		"lb01: web/a has no conflict auth any more, web/b has a conflict two-active": {e("web/a", plan.OnActive), begins, ends},

		"lb01: web/a is active":                                               {e("web/a", plan.OnActive)},
		"lb01: web/b has a fault, web/a has stopped":                          {e("web/a", plan.OnActive), e("web/a", plan.OnStop), e("web/b", plan.OnFault)},
		"lb01: web/e is backup, web/d is backup, web/c is active, and 2 more": {e("web/a", plan.OnActive), e("web/b", plan.OnActive), e("web/c", plan.OnActive), e("web/d", plan.OnBackup), e("web/e", plan.OnBackup)},
	} {
		if got := subject(events); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What a server or a file says against a mail, and whether it is tried again.
func TestMailIsNotDelivered(t *testing.T) {
	config, caFile := authority(t)
	office := &postOffice{}
	plain, protected, starting := office.open(t, nil, false), office.open(t, config, true), office.open(t, config, false)
	grey := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	gone := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	all := func(err *smtp.SMTPError) map[string]*smtp.SMTPError {
		return map[string]*smtp.SMTPError{"ops@example.com": err, "second@example.com": err}
	}
	for name, test := range map[string]struct {
		server  string
		change  func(*plan.MailTarget)
		refuses map[string]*smtp.SMTPError
		want    string
		again   bool
	}{
		"greylisted": {server: protected, refuses: all(grey), want: `451 "4.7.1 greylisted"`, again: true},
		"refused":    {server: protected, refuses: all(gone), want: `550 "5.1.1 no such user"`},
		"one refused": {
			server: protected, refuses: map[string]*smtp.SMTPError{"second@example.com": gone},
			want: `<second@example.com> refused: 550 "5.1.1 no such user"; the others have got the mail`,
		},
		"one greylisted": {
			server: protected, refuses: map[string]*smtp.SMTPError{"second@example.com": grey},
			want: `<second@example.com> refused: 451 "4.7.1 greylisted"; the others have got the mail`, again: true,
		},
		"one refused, one greylisted": {
			server: protected, refuses: map[string]*smtp.SMTPError{"ops@example.com": grey, "second@example.com": gone},
			want: `<ops@example.com> refused: 451 "4.7.1 greylisted"`, again: true,
		},
		"wrong password": {server: protected, change: func(p *plan.MailTarget) { p.PasswordFile, p.Password = "", "wrong" }, want: `535 "5.7.8 Authentication failed"`},
		"password for everybody": {
			server: protected, change: func(p *plan.MailTarget) { p.PasswordFile = file(t, "open", "pass word", 0o604) },
			want: "is open to everybody: its mode is 0604, 0600 would do", again: true,
		},
		"no password": {
			server: protected, change: func(p *plan.MailTarget) { p.PasswordFile = "/no/such/file" },
			want: "read the secret: open /no/such/file: no such file or directory", again: true,
		},
		"empty password": {
			server: protected, change: func(p *plan.MailTarget) { p.PasswordFile = file(t, "empty", "\n", 0o600) }, want: "is empty", again: true,
		},
		"password in clear": {server: plain, change: func(p *plan.MailTarget) { p.Security = plan.Clear }, want: errNoAuth.Error()},
		"unknown authority": {server: protected, change: func(p *plan.MailTarget) { p.CAFile = "" }, want: "certificate signed by unknown authority", again: true},
		"no authority": {
			server: protected, change: func(p *plan.MailTarget) { p.CAFile = file(t, "empty.pem", "", 0o600) }, want: "there is none in ", again: true,
		},
		"no STARTTLS": {
			server: plain, change: func(p *plan.MailTarget) { p.Security = plan.StartTLS }, want: "it does not offer STARTTLS, which the configuration demands", again: true,
		},
		"unknown authority by STARTTLS": {
			server: starting, change: func(p *plan.MailTarget) { p.Security, p.CAFile = plan.StartTLS, "" }, want: "certificate signed by unknown authority", again: true,
		},
		"down":         {server: "127.0.0.1:1", want: "connection refused", again: true},
		"no such name": {server: "mail.invalid:25", want: "connect to mail.invalid:25: ", again: true},
		"bad address":  {server: protected, change: func(p *plan.MailTarget) { p.To = []string{"nobody"} }, want: "write the mail: "},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailTo(t, test.server, caFile, plan.TLS)
			if test.change != nil {
				test.change(s.target)
			}
			office.refuses = test.refuses
			err := s.Send(t.Context(), Delivery{Events: []event.Event{takeover()}})
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "pass word") {
				t.Errorf("%v, want %s", err, test.want)
			}
			if again := errors.As(err, new(*Again)); again != test.again {
				t.Errorf("again: %v, want %v", again, test.again)
			}
		})
	}
}

// Who was greylisted gets the mail at the next attempt, and nobody twice.
func TestMailToTheRest(t *testing.T) {
	office := &postOffice{refuses: map[string]*smtp.SMTPError{"second@example.com": {Code: 450, Message: "later"}}}
	s := mailTo(t, office.open(t, nil, false), "", plan.Clear)
	s.target.Username = ""
	d := Delivery{Events: []event.Event{takeover()}}
	if err := s.Send(t.Context(), d); !errors.As(err, new(*Again)) {
		t.Errorf("%v", err)
	}
	office.refuses = nil
	if err := s.Send(t.Context(), d); err != nil {
		t.Error(err)
	}
	if err := s.Send(t.Context(), Delivery{Events: []event.Event{release()}}); err != nil {
		t.Error(err)
	}
	var to [][]string
	for _, m := range office.received() {
		to = append(to, m.to)
	}
	want := [][]string{{"ops@example.com"}, {"second@example.com"}, {"ops@example.com", "second@example.com"}}
	if diff := cmp.Diff(want, to); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
}

// A server that says nothing is left at the deadline.
func TestMailDeadline(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := mailTo(t, l.Addr().String(), "", plan.StartTLS)
	s.target.Timeout = 50
	if err := s.Send(t.Context(), Delivery{Events: []event.Event{takeover()}}); !errors.As(err, new(*Again)) {
		t.Errorf("%v", err)
	}
}

func TestMailIsNotReady(t *testing.T) {
	s := mailTo(t, "mail.invalid:25", "", plan.TLS)
	if err := s.Ready(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "look up mail.invalid: ") {
		t.Errorf("%v", err)
	}
	s.target.CAFile = "/no/such/file"
	if err := s.Ready(t.Context()); err == nil || err.Error() != "read the certificates to trust: open /no/such/file: no such file or directory" {
		t.Errorf("%v", err)
	}
	s.target.PasswordFile = "/no/such/password"
	if err := s.Ready(t.Context()); err == nil || err.Error() != "read the secret: open /no/such/password: no such file or directory" {
		t.Errorf("%v", err)
	}
}
