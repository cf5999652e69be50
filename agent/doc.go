// Package agent makes one host follow its plan: one loop that owns the node,
// facts in, node.Step, effects out. Around it, each on a goroutine of its own,
// stand the receivers of packets, the watchers of the kernel and of the plan
// store, the runners of checks, the control socket and the writer of reports;
// they only send facts. What takes time in the kernel, the hands do for the loop.
//
// It refuses to know HCL and how a plan came about.
// Neighbours: agent/node decides, agent/socket and agent/kernel do, agent/track
// runs checks, agent/upgrade decides on upgrades and agent/changeover carries them
// out, agent/trial decides on plans on trial, agent/store carries plans and reports,
// agent/metrics tells Prometheus, cmd/hactl starts it.
package agent
