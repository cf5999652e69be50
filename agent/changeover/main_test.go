package changeover

import (
	"os"
	"strings"
	"testing"

	"hactl/agent/netlab"
	"hactl/agent/rehearsal"
)

// roleVariable names, in the environment of a test's process, what it plays.
const roleVariable = "HACTL_CHANGEOVER_ROLE"

// TestMain makes this program what it is started as: what rehearsals know, a runner,
// an origin, or the tests.
func TestMain(m *testing.M) {
	rehearsal.Play()
	switch role, arguments, _ := strings.Cut(os.Getenv(roleVariable), " "); role {
	case "runner":
		os.Exit(playRunner(arguments))
	case "origin":
		os.Exit(playOrigin(arguments))
	}
	os.Exit(netlab.Main(m))
}
