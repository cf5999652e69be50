// Package waves works out in which order the hosts of a configuration take up new
// plans: which of them one after the other, and which side by side.
//
// It refuses to know stores, reports and clocks: what each host has and is to have
// goes in, what to publish comes out. Neighbours: schemas/plan says what routers
// are and whether they hear each other; cmd/hactl shows the waves and carries them
// out.
package waves
