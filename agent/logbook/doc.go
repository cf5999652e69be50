// Package logbook lets an agent log without ever waiting for whoever reads the
// log: lines go through a queue with a bound, and what does not fit is counted
// and lost.
//
// It refuses to know what is logged.
// Neighbours: log/slog makes the lines, cmd/hactl says where they go, agent logs.
package logbook
