package main

import (
	"os/exec"
	"strings"
)

// describe returns what git says of the folder dir, "v1.2-3-gabc1234-dirty";
// empty without git, or outside of a repository.
func describe(dir string) string {
	out, err := exec.Command("git", "-C", dir, "describe", "--always", "--dirty", "--tags").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
