// Package socket carries bytes between the agent and the wire: VRRP adverts in
// IP packets (Conn), announcements in Ethernet frames (Frames, Announcements).
//
// A Conn is bound to one interface and one family; its readers get what the IP
// header said beside the payload. The package refuses to know what the bytes
// mean, which routers there are, and when anything is sent.
// Neighbours: agent/packet reads and writes the bytes, agent/kernel tells which
// interfaces there are, the agent opens, reads and closes.
package socket
