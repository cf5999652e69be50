package main

import (
	"os"
	"os/user"
	"time"

	"hactl/schemas/intent"
)

// newMark is the mark of whoever runs this, now.
func newMark() intent.Mark {
	return intent.Mark{By: whoami(), Since: time.Now().UTC().Truncate(time.Second)}
}

// whoami returns user@host; of a user who became root by sudo the own name.
func whoami() string {
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
