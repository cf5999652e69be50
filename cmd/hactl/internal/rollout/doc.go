// Package rollout brings to hosts, one after the other, what they are to have: Plans
// carries plans in waves, Upgrade carries a release of a program, by orders that the
// hosts' own agents carry out. Each goes on when reports confirm what was done and every
// vip can do without the next host; each can be interrupted and gone on with, leaves a
// record of who is at it, and leads back where that is asked for.
//
// It does not know how a plan comes about, what people are asked, in which form they are
// told of progress, nor what a command's exit code is: it says what happens to whoever
// listens, and an error that is Unconfirmed from others. What is known of the hosts comes
// from package fleet, the waves from compiler/waves.
package rollout
