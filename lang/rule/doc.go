// Package rule is the registry of everything that hactl finds wrong, or worth
// a second look, in a configuration: a stable code, a severity and a fixed
// summary for each.
//
// Each rule has a story beside it, in a file of the folder stories: why it
// matters, what would happen at runtime, what to do, and an example before and
// after. The pages of docs/rules are made of them, and explain prints them. A new
// rule is a line in a file rules_*.go, its story, and test data that show it; make
// docs writes its page.
//
// It turns a rule and a place into an hcl.Diagnostic that carries the code and
// related places, and reads them back. It refuses to know when a rule applies: that
// the stories are true is tested in cmd/hactl.
// Neighbours: lang and compiler report through it, cmd/hactl prints what they
// found.
package rule
