// Hactl is the command line: one small file per verb, and main.
//
// It is the only place where the compiler and the agent meet. It reads the
// user's folder, asks, prints, publishes plans and reads reports; it decides
// nothing about a configuration (lang, compiler) and nothing on a host (agent).
// Neighbours: lang, compiler, schemas/plan, schemas/status, agent/store.
package main
