// Package node is all virtual routers of one host: facts in, ordered effects
// and desired kernel state out. It turns plans into routers, adverts into
// inputs of agent/vrrp and its effects into packets, and decides which router
// may run (interface, carrier, primary address, tracks), with which priority, and
// which move together, and how an address is installed. What it hears that
// contradicts all that, it tells.
//
// It is pure: it refuses to know sockets, netlink, files and clocks.
// Neighbours: agent runs it, agent/vrrp is one router, agent/packet the codec,
// agent/kernel reports the facts of this package and makes its wishes true,
// agent/track uses its word for what a check says.
package node
