package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"hactl/schemas/event"

	"github.com/spf13/cobra"
)

// eventsFlags are what events can be told.
type eventsFlags struct {
	socket string
	follow bool
	json   bool
}

func newEventsCommand() *cobra.Command {
	var flags eventsFlags
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Show what the routers of this host went through, and why",
		Long: `Events asks the agent of this machine on its control socket for the last
transitions of its routers, about a thousand, and with --follow for all that
come. As JSON each is one line; its fields are those that webhooks get.

It exits with 0, and with 1 when the agent cannot be asked, when it ends while
events are followed, or when they were read too slowly to get all.`,
		Example: `  hactl events                   # what has happened since the agent started
  hactl events --follow          # and what happens
  hactl events --follow --json | jq -r 'select(.event == "fault") | .router + ": " + .cause'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return showEvents(cmd, flags) },
	}
	cmd.Flags().StringVar(&flags.socket, "socket", defaultSocket, "the agent's control socket, `PATH`")
	cmd.Flags().BoolVarP(&flags.follow, "follow", "f", false, "go on with what happens from now on")
	cmd.Flags().BoolVar(&flags.json, "json", false, "print each event as one line of JSON")
	return cmd
}

// showEvents prints the stream of the agent behind the socket.
func showEvents(cmd *cobra.Command, flags eventsFlags) error {
	stream, err := openEvents(cmd.Context(), flags)
	if err != nil {
		return fmt.Errorf("ask the agent on %s: %w", flags.socket, err)
	}
	defer stream.Close()
	p := paletteFor(cmd, cmd.OutOrStdout())
	err = readEvents(stream, func(e event.Event, line []byte) error {
		if flags.json {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", line)
			return err
		}
		return writeEvent(cmd.OutOrStdout(), p, e)
	})
	if err == nil && flags.follow {
		err = errors.New("the agent has stopped")
	}
	if err != nil {
		return fmt.Errorf("read the events of the agent on %s: %w", flags.socket, err)
	}
	return nil
}

// openEvents asks for the stream.
func openEvents(ctx context.Context, flags eventsFlags) (io.ReadCloser, error) {
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", flags.socket)
	}}}
	url := "http://unix/v1/events"
	if flags.follow {
		url += "?follow=1"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		panic("hactl: own request: " + err.Error())
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w%s", unwrapURL(err), advice(err))
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("it answers %s", answer.Status)
	}
	return answer.Body, nil
}

// readEvents hands on every event of a stream, with the line that it came in.
func readEvents(stream io.Reader, each func(event.Event, []byte) error) error {
	lines := json.NewDecoder(stream)
	for {
		var line json.RawMessage
		switch err := lines.Decode(&line); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		var e struct {
			event.Event
			event.Cut
		}
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		switch {
		case e.Missed > 0:
			return fmt.Errorf("they were read too slowly: %d have not been told", e.Missed)
		case e.Format > event.Format:
			return fmt.Errorf("an event of a newer format, %d: this hactl is older than the agent", e.Format)
		}
		if err := each(e.Event, line); err != nil {
			return err
		}
	}
}
