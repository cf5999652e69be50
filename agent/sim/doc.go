// Package sim is a number of hosts on segments, with a clock of their own: every
// host is a node.Node, and what one sends the others receive a little later. Hosts
// die and start again, links go down, hosts are cut off or drained, checks fail.
//
// lan.go has the hosts and the wire, fault.go what can happen to them, watch.go
// who has the addresses meanwhile.
//
// It is pure: the clock moves when it is told to, and the same steps have the same
// results. It refuses to know kernels and sockets: every wish comes true at once.
// Neighbours: agent/node is what it runs, tests are who uses it.
package sim
