// Package vrrp is the machine of one virtual router, RFC 9568 section 6 (and
// RFC 3768 where version 2 differs): (state, instant, input) -> (state,
// effects, deadline).
//
// router.go has what goes in and out, fsm.go the states in the RFC's order,
// timers.go the arithmetic, election.go who wins, yield.go how an Active router
// leaves without a gap, change.go what may change while it runs. The package
// refuses to know clocks, sockets, packets, interfaces and plans.
// Neighbours: agent/node owns the routers and feeds them.
package vrrp
