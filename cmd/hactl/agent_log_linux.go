package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/spf13/cobra"

	"hactl/agent/logbook"
)

// logFlags are how an agent logs.
type logFlags struct{ format, level string }

func (f *logFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "log-format", "text", `how to log: "text" or "json"`)
	cmd.Flags().StringVar(&f.level, "log-level", "info", `what to log: "debug", "info", "warn" or "error" and worse`)
}

// levels are the words of --log-level.
var levels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

// book is what the flags say.
func (f logFlags) book() (logbook.Format, error) {
	level, known := levels[f.level]
	switch {
	case f.format != "text" && f.format != "json":
		return logbook.Format{}, fmt.Errorf(`--log-format %q: write "text" or "json"`, f.format)
	case !known:
		return logbook.Format{}, fmt.Errorf(`--log-level %q: write "debug", "info", "warn" or "error"`, f.level)
	}
	journaled, err := journal.StderrIsJournalStream()
	return logbook.Format{JSON: f.format == "json", Least: level, Priority: err == nil && journaled}, nil
}

// lastLines is how long the last lines may take. Whoever reads the log may have
// hung, and nobody is to wait for that.
const lastLines = time.Second

// keep runs an agent that logs to out.
func (f logFlags) keep(out io.Writer, agent func(*logbook.Book) error) error {
	format, err := f.book()
	if err != nil {
		return err
	}
	b := logbook.New(out, format)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); b.Run(ctx) }()
	err = agent(b)
	stop()
	select {
	case <-ended:
	case <-time.After(lastLines):
	}
	return err
}
