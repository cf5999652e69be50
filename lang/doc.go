// Package lang turns the text of a configuration folder into a tree of typed
// blocks, each value with the place it was written at, and into findings.
//
// It evaluates variables, locals, references and dynamic blocks, and checks
// every value by itself against lang/schema. It refuses to know what values
// mean together, and reads nothing but the file system it is given.
// Neighbours: compiler reads its Config, lang/rule names its findings,
// lang/SPEC.md is the language's definition.
package lang
