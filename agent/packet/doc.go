// Package packet is the codec of what virtual routers send: VRRP adverts of
// version 2 (RFC 3768) and version 3 (RFC 9568), and the gratuitous ARP and
// unsolicited neighbour advertisements that announce addresses.
//
// advert.go encodes, parse.go decodes and makes the checks that need nothing
// but the packet, expect.go those that need to know the router, hmac.go signs
// adverts and verifies what is signed, sequence.go numbers them and replay.go finds
// those that have been there before, reason.go names why a packet is dropped. It refuses to know sockets, clocks and routers: bytes
// in, bytes out, and nothing that a peer sends makes it panic or allocate more
// than the packet's own length asks for.
// Neighbours: agent/socket carries the bytes, the agent turns adverts into
// inputs of agent/vrrp.
package packet
