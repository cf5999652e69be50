// Package rehearsal is what upgrades are rehearsed with: real builds of nginx and
// HAProxy, releases that are broken, clients that tell apart what they notice, and the
// runbook that people follow by hand.
//
// builds.go gets the builds, play.go makes a test's own program what it was started as:
// clients (clients.go, ways.go), the server behind WebSocket connections (websocket.go)
// or a broken release (broken.go). The package refuses to know plans, agents, and package
// testing. Neighbours: tests of agent/changeover and of cmd/hactl use it, and put what it
// starts on hosts of agent/netlab.
package rehearsal
