package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/plan"

	"github.com/google/go-cmp/cmp"
)

// told is a store whose hosts have secrets, by host and path.
type told map[string]string

func (told) Plan(context.Context, string) ([]byte, error)   { return nil, fs.ErrNotExist }
func (told) Status(context.Context, string) ([]byte, error) { return nil, fs.ErrNotExist }
func (told) Hosts(context.Context) ([]string, error)        { return nil, nil }

// Fingerprints makes no secret of them.
func (t told) Fingerprints(_ context.Context, host string, nonce []byte, files []store.SecretFile) ([]store.Fingerprint, error) {
	if t[host] == "old" {
		return nil, errors.New(`unknown request "fingerprints"`)
	}
	var all []store.Fingerprint
	for _, f := range files {
		switch word, there := t[host+":"+f.Path]; {
		case !there:
			all = append(all, store.Fingerprint{Missing: true})
		case word == "open":
			all = append(all, store.Fingerprint{Fault: f.Path + " is open to everybody"})
		case word == "unread":
			all = append(all, store.Fingerprint{Unread: "permission denied"})
		default:
			all = append(all, store.Fingerprint{Sum: fmt.Append(nonce, word)})
		}
	}
	return all, nil
}

// Hosts that would not believe each other are named before anything is published.
func TestSecretsAreCompared(t *testing.T) {
	for _, c := range []struct {
		name  string
		hosts told
		want  string
	}{
		{"the same", told{"lb01:/key": "a", "lb02:/key": "a", "lb03:/key": "a"}, ""},
		{"another one", told{"lb01:/key": "a", "lb02:/key": "b", "lb03:/key": "a"}, "host lb02 has another secret in /key than lb01 (key 1 of web/public/ipv4)\n"},
		{"missing", told{"lb02:/key": "a", "lb03:/key": "b"},
			"host lb01 has no file /key\nhost lb03 has another secret in /key than lb02 (key 1 of web/public/ipv4)\n"},
		{"open", told{"lb01:/key": "open", "lb02:/key": "a", "lb03:/key": "a"}, "host lb01 does not use its secret: /key is open to everybody\n"},
		{"of an older hactl", told{"lb01": "old", "lb02:/key": "a", "lb03:/key": "a"},
			"note: the secrets of lb01 were not compared: unknown request \"fingerprints\"\n"},
		{"without the right to read", told{"lb01:/key": "unread", "lb02:/key": "a", "lb03:/key": "a"},
			"note: the secret in /key of lb01 was not compared: permission denied\n"},
	} {
		var p proposal
		for _, host := range []string{"lb01", "lb02", "lb03"} {
			auth := &plan.Auth{Type: plan.AuthHMAC, Keys: []plan.Key{{ID: 1, SecretFile: "/key"}}}
			p.Hosts = append(p.Hosts, proposed{Known: fleet.Known{Host: host}, Next: &plan.Document{Plan: plan.Plan{Host: host,
				Routers: []plan.Router{{ID: "web/public/ipv4", Auth: auth}, {ID: "web/open/ipv4"}}}}})
		}
		surveyHosts(t.Context(), c.hosts, p.Hosts)
		var got strings.Builder
		for _, fault := range p.secretFaults() {
			got.WriteString(fault + "\n")
		}
		for _, note := range p.untold() {
			got.WriteString("note: " + note + "\n")
		}
		if diff := cmp.Diff(c.want, got.String()); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
		var text, review strings.Builder
		p.write(&text, terminal.Palette(false))
		p.markdown(&review)
		for line := range strings.Lines(c.want) {
			words := strings.TrimPrefix(line, "note: ")
			if !strings.Contains(text.String(), words) || !strings.Contains(review.String(), words) {
				t.Errorf("%s: people are not told that %s%s%s", c.name, words, &text, &review)
			}
		}
		if refuses := p.secretsAgree() != nil; refuses != (len(p.secretFaults()) > 0) {
			t.Errorf("%s: apply refuses: %t", c.name, refuses)
		}
	}
}
