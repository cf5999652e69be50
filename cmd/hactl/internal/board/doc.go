// Package board is what an operator reads of hosts: for each one what is wrong, in
// sentences that say what to look at, and tables of its routers, checks, notification
// targets and upgrades, those with problems first; once, or again and again with what
// has changed marked.
//
// It asks no host and no clock, and knows no flags: reports and instants are given.
// Below it are fleet, terminal, schemas/status, and what agent/upgrade calls the ends
// of an order; status and watch print with it.
package board
