// Package program runs one program once, without a shell: with the rights of a
// user, in a process group of its own that is killed when its time is over, and
// with a bounded part of what it printed. It says before a run, or after one that
// could not begin, exactly what stands in the way.
//
// It refuses to know why a program runs and what its exit status means.
// Neighbours: agent/notify runs notification scripts with it, agent/track checks, agent/changeover
// the commands of upgrades, agent hooks.
package program
