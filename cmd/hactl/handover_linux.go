package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"hactl/agent"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

// sayFit reads what an agent would hand over from standard input, and says the
// version of this build when it could go on with it.
func sayFit(cmd *cobra.Command) error {
	data, err := io.ReadAll(cmd.InOrStdin())
	if err != nil {
		return fmt.Errorf("read the hand-over: %w", err)
	}
	h, err := agent.DecodeHanded(data)
	if err == nil {
		err = h.Rehearse()
	}
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), thisBuild().Version)
	}
	return err
}

// handOver asks the agent on a socket to hand over, and waits until it has.
func handOver(cmd *cobra.Command, socket string) error {
	ctx := cmd.Context()
	before, err := askAgent(ctx, socket)
	if err != nil {
		return err
	}
	if err := askHandOver(ctx, socket); err != nil {
		return err
	}
	said := ""
	for {
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		now, err := askAgent(ctx, socket)
		if err != nil {
			now = before // it may be asked while the builds change places
		}
		if now.PID != before.PID {
			return fmt.Errorf("the agent has ended: process %d answers instead of %d; its log says why", now.PID, before.PID)
		}
		h := now.Handover
		if h == nil || before.Handover != nil && !h.Asked.After(before.Handover.Asked) {
			continue
		}
		if h.Waiting != "" && h.Waiting != said {
			said = h.Waiting
			fmt.Fprintf(cmd.ErrOrStderr(), "It waits: %s.\n", said)
		}
		if h.Waiting == "" {
			return tellHandover(cmd, now, h)
		}
	}
}

// tellHandover says how it went.
func tellHandover(cmd *cobra.Command, now *status.Host, h *status.Handover) error {
	if h.Refused != "" {
		return fmt.Errorf("the agent goes on as it was: %s", h.Refused)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "hactl %s has taken over from %s in process %d; the agent was silent for %.0f ms.\n", now.Version, h.From, now.PID, h.Silent)
	return nil
}

// askHandOver asks for it.
func askHandOver(ctx context.Context, socket string) error {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://unix/v1/handover", nil)
	if err != nil {
		panic("hactl: own request: " + err.Error())
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("ask the agent on %s: %w%s", socket, unwrapURL(err), advice(err))
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusAccepted:
		return nil
	case http.StatusNotFound:
		return errors.New("the agent is of a hactl that cannot hand over yet: restart it once")
	}
	return fmt.Errorf("ask the agent on %s: it answers %s", socket, answer.Status)
}
