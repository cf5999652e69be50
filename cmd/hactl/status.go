package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"hactl/cmd/hactl/internal/board"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

// defaultSocket is where an agent answers, unless --socket says otherwise.
const defaultSocket = "/run/hactl/agent.sock"

// statusFlags are what status can be told.
type statusFlags struct {
	socket    string
	json      bool
	store     string
	variables variableFlags
}

func newStatusCommand() *cobra.Command {
	var flags statusFlags
	cmd := &cobra.Command{
		Use:   "status [DIR]",
		Short: "Show every router: its state, since when and why",
		Long: `Status asks the agent of this machine on its control socket. Where there is
none, or when a folder or --store is named, it reads the last reports of all
hosts of the configuration from the plan store.

It exits with 0, and with 1 when a report cannot be read or an address is on two
hosts. An election may be running then, so it looks again for a few seconds.`,
		Example: `  hactl status                  # on a host: this host
  hactl status environments/prod # anywhere: all hosts, through the store
  hactl status --json | jq -r '.routers[] | .id + " " + .state'`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.local(cmd, args) {
				return showLocal(cmd, flags)
			}
			return showAll(cmd, folderOf(args), flags)
		},
	}
	cmd.Flags().StringVar(&flags.socket, "socket", defaultSocket, "the agent's control socket, `PATH`")
	cmd.Flags().BoolVar(&flags.json, "json", false, "print JSON: one report, or {\"hosts\": [...]} through the store")
	addStoreFlag(cmd, &flags.store)
	flags.variables.add(cmd)
	return cmd
}

// local tells whether the agent of this machine is meant.
func (f statusFlags) local(cmd *cobra.Command, args []string) bool {
	if cmd.Flags().Changed("socket") {
		return true
	}
	if len(args) > 0 || f.store != "" {
		return false
	}
	_, err := os.Stat(f.socket)
	return err == nil
}

// showLocal prints the report of the agent behind the socket.
func showLocal(cmd *cobra.Command, flags statusFlags) error {
	host, err := askAgent(cmd.Context(), flags.socket)
	if err != nil {
		return err
	}
	if flags.json {
		return terminal.PrintJSON(cmd.OutOrStdout(), host)
	}
	printReports(cmd, []board.Report{{Host: host.Host, Status: host}})
	return nil
}

// socketClient asks the agent that listens on socket.
func socketClient(socket string) *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		}},
	}
}

// askAgent reads the report of the agent that listens on socket.
func askAgent(ctx context.Context, socket string) (*status.Host, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://unix/v1/status", nil)
	if err != nil {
		panic("hactl: own request: " + err.Error())
	}
	answer, err := socketClient(socket).Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the agent on %s: %w%s", socket, unwrapURL(err), advice(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask the agent on %s: it answers %s", socket, answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, status.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("ask the agent on %s: %w", socket, err)
	}
	host, err := status.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("ask the agent on %s: %w", socket, err)
	}
	return host, nil
}

// unwrapURL takes away what net/http says about the made-up URL.
func unwrapURL(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// advice says what to do about an agent that cannot be asked.
func advice(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return ": its owner and group may ask; use sudo, or join the group"
	case errors.Is(err, fs.ErrNotExist):
		return ": no agent runs with that socket; start one with \"hactl agent\""
	case errors.Is(err, syscall.ECONNREFUSED):
		return ": the agent that made the socket is gone; start it again"
	}
	return ""
}

// printReports prints hosts with their routers, those with problems first.
func printReports(cmd *cobra.Command, reports []board.Report) {
	out := cmd.OutOrStdout()
	var b strings.Builder
	board.Write(&b, paletteFor(cmd, out), reports, time.Now())
	fmt.Fprint(out, terminal.Harmless(b.String()))
}
