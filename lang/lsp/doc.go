// Package lsp is a language server without the wire: a session that is told what
// an editor opens and changes, and answers what may stand at a place, what a
// name is, where it comes from, and what is wrong.
//
// It reads lang/schema for what may be written and lang for what a text says.
// It refuses to know JSON-RPC, clocks and goroutines, opens no file but through
// the fs.FS that it is given, and does not know what holds between hosts: whoever
// runs a session gives it a Check. Neighbours: cmd/hactl runs it.
package lsp
