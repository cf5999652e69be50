package plan

import (
	"reflect"
	"strings"
	"testing"
)

func TestSecret(t *testing.T) {
	cases := []struct {
		name string
		has  func(*Plan)
		want bool
	}{
		{"nothing", func(*Plan) {}, false},
		{"a password", func(p *Plan) { p.Routers[0].Auth = &Auth{Type: AuthPass, Secret: "x"} }, true},
		{"a password's file", func(p *Plan) { p.Routers[0].Auth = &Auth{Type: AuthPass, SecretFile: "/x"} }, false},
		{"a key", func(p *Plan) {
			p.Routers[0].Auth = &Auth{Type: AuthHMAC, Keys: []Key{{SecretFile: "/x"}, {Secret: "x"}}}
		}, true},
		{"a password that neighbours may send by", func(p *Plan) { p.Routers[0].Accept = []Terms{{Auth: &Auth{Type: AuthPass, Secret: "x"}}} }, true},
		{"a key's file", func(p *Plan) { p.Routers[0].Auth = &Auth{Type: AuthHMAC, Keys: []Key{{SecretFile: "/x"}}} }, false},
		{"a hook", func(p *Plan) { p.Routers[0].Hooks = []Hook{{Command: []string{"/x", "--password", "x"}}} }, false},
		{"a hook's variable", func(p *Plan) { p.Routers[0].Hooks = []Hook{{Environment: map[string]string{"A": "x"}}} }, true},
		{"a URL", func(p *Plan) { p.Checks = []Check{{HTTP: &HTTPProbe{URL: "http://x/y"}}} }, false},
		{"a URL's query", func(p *Plan) { p.Checks = []Check{{HTTP: &HTTPProbe{URL: "http://x/y?z"}}} }, true},
		{"a header", func(p *Plan) { p.Checks = []Check{{HTTP: &HTTPProbe{Headers: map[string]string{"Accept": "x"}}}} }, true},
		{"a probe's variable", func(p *Plan) { p.Checks = []Check{{Exec: &ExecProbe{Environment: map[string]string{"A": "x"}}}} }, true},
		{"a target's variable", func(p *Plan) { p.Notify = []Notify{{Exec: &ExecTarget{Environment: map[string]string{"A": "x"}}}} }, true},
		{"a mail password", func(p *Plan) { p.Notify = []Notify{{Mail: &MailTarget{Password: "x"}}} }, true},
		{"a mail password's file", func(p *Plan) { p.Notify = []Notify{{Mail: &MailTarget{Username: "x", PasswordFile: "/x"}}} }, false},
		{"a webhook", func(p *Plan) { p.Notify = []Notify{{Webhook: &WebhookTarget{URL: "http://x/y"}}} }, true},
		{"a webhook's file", func(p *Plan) { p.Notify = []Notify{{Webhook: &WebhookTarget{URLFile: "/x", BearerFile: "/x"}}} }, false},
		{"a webhook's header", func(p *Plan) {
			p.Notify = []Notify{{Webhook: &WebhookTarget{URLFile: "/x", Headers: map[string]string{"A": "x"}}}}
		}, true},
	}
	for _, c := range cases {
		p := &Plan{Routers: make([]Router, 1)}
		c.has(p)
		if got := p.Secret(); got != c.want {
			t.Errorf("with %s: %v, want %v", c.name, got, c.want)
		}
	}
}

// In full every text that is, or may be, a secret is hunter2 or holds it.
// However it is spoilt, no fault shows it.
func TestValidateHidesSecrets(t *testing.T) {
	for _, spoilt := range []string{"hunter2\x00", "hunter2\xff", "hunter2\n", "hunter2#hunter2", "hunter2%", strings.Repeat("hunter2", MaxText/7+1)} {
		p := full()
		walk("", objectsOf(p), func(_ string, v reflect.Value) {
			if v.Kind() == reflect.String {
				v.SetString(strings.ReplaceAll(v.String(), "hunter2", spoilt))
			}
		})
		if err := p.Validate(); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v", err)
		}
	}
}

// A password that is too long, and beside a file.
func TestValidateHidesPasswords(t *testing.T) {
	p := pair()
	p.Routers[0].Auth = &Auth{Type: AuthPass, Secret: "hunter2-hunter2", SecretFile: "/x"}
	p.Routers[0].Version = 3
	if err := p.Validate(); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}
