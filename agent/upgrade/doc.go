// Package upgrade is the machine of one program's upgrade on one host: (state, event,
// instant) -> (state, effects, deadline). It replaces the program or what that reads,
// lets workers of before finish, watches, and commits or goes back. Each step is
// recorded before it acts and may be done twice, so that whoever finds the record goes
// on from what is seen.
//
// way.go has the strategies, each a table of stages: fsm.go those that all share,
// nginx.go and back.go those of two masters, single.go those of one that stays,
// command.go the user's own programs. upgrade.go is what goes in and out, facts.go what
// an upgrade is refused for, seen.go what an observation means, record.go what outlives
// the process, history.go what a host keeps of its orders. The package refuses to know
// processes, files, clocks, checks and addresses: it is told of them.
// Neighbours: agent/changeover carries out what it says; the loop of agent begins it,
// and keeps vips away meanwhile.
package upgrade
