// Package schema is the one table of the language: every block and attribute
// with its type, default, unit, range and documentation, and the words that
// people bring along from keepalived.
//
// Decoding, validation of single values, the reference page and editor support
// read it. It refuses to know syntax trees, values and anything about more than
// one place at once. Neighbours: lang decodes by it, compiler asks lang for the
// names written here.
package schema
