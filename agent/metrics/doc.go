// Package metrics says in Prometheus' words what an agent's newest report says:
// the page that is scraped. All of it is made from that report, beside the loop,
// so that no scrape holds an advert up.
//
// It refuses to know the agent, and what nobody outside is to know: texts, names
// of people and secrets stay in the report.
// Neighbours: agent serves the page, schemas/status is the report, docs/metrics.md
// lists what is on it.
package metrics
