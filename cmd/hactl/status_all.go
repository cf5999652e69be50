package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/board"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

// showAll prints the reports of all hosts of the configuration in dir, or of
// those that the store knows where there is no configuration.
func showAll(cmd *cobra.Command, dir string, flags statusFlags) error {
	s, hosts, err := storeAndHosts(cmd, dir, flags)
	if err != nil {
		return err
	}
	defer s.Close()
	reports, wrong := look(cmd.Context(), s, hosts)
	if flags.json {
		err = terminal.PrintJSON(cmd.OutOrStdout(), reportsJSON(reports, wrong))
	} else {
		printReports(cmd, reports)
	}
	for _, r := range reports {
		if err == nil && r.Err != nil {
			return exit{exitFailure, fmt.Sprintf("the report of %s cannot be read", r.Host)}
		}
	}
	if err == nil && len(wrong) > 0 {
		return exit{exitFailure, strings.Join(wrong, "; ")}
	}
	return err
}

// look reads the reports of hosts, with what is wrong between them. An election
// may be running, and reports lag: it looks again for a while before it judges.
func look(ctx context.Context, s store.Store, hosts []string) (reports []board.Report, wrong []string) {
	tick := time.NewTicker(fleet.LookEvery)
	defer tick.Stop()
	for end := time.Now().Add(fleet.Patience); ; {
		reports = gather(ctx, s, hosts)
		wrong = board.Between(reports, time.Now())
		if len(wrong) == 0 || time.Now().After(end) {
			return reports, wrong
		}
		select {
		case <-ctx.Done():
			return reports, wrong
		case <-tick.C:
		}
	}
}

// storeAndHosts opens the store and names the hosts that are asked for.
func storeAndHosts(cmd *cobra.Command, dir string, flags statusFlags) (store.Store, []string, error) {
	c, err := loadConfiguration(dir, &flags.variables)
	if err != nil {
		return nil, nil, err
	}
	if len(c.config.Sources) == 0 {
		if flags.store != "" {
			return knownHosts(cmd.Context(), flags.store)
		}
		return nil, nil, fmt.Errorf("no agent answers on %s, and %s holds no configuration: run this on a host, or name --socket, the configuration's folder, or --store", flags.socket, dir)
	}
	targets := c.targets()
	if c.findings.list.HasErrors() {
		c.printFindings(cmd)
		if len(targets) == 0 {
			return nil, nil, said
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "note: the configuration is not valid; these are the hosts that it has nevertheless")
	}
	var hosts []string
	for _, t := range targets {
		hosts = append(hosts, t.Host)
	}
	s, err := store.Open(c.storeOf(flags.store), targets)
	return s, hosts, err
}

// knownHosts opens a store and lists the hosts that have a plan in it.
func knownHosts(ctx context.Context, spec string) (store.Store, []string, error) {
	s, err := store.Open(spec, nil)
	if err != nil {
		return nil, nil, err
	}
	hosts, err := s.Hosts(ctx)
	if err == nil && len(hosts) == 0 {
		err = fmt.Errorf("the store %s holds no plans", spec)
	}
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return s, hosts, nil
}

// gather reads the reports of hosts, in their order.
func gather(ctx context.Context, s store.Store, hosts []string) []board.Report {
	reports := make([]board.Report, len(hosts))
	fleet.Together(len(hosts), func(i int) {
		reports[i].Host = hosts[i]
		reports[i].Status, reports[i].Err = fleet.ReadReport(ctx, s, hosts[i])
	})
	return reports
}

// allReports is what status --json prints of several hosts.
type allReports struct {
	Hosts    []hostReport `json:"hosts"`    // in the order of names
	Problems []string     `json:"problems"` // between hosts: routers with two Actives
}

type hostReport struct {
	Host   string       `json:"host"`
	Alive  bool         `json:"alive"`            // the report comes from an agent that runs
	Error  string       `json:"error,omitempty"`  // why there is no report to be had
	Status *status.Host `json:"status,omitempty"` // absent when no agent has reported
}

func reportsJSON(reports []board.Report, wrong []string) allReports {
	all := allReports{Hosts: []hostReport{}, Problems: append([]string{}, wrong...)}
	for _, r := range reports {
		h := hostReport{Host: r.Host, Status: r.Status, Alive: fleet.Alive(r.Status, time.Now())}
		if r.Err != nil {
			h.Error = r.Err.Error()
		}
		all.Hosts = append(all.Hosts, h)
	}
	return all
}
