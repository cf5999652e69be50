// Package compiler turns a configuration into one plan per host: it resolves
// names and levels, checks what must hold between hosts, and lowers what is
// left. Files in the order of that path: resolve, track, needs, segment,
// priority, weight, check, lower.
//
// It refuses to know files, clocks, stores and agents: a configuration goes in,
// plans and findings come out, the same bytes whatever the order of files and
// blocks. Neighbours: lang gives the configuration and its ranges, lang/rule the
// wording of findings, schemas/plan the result; cmd/hactl calls it.
package compiler
