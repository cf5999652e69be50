package fleet

import (
	"os"
	"os/user"
	"time"

	"hactl/schemas/intent"
)

// NewMark is the mark of whoever runs this, now.
func NewMark() intent.Mark {
	return intent.Mark{By: Whoami(), Since: time.Now().UTC().Truncate(time.Second)}
}

// Whoami returns user@host; of a user who became root by sudo the own name.
func Whoami() string {
	name := os.Getenv("SUDO_USER")
	if u, err := user.Current(); name == "" && err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil || name == "" {
		return name
	}
	return name + "@" + host
}
