// Package format gives a text of the language its one form: indents, aligned
// equals signs, no white space at the ends of lines.
//
// It changes white space only, and refuses to know what a text means: texts in
// quotes, here-documents, comments and the order of things stay. Neighbours:
// lang says whether a text can be parsed, cmd/hactl reads and writes the files.
package format
