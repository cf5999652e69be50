package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newCompletionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script that completes hactl's verbs and flags in a shell",
		Long: `Completion prints a script for the shell that is named. Read by the shell when it
starts, it completes verbs, flags, and names such as those of schemas.

It exits with 0, and with 1 when it has no script for that shell.`,
		Example: `  source <(hactl completion bash)
  hactl completion zsh > "${fpath[1]}/_hactl"
  hactl completion fish > ~/.config/fish/completions/hactl.fish
  hactl completion powershell | Out-String | Invoke-Expression`,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		Args:      oneShell,
		RunE:      printCompletion,
	}
}

func oneShell(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("which shell? Write %s", cmd.UseLine())
	}
	return nil
}

func printCompletion(cmd *cobra.Command, args []string) error {
	root, out := cmd.Root(), cmd.OutOrStdout()
	switch args[0] {
	case "bash":
		return root.GenBashCompletionV2(out, true)
	case "zsh":
		return root.GenZshCompletion(out)
	case "fish":
		return root.GenFishCompletion(out, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(out)
	}
	return fmt.Errorf("no completion for %q: write bash, zsh, fish or powershell", args[0])
}
