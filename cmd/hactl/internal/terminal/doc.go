// Package terminal is what verbs print with: colours, tables, lines cut or wrapped to a
// width, a screen that is drawn anew, JSON, and text made harmless for whoever's terminal
// shows it.
//
// It does not know what is printed, and no flags: whether there are colours, it is told.
package terminal
