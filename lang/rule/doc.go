// Package rule is the registry of everything that hactl finds wrong, or worth
// a second look, in a configuration: a stable code, a severity and a fixed
// summary for each.
//
// It turns a rule and a place into an hcl.Diagnostic that carries the code and
// related places, and reads them back. It refuses to know when a rule applies.
// Neighbours: lang and compiler report through it, cmd/hactl prints what they
// found.
package rule
