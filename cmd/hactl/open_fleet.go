package main

import (
	"path/filepath"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"

	"github.com/spf13/cobra"
)

// openFleet opens the store of the configuration in dir, or the one that flags
// name, or where there is neither that of this machine.
func openFleet(cmd *cobra.Command, dir string, flags moveFlags) (*fleet.Fleet, error) {
	from := statusFlags{socket: defaultSocket, store: flags.store, variables: flags.variables}
	if flags.store == "" && !holdsConfiguration(dir) {
		from.store = store.DefaultDir
	}
	s, hosts, err := storeAndHosts(cmd, dir, from)
	if err != nil {
		return nil, err
	}
	return fleet.Read(cmd.Context(), s, hosts), nil
}

// holdsConfiguration reports whether there is a configuration in dir.
func holdsConfiguration(dir string) bool {
	for _, pattern := range []string{"*.ha.hcl", "*.ha.json"} {
		if files, _ := filepath.Glob(filepath.Join(dir, pattern)); len(files) > 0 {
			return true
		}
	}
	return false
}
