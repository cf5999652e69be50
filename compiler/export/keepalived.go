package export

import (
	"fmt"
	"slices"
	"strings"

	"hactl/schemas/plan"
)

// File is a configuration file that was made of a host's plan.
type File struct {
	Text   string
	Losses []Loss // what keepalived does otherwise, or cannot do, in the order of the text
}

// Loss is something of a plan that the file cannot say.
type Loss struct {
	Object string // of the plan, as its envelope has it: "router web/public/ipv4", "check nginx"; empty: the host
	Detail string // what is lost or changed, and what to do: whole sentences
}

// exporter writes the file of one host.
type exporter struct {
	plan   *plan.Plan
	out    confWriter
	losses []Loss
	told   map[string]bool // losses that are told once
}

// Keepalived returns what keepalived 2.2.7 or later has to be told so that it does
// what p says, as far as it can.
func Keepalived(p *plan.Plan) File {
	e := &exporter{plan: p, told: map[string]bool{}}
	e.globals()
	for i := range p.Checks {
		e.check(&p.Checks[i])
	}
	for _, unit := range e.units() {
		e.group(unit)
	}
	for i := range p.Routers {
		e.instance(&p.Routers[i])
	}
	for _, u := range p.Upgrades {
		e.lose("upgrade "+u.Name, "keepalived upgrades nothing: do it by hand.")
	}
	return File{Text: e.out.text(), Losses: e.losses}
}

// lose notes a loss, each once.
func (e *exporter) lose(object, format string, args ...any) {
	l := Loss{object, fmt.Sprintf(format, args...)}
	if !slices.Contains(e.losses, l) {
		e.losses = append(e.losses, l)
	}
}

// globals writes what holds for all instances.
func (e *exporter) globals() {
	e.out.open("global_defs")
	e.out.line("router_id", e.plan.Host)
	e.out.line("enable_script_security")
	e.out.line("script_user", "nobody")
	quiet := 0
	for _, r := range e.plan.Routers {
		quiet = max(quiet, r.QuietStart)
	}
	if quiet > 0 {
		e.out.line("vrrp_startup_delay", inSeconds(quiet))
	}
	e.mail()
	e.out.close()
}

// units returns the names of the units of routers, sorted.
func (e *exporter) units() []string {
	var units []string
	for _, r := range e.plan.Routers {
		if r.Unit != "" {
			units = append(units, r.Unit)
		}
	}
	slices.Sort(units)
	return slices.Compact(units)
}

// group writes the sync group of a unit, which tracks what its members track: a
// weight counts in a group only there.
func (e *exporter) group(unit string) {
	members := slices.DeleteFunc(slices.Clone(e.plan.Routers), func(r plan.Router) bool { return r.Unit != unit })
	e.out.open("vrrp_sync_group", unit)
	e.out.open("group")
	for i := range members {
		e.out.line(e.name(&members[i]))
	}
	e.out.close()
	if slices.ContainsFunc(members[0].Tracks, func(t plan.Track) bool { return t.Weight != 0 }) {
		e.out.line("sync_group_tracking_weight")
	}
	e.tracks(&members[0])
	e.out.close()
}

// name is what an instance is called: the vip without its cluster where no other
// one has that name, and the family where the vip has both.
func (e *exporter) name(r *plan.Router) string {
	short := func(vip string) string { return vip[strings.LastIndex(vip, "/")+1:] }
	name := short(r.Vip)
	both := false
	for _, other := range e.plan.Routers {
		if other.Vip != r.Vip && short(other.Vip) == short(r.Vip) {
			name = strings.ReplaceAll(r.Vip, "/", "_")
		}
		both = both || other.Vip == r.Vip && other.Family != r.Family
	}
	if both {
		return fmt.Sprintf("%s_v%d", name, r.Family)
	}
	return name
}

// instance writes one router.
func (e *exporter) instance(r *plan.Router) {
	o := &e.out
	o.open("vrrp_instance", e.name(r))
	o.line("state", e.state(r))
	o.line("interface", r.Interface)
	o.line("version", fmt.Sprint(r.Version))
	o.line("virtual_router_id", fmt.Sprint(r.VRID))
	o.line("priority", fmt.Sprint(r.Priority))
	o.line("advert_int", inSeconds(r.AdvertInterval))
	e.transport(r)
	e.preemption(r)
	e.auth(r)
	e.announce(r)
	if r.Unit == "" {
		e.tracks(r)
	}
	e.addresses(r)
	e.routes(r)
	e.notify(r)
	e.hooks(r)
	o.close()
}

// state is what an instance begins as: the owner of the addresses has them at once
// (RFC 9568 section 6.4.1).
func (e *exporter) state(r *plan.Router) string {
	if r.Priority != plan.Owner {
		return "BACKUP"
	}
	e.lose(e.object(r), "The addresses are the host's own. keepalived takes them away when it ends, and adds them only when it is Active: give the host another address to be reached by, or let priorities decide.")
	return "MASTER"
}

// transport writes how adverts travel.
func (e *exporter) transport(r *plan.Router) {
	unicast := len(r.Peers) > 0
	switch {
	case r.Source != "" && unicast:
		e.out.line("unicast_src_ip", r.Source)
	case r.Source != "":
		e.out.line("mcast_src_ip", r.Source)
	}
	switch {
	case unicast:
		e.out.list("unicast_peer", r.Peers)
	case r.Group != "224.0.0.18" && r.Group != "ff02::12":
		e.out.line("mcast_dst_ip", r.Group)
	}
	if r.Version == 3 && r.Family == plan.IPv4 && r.Checksum == plan.RFC9568 {
		e.out.line("v3_checksum_as_v2")
		e.lose(e.object(r), "The checksum of RFC 9568 needs keepalived 2.2.8 or later (v3_checksum_as_v2).")
	}
}

// preemption writes when a better Backup takes over.
func (e *exporter) preemption(r *plan.Router) {
	switch r.Preemption.Mode {
	case plan.Never:
		e.out.line("nopreempt")
		if slices.ContainsFunc(r.Tracks, func(t plan.Track) bool { return t.Weight != 0 }) {
			e.lose(e.object(r), "With nopreempt a check that lowers the priority moves nothing in keepalived, until an Active router is no longer heard. Use effect = \"fault\" where it has to move.")
		}
	case plan.Delayed:
		e.out.line("preempt_delay", inSeconds(min(r.Preemption.Delay, 1000*1000)))
		if r.Preemption.Delay > 1000*1000 {
			e.lose(e.object(r), "keepalived delays preemption by at most 1,000 seconds.")
		}
	}
}

// auth writes authentication. A secret that stands in a file of the host is
// included from a file beside it.
func (e *exporter) auth(r *plan.Router) {
	switch a := r.Auth; {
	case a == nil:
	case a.Type == plan.AuthPass:
		e.out.open("authentication")
		e.out.line("auth_type", "PASS")
		e.secret(r, a.SecretFile, "auth_pass", a.Secret)
		e.out.close()
	case a.Type == plan.AuthHMAC:
		e.out.open("auth_hmac")
		for _, k := range a.Keys {
			e.secret(r, k.SecretFile, "key", fmt.Sprint(k.ID), k.Secret)
		}
		e.out.line("active_key", fmt.Sprint(a.Active))
		e.out.line("mode", string(a.Accept))
		e.out.close()
		e.lose(e.object(r), "Signed adverts (auth_hmac) need keepalived 2.4.2 or later.")
	}
}

// secret writes a line whose last word is a secret, or includes it.
func (e *exporter) secret(r *plan.Router, file string, words ...string) {
	if file == "" {
		e.out.line(words...)
		if strings.Contains(words[len(words)-1], `"`) {
			e.lose(e.object(r), "keepalived cannot read a quotation mark in a secret, so it would speak without one. Choose a secret that has none.")
		}
		return
	}
	line := strings.Join(words[:len(words)-1], " ")
	e.out.line("include", file+".keepalived")
	e.lose(e.object(r), "The secret stands in %s on the host, and keepalived reads no such file. Write the line %q with the secret into %s.keepalived there.", file, line+" …", file)
}

// announce writes how often addresses are announced.
func (e *exporter) announce(r *plan.Router) {
	e.out.line("garp_master_repeat", fmt.Sprint(r.Announce.Burst))
	e.out.line("garp_master_delay", e.whole(e.object(r), "garp_master_delay", r.Announce.Repeat))
	if r.Announce.Refresh > 0 {
		e.out.line("garp_master_refresh", e.whole(e.object(r), "garp_master_refresh", r.Announce.Refresh))
	}
}

// whole returns a time in whole seconds, as most words of keepalived take it,
// rounded up.
func (e *exporter) whole(object, word string, ms int) string {
	s := (ms + 999) / 1000
	if ms%1000 != 0 {
		e.lose(object, "%s counts whole seconds: it is %d s instead of %s s.", word, s, inSeconds(ms))
	}
	return fmt.Sprint(s)
}

// object is the ID that the envelope of the plan has for the first router of r's
// vip: what both families lose is said once.
func (e *exporter) object(r *plan.Router) string {
	first := slices.IndexFunc(e.plan.Routers, func(x plan.Router) bool { return x.Vip == r.Vip })
	return "router " + e.plan.Routers[first].ID
}
