// Package doctor examines a host for what would surprise somebody who is new to
// VRRP or to hactl: another daemon with the same address, a firewall in the way, a
// service that cannot start on a Backup. Each examination is one function from
// what a Host shows to findings, which say what was seen, why it matters and what
// to do.
//
// It changes nothing, and refuses to know HCL, keepalived's files and how a host
// is looked at: that is a Machine and an fs.FS. Neighbours: cmd/hactl shows it the
// host and prints the findings; Local is the Machine that this process runs on.
package doctor
