// Package event is the contract of what an agent tells about transitions: the
// lines of its event stream, the JSON that webhooks get, and what notification
// programs and mails say.
//
// It refuses to know who is told, and how. Standard library only.
// Neighbours: agent writes events, agent/notify carries them, cmd/hactl reads the
// stream.
package event
