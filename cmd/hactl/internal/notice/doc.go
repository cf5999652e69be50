// Package notice says in words what clients will notice of a change: of the plans that
// hosts have and those that they are to get, for each router, where its addresses are
// and will be, for how long nobody answers, and on what neighbours disagree meanwhile.
//
// It knows no configuration, no flags and no host: plans are given, and who is Active.
// Below it are fleet, schemas/plan and terminal; proposals are made with it.
package notice
