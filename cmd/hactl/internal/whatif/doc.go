// Package whatif tells people and programs what becomes of vips when something
// fails: tables of every failure and of every two, answers to one question, as text,
// Markdown and JSON. Vips of which the same becomes are one scene.
//
// What comes of a failure it does not work out (package compiler/analysis does), and
// it knows no flags, no store and no host: plans are given.
// Below it are compiler/analysis, schemas/plan and terminal; plan prints with it.
package whatif
