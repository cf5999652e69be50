// Package notify tells people and programs about transitions: it runs programs,
// sends mail and posts to webhooks. Each target has one ordered, bounded queue in
// which the latest state of a vip overtakes older ones while the target is slow.
// Beside that it keeps the stream of events that readers follow.
//
// Who tells is never held up. It refuses to know why a router changed its state,
// and what becomes of the protocol meanwhile.
// Neighbours: agent tells and asks for reports, agent/program runs programs,
// schemas/event is what is told, schemas/plan names the targets.
package notify
