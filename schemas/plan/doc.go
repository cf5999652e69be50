// Package plan is the contract between the compiler and the agents: what one
// host has to do, as one JSON document with canonical bytes and one hash.
//
// A plan stands alone. The compiler has decided everything; an agent defaults,
// looks up and interprets nothing when it applies one. The package knows the
// types, their encoding, validation and comparison, and refuses to know HCL,
// files, clocks and the network. It imports the standard library only.
// Neighbours: compiler writes plans, agent/node follows them, agent/store
// carries them.
package plan
