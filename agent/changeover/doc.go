// Package changeover carries out what the machine of agent/upgrade says, on Linux:
// it looks at files and processes, copies, links and renames, signals masters, and runs
// the commands of users.
//
// runner_linux.go owns one upgrade from its beginning, or from the record that another
// process left, to its end; host_linux.go keeps the records of all. The files inspect_*
// find the facts before, by strategy, those called look_* what is there meanwhile;
// file_linux.go, signal_linux.go and command_linux.go act. The package refuses
// to decide: what follows from what it sees, agent/upgrade knows; what checks are, and
// when a host may be upgraded, the caller.
// Neighbours: agent/upgrade; agent/program runs the binaries that are asked for their
// version; the loop of agent, which has the checks and the addresses, gives it tasks.
package changeover
