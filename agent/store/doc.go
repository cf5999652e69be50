// Package store is the plan store: it carries plans to hosts and their agents'
// reports back. On every host it is a folder (Dir), by default DefaultDir:
//
//	plans/HOST.json     what the host has to do; written by apply, watched by the agent
//	intents/HOST.json   what people want of it beside that; written by drain, switchover and upgrade, watched too
//	status/HOST.json    how the host is; written by the agent
//	rollout.json        who publishes plans, or did so last
//	state/              what the agent keeps for its next start
//
// SSH reaches the folders of other hosts through the user's own ssh, which runs
// Serve there.
//
// It refuses to know what a plan means: it checks that a document is whole, and
// of the host whose name it is stored under, and no more. Neighbours:
// schemas/plan is the document; agent watches a Dir; cmd/hactl publishes through
// a Store and runs Serve.
package store
