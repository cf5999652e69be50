// Package keepalived reads keepalived.conf files as keepalived itself reads
// them, and says what is wrong with one of them or between several.
//
// It goes from text to a tree of statements with exact places, from the tree to
// the routers as they behave at runtime, and from these to findings, or to a
// configuration of hactl. It refuses to know the machine: interfaces, users and
// script files are not looked at, and files come from an fs.FS. Neighbours:
// lang/rule holds the findings' codes, compiler/export writes such files,
// cmd/hactl prints them.
package keepalived
