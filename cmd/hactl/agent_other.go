//go:build !linux

package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func newAgentCommand() *cobra.Command { return onlyLinux("agent", "Make this host follow its plan") }

func newDemoCommand() *cobra.Command {
	return onlyLinux("demo", "Show an address move between two hosts")
}

func newDoctorCommand() *cobra.Command {
	return onlyLinux("doctor", "Examine this host for what would surprise you")
}

// onlyLinux is a verb that needs Linux.
func onlyLinux(verb, short string) *cobra.Command {
	return &cobra.Command{
		Use: verb, Short: short, Example: "  hactl " + verb,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("hactl " + verb + " works on Linux only")
		},
	}
}
