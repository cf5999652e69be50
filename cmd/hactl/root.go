package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newRootCommand returns hactl with all its verbs.
func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "hactl",
		Short: "Addresses that survive the death of a host",
		Long: `hactl keeps addresses alive on two or more Linux hosts. Hosts, clusters and
virtual addresses are described once, in HCL; hactl proves what can be proven,
makes one plan per host, and an agent on each host follows its plan live.`,
		Example: `  hactl init            # write a first configuration
  hactl validate        # is it right?
  hactl plan            # what would change, and what would clients notice?
  hactl apply           # change it, host by host
  hactl status          # how is it?`,
		Version:           thisBuild().String(),
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.PersistentFlags().String("color", "auto", `colour the output: "auto" (on a terminal), "always" or "never"; NO_COLOR wins`)
	root.PersistentPreRunE = checkColor
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(
		newInitCommand(),
		newValidateCommand(),
		newExplainCommand(),
		newSchemaCommand(),
		newGraphCommand(),
		newFmtCommand(),
		newLSPCommand(),
		newLintCommand(),
		newImportCommand(),
		newExportCommand(),
		newPlanCommand(),
		newApplyCommand(),
		newConfirmCommand(),
		newStatusCommand(),
		newWatchCommand(),
		newDoctorCommand(),
		newSwitchoverCommand(),
		newDrainCommand(),
		newUndrainCommand(),
		newUpgradeCommand(),
		newEventsCommand(),
		newAgentCommand(),
		newStoreCommand(),
		newDemoCommand(),
		newVersionCommand(),
		newCompletionCommand(),
	)
	return root
}

// folderArgument accepts at most one argument, the configuration folder.
func folderArgument(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%d arguments, want one folder; see %s --help", len(args), cmd.CommandPath())
	}
	return nil
}

// folderOf returns the folder that args name, by default ".".
func folderOf(args []string) string {
	if len(args) == 0 || args[0] == "" {
		return "."
	}
	return args[0]
}
