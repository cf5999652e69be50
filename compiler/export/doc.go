// Package export writes plans as keepalived.conf.
//
// It refuses to know where the files go, and how a plan came about. What the
// other program cannot do it names as a loss. Neighbours: compiler makes the
// plans, lang/keepalived reads such files, cmd/hactl writes them to disk.
package export
