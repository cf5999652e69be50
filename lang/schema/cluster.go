package schema

import "time"

var cluster = &Block{
	Type:   "cluster",
	Label:  "the cluster's name",
	Form:   Name,
	Unique: true,
	Doc:    "Hosts that share virtual addresses. What a vip needs may stand here as a default for all vips.",
	Example: `cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}`,
	Attributes: append([]Attribute{
		{Name: "hosts", Type: References, Kind: "host", Required: true, Min: 1, Example: `[host.lb01, host.lb02]`,
			Doc: "The members, in order of preference."},
		{Name: "on_agent_loss", Type: String, Enum: []string{"release", "keep"}, Implied: "`release` with two hosts or more, `keep` with one", Example: `"keep"`,
			Doc: "What is to become of the addresses when a host's agent dies or freezes. With `release` the kernel removes them when they are no longer refreshed: after Active_Down_Interval in whole seconds, at least 2 s, and 0.7 s more at the most. A host whose every neighbour is dead loses them then, too, if no agent is started again in time. With `keep` they stay. An owner's addresses always do."},
		{Name: "failover", Type: String, Enum: []string{"each", "together"}, Default: "each", Example: `"together"`,
			Doc: "Whether each vip moves by itself, or all of the cluster as one, with one preference, one set of tracks and one state."},
	}, levels...),
	Blocks: []*Block{auth, preemption, track, hook, announce, member(), vip},
}

var vip = &Block{
	Type:   "vip",
	Label:  "the vip's name",
	Form:   Name,
	Unique: true,
	Doc:    "Virtual addresses that move together: one virtual router in each family. What is written here takes the place of the cluster's.",
	Example: `vip "public" {
  vrid      = 50
  addresses = ["10.0.0.100/24", "2001:db8::100/64"]
  prefer    = [host.lb02, host.lb01]
}`,
	Attributes: append([]Attribute{
		{Name: "vrid", Type: Integer, Required: true, Min: 1, Max: 255, Example: `50`,
			Doc: "The virtual router's number, unique on its segment."},
		{Name: "addresses", Type: Prefixes, Min: 1, Implied: "those of the `address` blocks", Example: `["10.0.0.100/24"]`,
			Doc: "The virtual addresses, in advertised order. One without a prefix length is /32 or /128."},
	}, levels...),
	Blocks:     []*Block{address, route, policy, auth, preemption, track, hook, announce, member(ownerAttribute)},
	AtLeastOne: [][]string{{"addresses", "address"}},
}

// levels are the attributes that may stand on a cluster and on a vip, where
// the vip's takes the place of the cluster's.
var levels = []Attribute{
	{Name: "interface", Type: String, Form: Interface, Implied: "each member must name its own", Example: `"eth0"`,
		Doc: "The interface that adverts use and addresses are put on."},
	{Name: "version", Type: Integer, EnumInt: []int{2, 3}, Default: 3, Example: `2`,
		Doc: "The VRRP version; 2 for old neighbours."},
	{Name: "advert_interval", Type: Duration, Default: time.Second, Shortest: 10 * time.Millisecond, Longest: 255 * time.Second, Example: `"300ms"`,
		Doc: "The time between adverts: in version 3 from 10ms to 40.95s in steps of 10ms, in version 2 whole seconds up to 255s."},
	{Name: "transport", Type: String, Enum: []string{"multicast", "unicast"}, Default: "multicast", Example: `"unicast"`,
		Doc: "How adverts travel. With `unicast` sources and peers follow from the hosts' addresses."},
	{Name: "multicast_group", Type: Address, Implied: "224.0.0.18 and ff02::12", Example: `"224.0.0.118"`,
		Doc: "The group that adverts of its family go to."},
	{Name: "checksum", Type: String, Enum: []string{"keepalived", "rfc9568"}, Default: "keepalived", Example: `"rfc9568"`,
		Doc: "The form of the version 3 checksum that is sent over IPv4: keepalived and FRR demand the one with a pseudo-header. Both are accepted."},
	{Name: "prefer", Type: References, Kind: "host", Min: 1, Implied: "the order of `hosts`", Example: `[host.lb02, host.lb01]`,
		Doc: "The order in which hosts are preferred."},
	{Name: "quiet_start", Type: Duration, Default: time.Duration(0), Longest: time.Hour, Example: `"10s"`,
		Doc: "How long an agent that has just started listens before it claims an address."},
	{Name: "quiet_link", Type: Duration, Implied: "10s, and 0s with preemption `always` or a single member", Longest: time.Hour, Example: `"30s"`,
		Doc: "How long a host listens after its interface has come up, or its agent has started, before it claims an address: a switch may pass no frames yet. An advert that is heard ends it."},
	{Name: "notify", Type: References, Kind: "notify", Implied: "nobody", Example: `[notify.ops]`,
		Doc: "Who hears of transitions. Those of the cluster and of the vip add up."},
}

var auth = &Block{
	Type: "auth",
	Max:  1,
	Doc:  "Authentication of adverts. The whole block of a vip takes the place of the cluster's.",
	Example: `auth {
  type        = "pass"
  secret_file = "/etc/hactl/web.secret"
}`,
	Attributes: []Attribute{
		{Name: "type", Type: String, Required: true, Enum: []string{"pass", "hmac-sha256"}, Example: `"pass"`,
			Doc: "`pass`: in version 2 only, at most 8 bytes, sent in clear text. `hmac-sha256`: each advert is signed by a key of 32 to 64 bytes, as keepalived does from 2.4.2 on."},
		{Name: "secret", Type: String, Form: Filled, Sensitive: true, Example: `var.secret`,
			Doc: "The secret itself, with `hmac-sha256` key 1; it will stand in the plan."},
		{Name: "secret_file", Type: String, Form: AbsolutePath, Example: `"/etc/hactl/web.secret"`,
			Doc: "A file on each host whose first line is the secret, with `hmac-sha256` key 1."},
		{Name: "active", Type: Integer, Min: 1, Max: 255, Implied: "the only key", Example: `2`,
			Doc: "With `hmac-sha256` the number of the key that signs; every key is accepted."},
		{Name: "accept", Type: String, Enum: []string{"receive-only", "permissive", "enforce"}, Implied: "`enforce` with `hmac-sha256`", Example: `"permissive"`,
			Doc: "What becomes of adverts that no key has signed: with `enforce` they are dropped, with `permissive` taken; with `receive-only` they are taken and own adverts are not signed. A running cluster goes from the last to the first."},
	},
	Blocks:     []*Block{authKey},
	ExactlyOne: [][]string{{"secret", "secret_file", "key"}},
}

var authKey = &Block{
	Type:   "key",
	Label:  "the key's number",
	Form:   KeyID,
	Unique: true,
	Doc:    "One key of `hmac-sha256`, 32 to 64 bytes.",
	Example: `key "2" {
  secret_file = "/etc/hactl/web-2.key"
}`,
	Attributes: []Attribute{
		{Name: "secret", Type: String, Form: Filled, Sensitive: true, Example: `var.secret`,
			Doc: "The key itself; it will stand in the plan."},
		{Name: "secret_file", Type: String, Form: AbsolutePath, Example: `"/etc/hactl/web-2.key"`,
			Doc: "A file on each host whose first line is the key, or `hex:` and its hexadecimal digits."},
	},
	ExactlyOne: [][]string{{"secret", "secret_file"}},
}

var preemption = &Block{
	Type: "preemption",
	Max:  1,
	Doc:  "When a preferred host that comes back takes the addresses from one that works. The whole block of a vip takes the place of the cluster's.",
	Example: `preemption {
  mode  = "delayed"
  delay = "10s"
}`,
	Attributes: []Attribute{
		{Name: "mode", Type: String, Enum: []string{"always", "delayed", "never"}, Default: "always", Example: `"never"`,
			Doc: "`always` at once, `delayed` after `delay`, `never` only when the other one gives up."},
		{Name: "delay", Type: Duration, Shortest: time.Millisecond, Longest: 24 * time.Hour, Example: `"10s"`,
			Doc: "How long to wait in mode `delayed`."},
	},
}

var ownerAttribute = Attribute{Name: "owner", Type: Bool, Default: false, Example: `true`,
	Doc: "Whether the vip's addresses are this host's own: priority 255."}

// member describes the member block, which on a vip has more attributes than
// on a cluster.
func member(more ...Attribute) *Block {
	return &Block{
		Type:   "member",
		Label:  "the name of a host in hosts",
		Form:   Name,
		Unique: true,
		Doc:    "What differs on one host. It is the one place where a host is written as a string.",
		Example: `member "lb02" {
  interface = "ens33"
}`,
		Attributes: append([]Attribute{
			{Name: "priority", Type: Integer, Min: 1, Max: 254, Implied: "from the order of preference", Example: `100`,
				Doc: "The VRRP priority. When one member has it, all need one."},
			{Name: "interface", Type: String, Form: Interface, Implied: "the vip's", Example: `"ens33"`,
				Doc: "The interface on this host, where names differ."},
			{Name: "source", Type: Address, Implied: "the first address that the host declares for the interface", Example: `"10.0.0.6"`,
				Doc: "The address that this host's adverts come from."},
		}, more...),
	}
}
