// Package kernel makes the host's addresses be what is wished: it observes
// links and addresses through netlink, compares, and acts, adding before it
// deletes. What it put there itself it recognises, also after a restart, by an
// address protocol number of its own or, before Linux 5.18, by a ledger file;
// nothing else is ever touched.
//
// It refuses to know VRRP, routers and plans.
// Neighbours: agent/node defines the facts it reports and the wishes it
// fulfils, agent calls it.
package kernel
