// Package intent is the contract of what people want of a host beside its plan:
// that it is drained, or that a vip is held elsewhere. It stands in a file of
// the host's store, intents/HOST.json, and so survives restarts.
//
// It refuses to know how a host makes it true, and who may want it. Standard
// library only. Neighbours: cmd/hactl writes intents, agent/store carries them,
// agent follows them.
package intent
