// Package kernel makes the host's addresses, routes and rules be what is wished:
// it observes them and the links through netlink, compares, and acts, adding
// before it deletes, and refreshes addresses that are to end with the agent. What it put there itself it recognises, also after a restart,
// by a protocol number of its own or, where Linux keeps none with addresses (before
// 5.18), by a ledger file; nothing else is ever touched.
//
// It refuses to know VRRP, routers and plans.
// Neighbours: agent/node defines the facts it reports and the wishes it
// fulfils, agent calls it.
package kernel
