package upgrade

import (
	"fmt"
	"strconv"
	"strings"
)

// describe returns an effect in words.
func describe(effect Effect) string {
	switch e := effect.(type) {
	case Save:
		words := "save " + e.Record.Stage.String()
		if e.Record.Reverse {
			words += ", reverse"
		}
		if !e.Must {
			words += ", if possible"
		}
		return words
	case Inspect:
		return "inspect"
	case Keep:
		return "keep " + e.Path + " as " + e.Backup
	case Install:
		return "install " + e.Source + " as " + e.Path
	case PutBack:
		return "put " + e.Backup + " back as " + e.Path
	case Send:
		return fmt.Sprintf("send %s to %s", e.Signal, numbers(e.To))
	case Sever:
		return "end the connections to the vips"
	case Run:
		return fmt.Sprintf("run %s for %v at most", strings.Join(e.Argv, " "), e.Timeout)
	case Transitioned:
		if e.From == 0 {
			return e.To.String()
		}
		if e.Cause != "" {
			return fmt.Sprintf("%v -> %v (%s)", e.From, e.To, e.Cause)
		}
		return fmt.Sprintf("%v -> %v", e.From, e.To)
	case Waiting:
		return "wait for " + e.Text
	case Noted:
		return "note: " + e.Text
	case Finish:
		if e.Backup != "" {
			return fmt.Sprintf("finish %s: %s; remove %s", e.Outcome.Verdict, e.Outcome.Text, e.Backup)
		}
		return fmt.Sprintf("finish %s: %s", e.Outcome.Verdict, e.Outcome.Text)
	}
	panic(fmt.Sprintf("effect %T", effect))
}

// numbers are those of processes, as a list.
func numbers(all []Process) string {
	var words []string
	for _, p := range all {
		words = append(words, strconv.Itoa(p.PID))
	}
	return strings.Join(words, " ")
}
