package changeover

import (
	"os"
	"strings"
	"testing"

	"hactl/agent/netlab"
)

// roleVariable names, in the environment of a test's process, what it plays.
const roleVariable = "HACTL_CHANGEOVER_ROLE"

// TestMain makes this program what it is started as: a broken release, when that is
// written at its end, a runner or a client, or the tests.
func TestMain(m *testing.M) {
	if mode, ok := broken(); ok {
		os.Exit(mode.play())
	}
	role, arguments, _ := strings.Cut(os.Getenv(roleVariable), " ")
	switch role {
	case "runner":
		os.Exit(playRunner(arguments))
	case "client":
		os.Exit(playClient(arguments))
	}
	os.Exit(netlab.Main(m))
}
