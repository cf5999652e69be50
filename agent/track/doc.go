// Package track runs health checks. machine.go is the arithmetic of one check:
// when it runs, and when its results make it up or down. runner.go runs one check
// by it, and the files called probe_ look: each asks the world once, without a
// fork where no program is named.
//
// It refuses to know who depends on a check and what follows for them.
// Neighbours: agent owns the runners and passes on what they tell to agent/node,
// whose word for a check's state it uses; agent/program runs programs.
package track
