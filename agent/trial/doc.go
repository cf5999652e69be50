// Package trial is the machine of a plan that a host follows until somebody confirms
// it: (record, instant, facts) -> (record, what follows). Nobody does in time, and the
// host goes back to the plan before. Instants are those of a clock that nobody sets,
// of one boot of the machine.
//
// trial.go has the rules, record.go what outlives the agent. The package refuses to
// know files, clocks, stores and routers: it is told of them.
// Neighbours: agent looks into the store and does what it says, schemas/plan has the
// mark of a plan on trial, schemas/intent that of a confirmation.
package trial
