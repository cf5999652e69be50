// Package analysis says who is Active after failures, how long that takes and
// whether clients notice: of a vip, or of vips that move together, from the plans
// of its hosts.
//
// subject.go reads the plans and gives names, shape.go has what is left when names
// are taken away, and so is worked out once for thousands of clusters alike,
// situation.go what failures make of each host, election.go who is Active then,
// timing.go how long that takes at most, failure.go and outcome.go the questions
// and the answers, every.go all of them. docs/what-if.md has the formulas.
//
// It refuses to know configurations, agents and clocks: it restates the rules of
// agent/vrrp and agent/node as what comes of them when everything has settled. A
// test in cmd/hactl compares the two. Neighbours: schemas/plan is what it reads,
// cmd/hactl prints what it says.
package analysis
