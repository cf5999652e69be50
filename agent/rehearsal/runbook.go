package rehearsal

import (
	"os/exec"
	"time"
)

// Pauses are those of the runbook together.
const Pauses = 4 * time.Second

// byHand is the runbook as nginx's manual has it ("Upgrading Executable on the Fly"),
// with pauses as people make them, who look at their screens in between.
const byHand = `set -e
cp -p "$1" "$2.new" && mv "$2.new" "$2"
kill -USR2 "$(cat "$3")"
sleep 2
kill -WINCH "$(cat "$3.oldbin")"
sleep 2
kill -QUIT "$(cat "$3.oldbin")"
while [ -e "$3.oldbin" ]; do sleep 0.05; done`

// Runbook returns a program that replaces nginx's binary as people do by hand.
func Runbook(source, binary, pidFile string) *exec.Cmd {
	return exec.Command("sh", "-c", byHand, "sh", source, binary, pidFile)
}
