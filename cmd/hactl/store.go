package main

import (
	"hactl/agent/store"

	"github.com/spf13/cobra"
)

func newStoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "The plan store of this machine",
		Example: `  hactl store serve
  hactl store serve --dir /srv/hactl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStoreServeCommand())
	return cmd
}

func newStoreServeCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Speak the plan store's protocol on stdin and stdout, for the ssh: store",
		Long: `Serve gives whoever started it access to this machine's plan store, over stdin
and stdout. A hactl elsewhere starts it through ssh; people have no use for it.
To let a key do nothing else, write in authorized_keys:

  restrict,command="hactl store serve" ssh-ed25519 AAAA…

It exits with 0 when whoever started it has ended, and with 1 when the store or
the connection fails.`,
		Example: `  ssh ops@lb01 hactl store serve`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := store.OpenDir(dir)
			if err != nil {
				return err
			}
			defer d.Close()
			return store.Serve(cmd.Context(), d, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&dir, "dir", store.DefaultDir, "the store's `FOLDER`")
	return cmd
}
