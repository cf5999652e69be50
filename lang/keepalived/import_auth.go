package keepalived

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// maxPassword is how many bytes of a password version 2 carries.
const maxPassword = 8

// authentication writes how adverts are authenticated. The password is not
// written: it belongs into a file on each host.
func (m *importer) authentication(v *vipDraft) {
	b := &block{head: "auth"}
	i := v.router[0]
	all := v.router.opinions(func(i *Instance) (string, hcl.Range, bool) {
		a := sent(i)
		if a.Type == nil || i.Version == 3 {
			return "", hcl.Range{}, !i.Opaque
		}
		return a.Type.Text + " " + effective(a.Pass), a.Pass.Range, !a.Pass.Unknown
	})
	if len(all) > 1 {
		m.samePassword(all)
	}
	note := m.passwordNote(i)
	if note != "" {
		b.attr("type", quote("pass"))
		b.attr("secret_file", quote(m.secretFile(v, i)))
	}
	v.blocks = append(v.blocks, levelBlock{b, prose(note)})
}

// samePassword reports authentication that differs, without showing it.
func (m *importer) samePassword(all []opinion) {
	for n := range all {
		switch {
		case all[n].text == "":
			all[n].shown = "none"
		case n == 0 || all[n].text == all[0].text || all[0].text == "":
			all[n].shown = "a password"
		default:
			all[n].shown = "another one"
		}
	}
	m.agree("Authentication", all)
}

// passwordNote returns what the file has to hold, and "" where there is no
// authentication.
func (m *importer) passwordNote(i *Instance) string {
	typ, pass := i.Auth.Type, i.Auth.Pass
	strict := m.settingOf(i, "strict_mode", "vrrp_strict")
	switch {
	case typ == nil && pass == nil:
		return ""
	case i.Version == 3:
		m.reportf(rule.ImportDropped, i.Statement.child("authentication").Range(), "VRRP version 3 has no authentication by password, and keepalived ignores this.")
		return ""
	case typ != nil && typ.Text == "AH":
		m.reportf(rule.ImportNoPlace, typ.Range, "Authentication by AH has no place: the configuration has none. Write an auth block with type = \"pass\", or with \"hmac-sha256\" once every host runs hactl.")
		return ""
	case strict != nil:
		m.report(rule.ImportDropped, i.Statement.child("authentication").Range(), "The strict mode drops authentication, so adverts carry none, and the configuration has none.", see(strict.Range(), "The strict mode"))
		return ""
	case typ == nil || pass == nil:
		m.reportf(rule.ImportDropped, i.Statement.child("authentication").Range(), "Type and password belong together: without one of them keepalived does not authenticate.")
		return ""
	}
	note := fmt.Sprintf("The password of auth_pass at %s. Write it into this file on each host, readable by root only.", fileLine(pass.Range))
	if len(pass.Text) > maxPassword && !pass.Unknown {
		note += fmt.Sprintf(" keepalived uses its first %d bytes only: write no more.", maxPassword)
	}
	return note
}

// secretFile returns the path of the file of a vip's password: those of one
// password share it.
func (m *importer) secretFile(v *vipDraft, i *Instance) string {
	key := effective(i.Auth.Pass)
	if m.secrets[key] == "" {
		m.secrets[key] = "/etc/hactl/" + v.name + ".secret"
		if m.passwords() == 1 {
			m.secrets[key] = "/etc/hactl/vrrp.secret"
		}
		m.reportf(rule.ImportOther, i.Auth.Pass.Range, "The password is not in the configuration, which many may read. Write it into the secret_file on each host before the first apply.")
	}
	return m.secrets[key]
}

// passwords returns how many there are.
func (m *importer) passwords() int {
	all := map[string]bool{}
	for _, r := range m.routers {
		if p := r[0].Auth.Pass; p != nil {
			all[effective(p)] = true
		}
	}
	return len(all)
}
