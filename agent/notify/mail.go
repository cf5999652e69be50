package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"strings"
	"time"

	"hactl/schemas/plan"

	"github.com/wneessen/go-mail/smtp"
)

// mailSender sends one mail per delivery.
type mailSender struct {
	name   string // of the target, for the Message-ID
	target *plan.MailTarget
	last   string          // Message-ID of the mail that some recipients were refused
	served map[string]bool // who has got that one
}

// mostInMail is how many events one mail tells.
const mostInMail = 200

// Send sends one mail to all recipients in one conversation. When only some are
// refused the others get it, and the error names those. Another attempt with the
// same mail is for those only.
func (s *mailSender) Send(ctx context.Context, d Delivery) error {
	ctx, stop := context.WithTimeout(ctx, millis(s.target.Timeout))
	defer stop()
	text, err := compose(s.name, s.target, d, time.Now())
	if err != nil {
		return err
	}
	password, err := s.password()
	if err != nil {
		return again(err)
	}
	client, err := s.connect(ctx)
	if err != nil {
		return again(fmt.Errorf("connect to %s: %w", s.target.Server, err))
	}
	defer client.Close()
	if err := s.authenticate(client, password); err != nil {
		return judgeSMTP(fmt.Errorf("log in to %s: %w", s.target.Server, err))
	}
	if text.id != s.last {
		s.last, s.served = text.id, map[string]bool{}
	}
	if err := s.submit(client, text); err != nil {
		return judgeSMTP(fmt.Errorf("send mail by %s: %w", s.target.Server, err))
	}
	_ = client.Quit() // the mail has been accepted
	return nil
}

// judgeSMTP makes everything worth another attempt but what the server refused
// for good: a reply of 500 and above.
func judgeSMTP(err error) error {
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code >= 500 || errors.Is(err, errNoAuth) {
		return err
	}
	return again(err)
}

// errNoAuth is a fault of a server that another attempt will not mend.
var errNoAuth = errors.New("it offers no way to log in that does not show the password to whoever listens")

// password returns the password, from its file if it is in one.
func (s *mailSender) password() (string, error) {
	if s.target.PasswordFile == "" {
		return s.target.Password, nil
	}
	return firstLine(s.target.PasswordFile)
}

// connect opens a conversation that is protected as the plan says, and that ends
// with ctx.
func (s *mailSender) connect(ctx context.Context) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(s.target.Server)
	if err != nil {
		return nil, err
	}
	config, err := trust(host, s.target.CAFile)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.target.Server)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	client, err := s.greet(ctx, conn, host, config)
	if err != nil {
		conn.Close()
	}
	return client, err
}

// greet says hello on a new connection, under protection.
func (s *mailSender) greet(ctx context.Context, conn net.Conn, host string, config *tls.Config) (*smtp.Client, error) {
	if s.target.Security == plan.TLS {
		protected := tls.Client(conn, config)
		if err := protected.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = protected
	}
	client, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, err
	}
	if name, err := os.Hostname(); err == nil {
		if err := client.Hello(name); err != nil {
			return nil, err
		}
	}
	if s.target.Security != plan.StartTLS {
		return client, nil
	}
	if offered, _ := client.Extension("STARTTLS"); !offered {
		return nil, errors.New("it does not offer STARTTLS, which the configuration demands")
	}
	return client, client.StartTLS(config)
}

// authenticate logs in, if the plan names a user: by what shows least of the
// password, and in clear text under protection only.
func (s *mailSender) authenticate(client *smtp.Client, password string) error {
	user := s.target.Username
	if user == "" {
		return nil
	}
	_, offer := client.Extension("AUTH")
	_, protected := client.TLSConnectionState()
	host, _, _ := net.SplitHostPort(s.target.Server)
	ways := []struct {
		name  string
		clear bool
		auth  smtp.Auth
	}{
		{"SCRAM-SHA-256", false, smtp.ScramSHA256Auth(user, password)},
		{"SCRAM-SHA-1", false, smtp.ScramSHA1Auth(user, password)},
		{"PLAIN", true, smtp.PlainAuth("", user, password, host, false)},
		{"LOGIN", true, smtp.LoginAuth(user, password, host, false)},
		{"CRAM-MD5", false, smtp.CRAMMD5Auth(user, password)},
	}
	for _, way := range ways {
		for offered := range strings.FieldsSeq(offer) {
			if strings.EqualFold(offered, way.name) && (protected || !way.clear) {
				return client.Auth(way.auth)
			}
		}
	}
	return errNoAuth
}

// submit hands the mail over to those who have not got it yet. It fails when
// somebody was refused, for good only when another attempt would help nobody.
func (s *mailSender) submit(client *smtp.Client, text *message) error {
	if err := client.Mail(text.sender); err != nil {
		return err
	}
	accepted, failure := s.offer(client, text.recipients)
	if len(accepted) == 0 {
		return failure
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := text.WriteTo(body); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	for _, to := range accepted {
		s.served[to] = true
	}
	if failure != nil {
		return fmt.Errorf("%w; the others have got the mail", failure)
	}
	return nil
}

// offer names the recipients who have not got the mail yet. It returns those that
// the server accepts, and why it refused one of the others: a refusal for now
// rather than one for good, since that is worth another attempt.
func (s *mailSender) offer(client *smtp.Client, recipients []string) (accepted []string, failure error) {
	for _, to := range recipients {
		if s.served[to] {
			continue
		}
		err := client.Rcpt(to)
		if err == nil {
			accepted = append(accepted, to)
			continue
		}
		err = fmt.Errorf("%s refused: %w", to, err)
		if failure == nil || errors.As(judgeSMTP(err), new(*Again)) {
			failure = err
		}
	}
	return accepted, failure
}

// Ready reads the files, and looks the server up.
func (s *mailSender) Ready(ctx context.Context) error {
	if _, err := s.password(); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(s.target.Server)
	if err != nil {
		return err
	}
	if _, err := trust(host, s.target.CAFile); err != nil {
		return err
	}
	return resolves(ctx, host)
}
