package rehearsal

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

// roleVariable names, in the environment of a process, what it plays.
const roleVariable = "HACTL_REHEARSAL_ROLE"

// Play makes this program what it was started as, and ends it with that: a broken
// release, when that is written at its end, clients, or an echo. Otherwise it returns. To
// be called first in TestMain.
func Play() {
	if b, ok := broken(); ok {
		os.Exit(b.play())
	}
	role, arguments, _ := strings.Cut(os.Getenv(roleVariable), " ")
	switch role {
	case "clients":
		os.Exit(playClients(arguments))
	case "echo":
		os.Exit(playEcho(arguments))
	}
}

// role returns this program as another one, with its output where that of the test goes.
func role(name string, arguments any) *exec.Cmd {
	text, err := json.Marshal(arguments)
	if err != nil {
		panic("rehearsal: arguments of a role: " + err.Error())
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s", roleVariable, name, text))
	cmd.Stderr = os.Stderr
	return cmd
}

// await waits for one of some signals.
func await(wanted ...os.Signal) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, wanted...)
	<-c
}

// ending are the signals that end a role.
var ending = []os.Signal{syscall.SIGQUIT, syscall.SIGTERM}
