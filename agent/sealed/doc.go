// Package sealed says who else could change or read a file that an agent relies on:
// a plan, a secret, a program that runs as root. What others can change is not
// believed.
//
// It refuses to know what the files are for. Neighbours: agent and agent/store ask
// before they read, agent/program before it runs something, agent/doctor tells
// people.
package sealed
