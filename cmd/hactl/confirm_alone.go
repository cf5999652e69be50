package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

// confirmAlone confirms what is on trial on the host whose agent has the socket.
func confirmAlone(cmd *cobra.Command, flags confirmFlags) error {
	host, err := askAgent(cmd.Context(), flags.socket)
	if err != nil {
		return err
	}
	c := &confirming{Hosts: []confirmedHost{}, Elsewhere: []string{}}
	if t := host.Trial; t != nil && t.State != status.Confirmed {
		h := confirmedHost{Host: host.Host, Trial: t.ID, State: t.State, member: &fleet.Member{Known: fleet.Known{Status: host}}}
		if t.State == status.OnTrial {
			host.Trial, err = confirmThere(cmd.Context(), flags.socket, t.ID)
			if err != nil {
				return err
			}
			c.Elsewhere = append(c.Elsewhere, slices.DeleteFunc(slices.Clone(t.Hosts), func(name string) bool { return name == host.Host })...)
		}
		h.look()
		c.Hosts = append(c.Hosts, h)
	}
	return c.end(cmd, flags.json)
}

// confirmThere tells the agent that listens on socket to stay with what it has on
// trial by a change, and returns what it reports then.
func confirmThere(ctx context.Context, socket, id string) (*status.Trial, error) {
	said, err := json.Marshal(intent.Confirmation{Trial: id, Mark: fleet.NewMark()})
	if err != nil {
		panic("hactl: own confirmation does not encode: " + err.Error())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://unix/v1/confirm", bytes.NewReader(said))
	if err != nil {
		panic("hactl: own request: " + err.Error())
	}
	answer, err := socketClient(socket).Do(request)
	if err != nil {
		return nil, fmt.Errorf("confirm by the agent on %s: %w%s", socket, unwrapURL(err), advice(err))
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, status.MaxSize))
	if err != nil {
		return nil, fmt.Errorf("confirm by the agent on %s: %w", socket, err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("not confirmed by the agent on %s: %s", socket, strings.TrimSpace(string(data)))
	}
	t := new(status.Trial)
	if err := json.Unmarshal(data, t); err != nil {
		return nil, fmt.Errorf("confirm by the agent on %s: %w", socket, err)
	}
	return t, nil
}
