// Package status is the contract between the agents and whoever asks how they
// are: what one host's agent reports, in status/HOST.json and on its control
// socket, as JSON.
//
// It knows the types and their encoding, and refuses to know clocks, files and
// how a state comes about. It imports the standard library only. Neighbours:
// agent writes it, agent/store carries it, cmd/hactl's status and apply read it.
package status
