// Package netlab is a network of hosts and segments on one machine, made of
// network namespaces, veth pairs and bridges: the laboratory of the tests that
// need a real kernel, and of hactl demo.
//
// It needs no program and leaves nothing behind: namespaces are held by file
// descriptors of this process, processes that it starts die with it. Without
// root it works in a user namespace. It refuses to know VRRP, plans and
// agents, and package testing.
// Neighbours: tests of agent/kernel, agent/socket and agent use it, and
// cmd/hactl for the demo.
package netlab
