package schema

import "time"

// What may stand in a vip block besides attributes. Tracks, hooks and
// announcements may stand in a cluster block, too.

var address = &Block{
	Type:   "address",
	Label:  "the address with its prefix length",
	Form:   Moved,
	Unique: true,
	Doc:    "One more virtual address, behind those of `addresses`, with something of its own.",
	Example: `address "10.0.0.102/24" {
  label = "eth0:1"
}`,
	Attributes: []Attribute{
		{Name: "label", Type: String, Form: Filled, Implied: "none", Example: `"eth0:1"`,
			Doc: "The label that old tools show, IPv4 only, at most 15 bytes. They expect the interface's name, a colon and more."},
		{Name: "interface", Type: String, Form: Interface, Implied: "the vip's", Example: `"eth1"`,
			Doc: "The interface that it is put on."},
		{Name: "scope", Type: String, Enum: []string{"global", "site", "link", "host"}, Implied: "as the kernel finds fit", Example: `"link"`,
			Doc: "The reach of the address."},
		{Name: "noprefixroute", Type: Bool, Default: false, Example: `true`,
			Doc: "Whether the kernel adds no route to the address's subnet. Where the host has an own address in it, hactl adds none either way."},
	},
}

var route = &Block{
	Type:   "route",
	Label:  "the destination, a network or \"default\"",
	Form:   Destination,
	Unique: false,
	Doc:    "A route that is there while the host is Active.",
	Example: `route "10.20.0.0/16" {
  via = "10.0.0.1"
}`,
	Attributes: []Attribute{
		{Name: "via", Type: Address, Implied: "the destination is on the link", Example: `"10.0.0.1"`,
			Doc: "The gateway. It says the family of a default route, too."},
		{Name: "interface", Type: String, Form: Interface, Implied: "as the kernel finds the gateway, without one the vip's", Example: `"eth1"`,
			Doc: "The interface that packets leave by."},
		{Name: "source", Type: Address, Implied: "as the kernel chooses", Example: `"10.0.0.100"`,
			Doc: "The source address of packets of the host's own."},
		{Name: "metric", Type: Integer, Min: 0, Max: 2147483647, Implied: "the kernel's", Example: `100`,
			Doc: "Of routes to one destination, the one with the lowest metric counts."},
		{Name: "table", Type: Integer, Min: 1, Max: 4294967295, Implied: "the main table", Example: `100`,
			Doc: "The routing table."},
		{Name: "scope", Type: String, Enum: []string{"global", "site", "link", "host"}, Implied: "`link` without a gateway, otherwise `global`", Example: `"link"`,
			Doc: "How far away the destination is."},
	},
}

var policy = &Block{
	Type: "rule",
	Doc:  "A rule of the routing policy that is there while the host is Active.",
	Example: `rule {
  priority = 1000
  from     = "10.0.0.100/32"
  table    = 100
}`,
	Attributes: []Attribute{
		{Name: "priority", Type: Integer, Required: true, Min: 1, Max: 32765, Example: `1000`,
			Doc: "Rules with a lower number are asked first."},
		{Name: "from", Type: Network, Implied: "any", Example: `"10.0.0.100/32"`,
			Doc: "Where packets come from."},
		{Name: "to", Type: Network, Implied: "any", Example: `"10.20.0.0/16"`,
			Doc: "Where they go. A rule without `from` and `to` is one of each family of the vip."},
		{Name: "interface", Type: String, Form: Interface, Implied: "any", Example: `"eth1"`,
			Doc: "The interface that they come in by."},
		{Name: "mark", Type: Integer, Min: 1, Max: 4294967295, Implied: "any", Example: `7`,
			Doc: "Their firewall mark."},
		{Name: "table", Type: Integer, Required: true, Min: 1, Max: 4294967295, Example: `100`,
			Doc: "The routing table to look in."},
	},
}

var track = &Block{
	Type: "track",
	Doc:  "Something that a host needs to hold the addresses. Those of the cluster and of the vip add up; a vip's takes the place of the cluster's of the same check or interface.",
	Example: `track {
  check  = check.nginx
  effect = "demote"
}`,
	Attributes: []Attribute{
		{Name: "check", Type: Reference, Kind: "check", Example: `check.nginx`,
			Doc: "A check."},
		{Name: "interface", Type: String, Form: Interface, Example: `"eth1"`,
			Doc: "An interface of the host, which has to be up and running. The vip's own is always tracked."},
		{Name: "effect", Type: String, Enum: []string{"demote", "fault"}, Implied: "`demote`, without a weight", Example: `"fault"`,
			Doc: "What happens while it is down: with `demote` any host with fewer failures takes over, and nobody lets go without a successor; with `fault` the host gives the addresses up whether somebody takes over or not."},
		{Name: "weight", Type: Integer, Min: -253, Max: 253, Implied: "none", Example: `-20`,
			Doc: "In place of an effect, as in keepalived: a positive one is added to the priority while it is up, a negative one while it is down."},
	},
	ExactlyOne: [][]string{{"check", "interface"}},
}

var hook = &Block{
	Type:   "hook",
	Label:  "the moment",
	Form:   Filled,
	Labels: []string{"after_acquire", "before_release"},
	Doc:    "A program that runs when the addresses have come, or before the host lets them go by its own decision: in a planned move, at its end, or for a check that fails. Those of the cluster run first, then those of the vip, one after the other.",
	Example: `hook "after_acquire" {
  command = ["/usr/local/bin/promote"]
  timeout = "5s"
}`,
	Attributes: []Attribute{
		command(true, `["/usr/local/bin/promote"]`), user, environment,
		{Name: "timeout", Type: Duration, Default: 10 * time.Second, Shortest: time.Millisecond, Longest: 10 * time.Minute, Example: `"5s"`,
			Doc: "When it is killed, and the next step begins."},
	},
}

var announce = &Block{
	Type: "announce",
	Max:  1,
	Doc:  "How a host that has become Active tells the segment, by gratuitous ARP and neighbour advertisements. The whole block of a vip takes the place of the cluster's.",
	Example: `announce {
  burst   = 5
  repeat  = "5s"
  refresh = "1m"
}`,
	Attributes: []Attribute{
		{Name: "burst", Type: Integer, Min: 1, Max: 100, Default: 5, Example: `3`,
			Doc: "Announcements of each address in one burst."},
		{Name: "repeat", Type: Duration, Default: 5 * time.Second, Longest: time.Hour, Example: `"10s"`,
			Doc: "When a second burst follows; `\"0s\"`: never."},
		{Name: "refresh", Type: Duration, Default: time.Duration(0), Longest: 24 * time.Hour, Example: `"1m"`,
			Doc: "The time between single announcements afterwards, a second at least; `\"0s\"`: none."},
	},
}
