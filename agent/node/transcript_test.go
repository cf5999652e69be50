package node

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hactl/agent/packet"
	"hactl/agent/transcript"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

var update = flag.Bool("update", false, "rewrite testdata/node/*.txt")

// TestTranscripts runs testdata/node/*.txt. The directives:
//
//	link NAME [down|nocarrier|gone] [index=N] [mac=MAC] [own=PREFIX,...] [ours=PREFIX,...] [tentative=PREFIX]
//	router ID vrid=N priority=N [KEY=VALUE...]   for the next plan
//	address PREFIX [interface=LINK] [label=L] [scope=S] [alone]   one more of the last router; alone: no prefix route
//	route DESTINATION [via=A] [dev=LINK] [src=A] [metric=N] [table=N] [scope=S]   likewise
//	rule priority=N table=N [from=P] [to=P] [iif=LINK] [mark=N]                   likewise
//	check NAME [unknown|up|down]                 for the next plan; its state before the first result
//	secret FILE CONTENT                          from the next plan on
//	plan                                         follow the routers and checks since the last plan
//	sockets [none]                               open those that are needed, or none at all
//	advert LINK FROM vrid=N priority=N [in=unicast|multicast] [KEY=VALUE...]
//	announced LINK ADDRESS MAC
//	claimed LINK ADDRESS MAC                     a station says that it has the address
//	regained LINK ADDRESS
//	checked NAME up|down [CAUSE]
//	ran N                                        the hooks of that run have ended
//	drain | undrain
//	hold VIP | release VIP
//	advance D
//	sleep D                      lets time pass, and fires nothing; "advance 0s" wakes it
//	early D                      the next step may take so long
//	leave | stop
//	show                                         wishes and states
func TestTranscripts(t *testing.T) {
	transcript.Run(t, "../../testdata/node/*.txt", *update, func(t *testing.T) transcript.Player {
		return &script{t: t, node: New(), links: map[string]Link{}, intents: Intents{Held: map[string]string{}}, secrets: map[string]string{"/etc/hactl/key": "s3cret"}}
	})
}

// script is the state of one transcript.
type script struct {
	t        *testing.T
	block    strings.Builder
	node     *Node
	now      vrrp.Instant
	deadline vrrp.Instant
	links    map[string]Link
	routers  []plan.Router
	checks   []plan.Check
	secrets  map[string]string
	intents  Intents
}

// Output returns what the node did.
func (s *script) Output() string {
	defer s.block.Reset()
	return s.block.String()
}

// Directive carries out one line.
func (s *script) Directive(line string) {
	words := strings.Fields(line)
	args, keys := options(words[1:])
	switch words[0] {
	case "link":
		s.link(args, keys)
	case "router":
		s.routers = append(s.routers, s.router(args[0], keys))
	case "accept":
		r := &s.routers[len(s.routers)-1]
		t := plan.Terms{AdvertInterval: int(s.duration(or(keys["interval"], "1s")) / time.Millisecond), Addresses: strings.Split(or(keys["vip"], "10.0.0.100"), ",")}
		if keys["secret_file"] != "" {
			t.Auth = &plan.Auth{Type: plan.AuthPass, SecretFile: keys["secret_file"]}
		}
		r.Accept = append(r.Accept, t)
	case "address", "route", "rule":
		s.more(&s.routers[len(s.routers)-1], words[0], args, keys)
	case "check":
		s.checks = append(s.checks, check(args[0], plan.Initial(or(strings.Join(args[1:], ""), "unknown"))))
	case "plan":
		p := &plan.Plan{Host: "lb01", Routers: s.routers, Checks: s.checks}
		if err := p.Validate(); err != nil {
			s.t.Fatal(err)
		}
		s.routers, s.checks = nil, nil
		s.step(Plan{Plan: p, Secrets: maps.Clone(s.secrets)})
	case "secret":
		s.secrets[args[0]] = args[1]
	case "sockets":
		var open []Socket
		if len(args) == 0 {
			open = s.node.Sockets()
		}
		s.step(Sockets{Open: open})
	case "advert":
		s.advert(args[0], netip.MustParseAddr(args[1]), keys)
	case "announced":
		mac, err := net.ParseMAC(args[2])
		s.must(err)
		s.step(Announced{Interface: args[0], Address: netip.MustParseAddr(args[1]), MAC: mac})
	case "claimed":
		mac, err := net.ParseMAC(args[2])
		s.must(err)
		s.step(Claimed{Interface: args[0], Address: netip.MustParseAddr(args[1]), MAC: mac})
	case "regained":
		s.step(Regained{Interface: args[0], Address: netip.MustParseAddr(args[1])})
	case "checked":
		health := map[string]Health{"up": Up, "down": Down}[args[1]]
		s.step(Checked{Name: args[0], Health: health, Cause: strings.Join(args[2:], " ")})
	case "sleep":
		s.now = s.now.Add(s.duration(args[0]))
	case "advance":
		s.advance(s.duration(args[0]))
	case "ran":
		n, err := strconv.ParseUint(args[0], 10, 64)
		s.must(err)
		s.step(Ran{Number: n})
	case "drain", "undrain":
		s.intents.Drained = map[string]string{"drain": "drained by ops"}[words[0]]
		s.step(s.intents)
	case "hold", "release":
		held := maps.Clone(s.intents.Held)
		delete(held, args[0])
		if words[0] == "hold" {
			held[args[0]] = "held elsewhere by ops"
		}
		s.intents.Held = held
		s.step(s.intents)
	case "early":
		s.step(Early{Within: s.duration(args[0])})
	case "leave":
		s.step(Leave{Cause: "SIGTERM"})
	case "stop":
		s.step(Stop{Cause: "second SIGTERM"})
	case "show":
		s.show()
	default:
		s.t.Fatalf("unknown directive %q", words)
	}
}

// link changes one link and tells the node.
func (s *script) link(args []string, keys map[string]string) {
	name := args[0]
	l := Link{Index: s.number(keys, "index", 2+len(s.links)), Name: name, MTU: 1500, Up: true, Running: true, MAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}}
	if was, ok := s.links[name]; ok && keys["index"] == "" {
		l.Index = was.Index
	}
	l.Up, l.Running = !slices.Contains(args, "down"), !slices.Contains(args, "down") && !slices.Contains(args, "nocarrier")
	if keys["mac"] != "" {
		mac, err := net.ParseMAC(keys["mac"])
		s.must(err)
		l.MAC = mac
	}
	for kind, value := range keys {
		if kind == "index" || kind == "mac" {
			continue
		}
		for p := range strings.SplitSeq(value, ",") {
			l.Addresses = append(l.Addresses, Assigned{Prefix: netip.MustParsePrefix(p), Ours: kind == "ours", Tentative: kind == "tentative"})
		}
	}
	s.links[name] = l
	if slices.Contains(args, "gone") {
		delete(s.links, name)
	}
	in := Links{}
	for _, l := range s.links {
		in.Links = append(in.Links, l)
	}
	s.step(in)
}

// router makes a plan's router of a directive.
func (s *script) router(id string, keys map[string]string) plan.Router {
	r := plan.Router{
		ID: id, Vip: id[:strings.LastIndex(id, "/")], Family: plan.IPv4,
		VRID: s.number(keys, "vrid", 1), Version: s.number(keys, "version", 3), Priority: s.number(keys, "priority", 100),
		AdvertInterval: int(s.duration(or(keys["interval"], "1s")) / time.Millisecond),
		Interface:      or(keys["interface"], "eth0"), Source: keys["source"], Group: "224.0.0.18",
		Checksum: plan.PseudoHeader, Announce: plan.Announce{Burst: 5, Repeat: 5000, Refresh: int(s.duration(or(keys["refresh"], "0s")) / time.Millisecond)},
		Preemption:  plan.Preemption{Mode: plan.Mode(or(keys["preempt"], "always")), Delay: int(s.duration(or(keys["delay"], "0s")) / time.Millisecond)},
		OnAgentLoss: plan.OnAgentLoss(or(keys["loss"], "keep")), Unit: keys["unit"], QuietStart: int(s.duration(or(keys["quiet"], "0s")) / time.Millisecond),
		QuietLink: int(s.duration(or(keys["quiet_link"], "0s")) / time.Millisecond),
	}
	for t := range strings.SplitSeq(keys["tracks"], ",") {
		if t != "" {
			r.Tracks = append(r.Tracks, s.track(t))
		}
	}
	for h := range strings.SplitSeq(keys["hooks"], ",") {
		if when, command, ok := strings.Cut(h, ":"); ok {
			r.Hooks = append(r.Hooks, plan.Hook{When: plan.When(when), Command: []string{command}, User: "root", Timeout: 1000})
		}
	}
	if strings.HasSuffix(id, "/ipv6") {
		r.Family, r.Group = plan.IPv6, "ff02::12"
	}
	if keys["peers"] != "" {
		r.Group, r.Peers = "", strings.Split(keys["peers"], ",")
	}
	if keys["secret_file"] != "" {
		r.Auth = &plan.Auth{Type: "pass", SecretFile: keys["secret_file"]}
	}
	for a := range strings.SplitSeq(keys["vip"], ",") {
		r.Addresses = append(r.Addresses, plan.Address{Prefix: a})
	}
	if keys["rival"] != "" {
		r.Neighbours = []plan.Neighbour{{Host: "lb02", Kind: plan.Hactl, Priority: s.number(keys, "rival", 0), Address: keys["at"]}}
	}
	return r
}

// more adds an address, a route or a rule to a router.
func (s *script) more(r *plan.Router, what string, args []string, keys map[string]string) {
	switch what {
	case "address":
		r.Addresses = append(r.Addresses, plan.Address{Prefix: args[0], Interface: keys["interface"], Label: keys["label"],
			Scope: plan.Scope(keys["scope"]), NoPrefixRoute: slices.Contains(args, "alone")})
	case "route":
		r.Routes = append(r.Routes, plan.Route{Destination: args[0], Via: keys["via"], Interface: keys["dev"], Source: keys["src"],
			Metric: s.number(keys, "metric", 0), Table: s.number(keys, "table", 0), Scope: plan.Scope(keys["scope"])})
	case "rule":
		r.Rules = append(r.Rules, plan.Policy{Priority: s.number(keys, "priority", 0), From: keys["from"], To: keys["to"],
			Interface: keys["iif"], Mark: s.number(keys, "mark", 0), Table: s.number(keys, "table", 0)})
	}
}

// track makes a track of NAME:fault or NAME:demote|weight:N. Names that begin
// with eth are those of interfaces.
func (s *script) track(text string) plan.Track {
	words := strings.Split(text, ":")
	t := plan.Track{Check: words[0], Effect: plan.Effect(words[1])}
	if strings.HasPrefix(words[0], "eth") {
		t.Check, t.Interface = "", words[0]
	}
	if len(words) > 2 {
		weight, err := strconv.Atoi(words[2])
		s.must(err)
		t.Weight = weight
	}
	return t
}

// advert lets a packet of a neighbour arrive.
func (s *script) advert(link string, from netip.Addr, keys map[string]string) {
	to := netip.MustParseAddr(or(keys["to"], "224.0.0.18"))
	a := packet.Advert{
		Version: uint8(s.number(keys, "version", 3)), VRID: uint8(s.number(keys, "vrid", 1)),
		Priority: uint8(s.number(keys, "priority", 0)), Interval: s.duration(or(keys["interval"], "1s")),
	}
	for x := range strings.SplitSeq(or(keys["vip"], "10.0.0.100"), ",") {
		a.Addresses = append(a.Addresses, netip.MustParseAddr(x))
	}
	if keys["password"] != "" {
		a.Auth = packet.Password(keys["password"])
	}
	payload, err := a.Append(nil, from, to, packet.PseudoHeader)
	s.must(err)
	if keys["checksum"] == "wrong" {
		payload[7]++
	}
	socket := Socket{Interface: link, Index: s.links[link].Index, Family: plan.Of(from)}
	if keys["in"] != "unicast" && (to.IsMulticast() || keys["in"] == "multicast") {
		socket.Group = netip.MustParseAddr("224.0.0.18")
	}
	s.step(Received{Socket: socket, Header: packet.Header{Source: from, Destination: to, TTL: uint8(s.number(keys, "ttl", 255))}, Payload: payload,
		Arrived: s.now.Add(-s.duration(or(keys["waited"], "0s")))})
}

// advance lets d pass, and fires deadlines at their instants.
func (s *script) advance(d time.Duration) {
	end := s.now.Add(d)
	for s.deadline != vrrp.Never && s.deadline <= end {
		s.now = max(s.now, s.deadline)
		s.step(Timeout{})
	}
	s.now = end
}

// step tells the node one input and writes what it does.
func (s *script) step(in Input) {
	res := s.node.Step(s.now, in)
	s.deadline = res.Deadline
	at := s.now.String()
	for _, e := range res.Effects {
		fmt.Fprintf(&s.block, "%-14s%s\n", at, s.describe(e))
		at = ""
	}
}

// describe says an effect in one line.
func (s *script) describe(e Effect) string {
	switch e := e.(type) {
	case *Send:
		a, err := packet.Parse(e.Payload, packet.Header{Source: e.Source, Destination: e.Destination, TTL: 255})
		s.must(err)
		return fmt.Sprintf("%s send advert vrid=%d priority=%d %v > %v %v on %s", e.Router, a.VRID, a.Priority, e.Source, e.Destination, a.Addresses, e.Socket.Interface)
	case Converge:
		return "converge " + fmt.Sprint(describeWishes(s.node.Wishes()))
	case Refresh:
		return "refresh " + fmt.Sprint(describeWishes(Wishes{Addresses: e.Wishes}))
	case Announce:
		if bytes.Equal(e.Frame, packet.AppendProbe(nil, s.links[e.Interface].MAC, e.Address)) {
			return fmt.Sprintf("%s probe for %v on %s", e.Router, e.Address, e.Interface)
		}
		mac, addr, ok := packet.ParseAnnouncement(e.Frame)
		if !ok || addr != e.Address {
			s.t.Fatalf("announcement of %v announces %v", e.Address, addr)
		}
		return fmt.Sprintf("%s announce %v at %v on %s, %d times", e.Router, addr, mac, e.Interface, e.Count)
	case Transitioned:
		yielding := ""
		if e.Yielding {
			yielding = ", yielding"
		}
		return fmt.Sprintf("%s %v -> %v%s: %s", e.Router, e.From, e.To, yielding, e.Cause)
	case Noticed:
		c := e.Conflict
		return fmt.Sprintf("%s conflict %s %s: %s", e.Router, c.Kind, map[bool]string{false: "begins", true: "ends"}[e.Ended],
			strings.Join(strings.Fields(fmt.Sprint(c.Peer, " ", c.Host, " ", c.Address, " packets=", c.Count)), " "))
	case Run:
		return fmt.Sprintf("run %d: %s %s %s: %s", e.Number, e.Vip, e.When, describeHooks(e.Hooks), e.Cause)
	}
	s.t.Fatalf("unknown effect %T", e)
	return ""
}

// show writes the states.
func (s *script) show() {
	for _, r := range s.node.Report(time.Unix(0, 0), Holdings{}) {
		prepares := map[bool]string{true: ", prepares to leave"}[r.Prepares]
		fmt.Fprintf(&s.block, "%-14s%s %s%s, waiting for: %q\n", "", r.ID, r.State, prepares, r.Waiting)
		if len(r.Tracks) > 0 {
			fmt.Fprintf(&s.block, "%-14s  priority %d of %d, tracks %s\n", "", r.Effective, r.Priority, describeTracks(r.Tracks))
		}
		if r.Aside != "" {
			fmt.Fprintf(&s.block, "%-14s  priority %d of %d, aside: %s\n", "", r.Effective, r.Rank, r.Aside)
		}
		for _, c := range r.Conflicts {
			fmt.Fprintf(&s.block, "%-14s%s since %v, last %v, %d packets: %s\n", "", c.Kind, c.Since.Sub(time.Unix(0, 0)), c.Last.Sub(time.Unix(0, 0)), c.Count, c.Words)
		}
		if r.Differs != "" {
			fmt.Fprintf(&s.block, "%-14s%s lists other addresses\n", "", r.Differs)
		}
	}
	var sockets []string
	for _, sock := range s.node.Sockets() {
		group := "unicast"
		if sock.Group.IsValid() {
			group = sock.Group.String()
		}
		sockets = append(sockets, fmt.Sprintf("%s index %d %v %s", sock.Interface, sock.Index, sock.Family, group))
	}
	fmt.Fprintf(&s.block, "%-14swishes %v\n", "", describeWishes(s.node.Wishes()))
	fmt.Fprintf(&s.block, "%-14ssockets %v\n", "", sockets)
	fmt.Fprintf(&s.block, "%-14sdropped %v, yielding %v, done %v\n", "", s.node.Dropped(), s.node.Yielding(), s.node.Done())
}

func describeHooks(hooks []plan.Hook) string {
	var words []string
	for _, h := range hooks {
		words = append(words, strings.Join(h.Command, " "))
	}
	return strings.Join(words, ", ")
}

func describeTracks(tracks []status.Track) string {
	var words []string
	for _, t := range tracks {
		words = append(words, fmt.Sprintf("%s%s %s (%s %d)", t.Check, t.Interface, t.State, t.Effect, t.Weight))
	}
	return strings.Join(words, ", ")
}

func describeWishes(wishes Wishes) []string {
	words := []string{}
	for _, w := range wishes.Addresses {
		line := fmt.Sprintf("%v on %s", w.Prefix, w.Interface)
		if w.Route {
			line += " with route"
		}
		if w.Label != "" {
			line += " label " + w.Label
		}
		if w.Scope != ScopeGlobal {
			line += " scope " + w.Scope.String()
		}
		if w.Lifetime > 0 {
			line += " for " + w.Lifetime.String()
		}
		if w.Stays {
			line += " if it is there"
		}
		words = append(words, line)
	}
	for _, w := range wishes.Routes {
		words = append(words, fmt.Sprintf("route %v", w))
	}
	for _, w := range wishes.Rules {
		words = append(words, fmt.Sprintf("rule %v", w))
	}
	return words
}

// options splits words into plain ones and KEY=VALUE.
func options(words []string) (args []string, keys map[string]string) {
	keys = map[string]string{}
	for _, w := range words {
		if k, v, ok := strings.Cut(w, "="); ok {
			keys[k] = v
		} else {
			args = append(args, w)
		}
	}
	return args, keys
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (s *script) number(keys map[string]string, key string, absent int) int {
	if keys[key] == "" {
		return absent
	}
	n, err := strconv.Atoi(keys[key])
	s.must(err)
	return n
}

func (s *script) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	s.must(err)
	return d
}

func (s *script) must(err error) {
	if err != nil {
		s.t.Helper()
		s.t.Fatal(err)
	}
}
