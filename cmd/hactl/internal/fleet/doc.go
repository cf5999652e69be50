// Package fleet is the hosts as the operator sees them: what the plan store has of
// each, what its agent last reported and how old that is, who is Active for which vip,
// and how each host would do in another's place. What people want of a host it writes
// into the store, and it waits until reports show what is waited for.
//
// It knows no configuration and no proposal, nothing of how plans or releases are
// carried from host to host (package rollout), no flags and no terminal. Below it are
// agent/store, schemas/..., and what agent/upgrade calls the ends of an order.
package fleet
