package node

import (
	"fmt"
	"slices"
	"time"

	"hactl/agent/packet"
	"hactl/schemas/status"
)

// explain says what a conflict is, and what to look at.
func (n *Node) explain(r *router, c *conflict) string {
	who := c.named(r)
	switch e := c.seen; c.kind {
	case status.TwoActive:
		return n.rivalWords(r, c, who)
	case status.Unheard:
		return "this host sent priority 0, and no other member took over: look whether their agents run, why their routers wait, " +
			"and whether a firewall drops IP protocol 112 on its way to them"
	case status.DuplicateAddress:
		return n.duplicateWords(c)
	case status.ForeignSender:
		return fmt.Sprintf("%s sends adverts for VRID %d, and is no member: another cluster of the segment uses this number, or a member "+
			"sends from another address than the configuration says. Give one of the two another vrid", who, r.plan.VRID)
	case status.OwnSource:
		return fmt.Sprintf("adverts come from this host's own address %s: the segment has a loop, or another host has that address", who)
	case status.OtherAuth:
		return fmt.Sprintf("%s %s, so its adverts are dropped and both can be Active: look at the auth block, and at which plan each of them follows",
			who, differsIn(e.reason))
	case status.OtherInterval:
		return fmt.Sprintf("%s sends every %v, this host every %v%s: make advert_interval the same", who, e.interval, millis(r.plan.AdvertInterval), dropped(e))
	case status.OtherVersion:
		return fmt.Sprintf("%s speaks VRRP version %d, this host version %d, so its adverts are dropped and both can be Active: make version the same",
			who, e.version, r.plan.Version)
	case status.OtherAddresses:
		return fmt.Sprintf("%s lists other addresses in its adverts: one of the two has another configuration. Its adverts count all the same, "+
			"but keepalived before 2.3.3 drops those of this host", who)
	case status.OtherTransport:
		return fmt.Sprintf("%s does not send to where this host listens: one of the two is multicast and the other unicast, or they use two groups", who)
	case status.WrongChecksum:
		return fmt.Sprintf("adverts of %s have a wrong checksum, in RFC 9568's form and in keepalived's: something changes them on their way "+
			"(address translation does), or a program forges them", who)
	case status.WrongTTL:
		return fmt.Sprintf("multicast adverts of %s come with a TTL of %d instead of 255: they have crossed a router, or a program forges them", who, e.ttl)
	}
	return fmt.Sprintf("%s sends packets for VRID %d that are no adverts: %v", who, r.plan.VRID, c.seen.reason)
}

// named is who causes a conflict.
func (c *conflict) named(r *router) string {
	switch host := r.member(c.peer); {
	case host != "":
		return fmt.Sprintf("%s (%s)", c.peer, host)
	case c.peer.IsValid():
		return c.peer.String()
	}
	return "more than one host" // too many to be told apart
}

// rivalWords are those of two Active routers.
func (n *Node) rivalWords(r *router, c *conflict, who string) string {
	both := fmt.Sprintf("%s is Active too, with priority %d, though this host has been for longer: it did not hear it", who, c.seen.priority)
	if lasted := c.last.Sub(c.first); lasted > 2*max(millis(r.plan.AdvertInterval), c.seen.interval) {
		return fmt.Sprintf("%s, and has not for %v. This host hears it, so the way there is cut in one direction: look for a firewall that drops IP "+
			"protocol 112, multicast that a switch keeps back, another password, version or checksum there", both, lasted.Round(time.Second))
	}
	return both + ". The segment was parted, or one of the two stood still; addresses have been announced again"
}

// duplicateWords are those of an address that two stations have.
func (n *Node) duplicateWords(c *conflict) string {
	if !c.address.IsValid() {
		return "more stations than are told apart say that they have addresses of this router: look for a loop, or for forged packets"
	}
	for name, l := range n.links {
		if slices.Equal(l.MAC, c.station[:]) {
			return fmt.Sprintf("this host answers for %s through %s as well, which is on the same segment: set net.ipv4.conf.all.arp_ignore to 1", c.address, name)
		}
	}
	return fmt.Sprintf("the station %s has %s, too: look for a host that has it configured, or whose agent died", c.who(), c.address)
}

// differsIn says what an advert's authentication lacks.
func differsIn(reason packet.Reason) string {
	return map[packet.Reason]string{
		packet.BadAuth:      "authenticates by another type or password",
		packet.Unsigned:     "does not sign its adverts",
		packet.Stale:        "signs by a clock that is too far from the one here",
		packet.UnknownKey:   "signs by a key with a number that this host does not have",
		packet.BadSignature: "signs by another key of the same number",
		packet.Replayed:     "repeats signed adverts, or somebody replays them",
	}[reason]
}

// dropped says that another interval matters.
func dropped(e evidence) string {
	if e.reason == 0 {
		return ""
	}
	return ", so its adverts are dropped and both can be Active"
}
