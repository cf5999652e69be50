package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"hactl/agent/store"
	"hactl/schemas/plan"

	"github.com/spf13/cobra"
)

// proposeFlags are what plan and apply need to make a proposal.
type proposeFlags struct {
	store     string
	retire    []string
	variables variableFlags
}

func (f *proposeFlags) add(cmd *cobra.Command) {
	addStoreFlag(cmd, &f.store)
	cmd.Flags().StringArrayVar(&f.retire, "retire", nil, "give `HOST`, which is no longer in the configuration, an empty plan; may be repeated")
	f.variables.add(cmd)
}

func addStoreFlag(cmd *cobra.Command, spec *string) {
	cmd.Flags().StringVar(spec, "store", "", "the plan store: a folder, or ssh: (default: what the configuration says, else "+store.DefaultDir+")")
}

// storeOf returns the plan store that flag, or else the configuration, names. A
// folder in the configuration is relative to it.
func (c *configuration) storeOf(flag string) string {
	written := c.result.Store
	if flag != "" || !written.Set {
		return flag
	}
	if strings.HasPrefix(written.V, "/") || strings.Contains(written.V, ":") {
		return written.V
	}
	return filepath.Join(c.dir, written.V)
}

// targets returns the hosts that plans are made for.
func (c *configuration) targets() []store.Target {
	var targets []store.Target
	for _, h := range c.result.Hosts {
		if h.Kind == plan.Hactl {
			targets = append(targets, store.Target{Host: h.Name, SSH: h.SSH})
		}
	}
	return targets
}

// proposals returns what is proposed to each host of the configuration, and
// empty plans for those that retire. The store has not been asked yet.
func (c *configuration) proposals(retire []string) ([]proposed, error) {
	commit := describe(c.dir)
	plans := maps.Clone(c.result.Plans)
	for _, host := range retire {
		if _, there := plans[host]; there {
			return nil, fmt.Errorf("--retire %s: the configuration still has that host; remove its block first", host)
		}
		plans[host] = &plan.Plan{Host: host, Routers: []plan.Router{}}
	}
	var hosts []proposed
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		p := plans[name]
		hosts = append(hosts, proposed{
			Host:    name,
			Retired: slices.Contains(retire, name),
			Next: &plan.Document{
				Format: plan.Format, Hash: p.Hash(), Plan: *p,
				Envelope: plan.Envelope{Commit: commit, Origins: c.result.Origins[name]},
			},
		})
	}
	return hosts, nil
}

// notes says which hosts of the configuration get no plan.
func (c *configuration) notes() []string {
	var notes []string
	for _, h := range c.result.Hosts {
		if h.Kind != plan.Hactl {
			notes = append(notes, fmt.Sprintf("%s speaks VRRP by %s: it gets no plan, and its own configuration must agree", h.Name, foreign(h.Kind)))
		}
	}
	return notes
}

func foreign(k plan.Kind) string {
	if k == plan.Other {
		return "other means"
	}
	return string(k)
}

// propose makes the proposal of a configuration, with the store it is for.
func (c *configuration) propose(ctx context.Context, flags proposeFlags) (proposal, *planFile, store.Store, error) {
	hosts, err := c.proposals(flags.retire)
	if err != nil {
		return proposal{}, nil, nil, err
	}
	targets := c.targets()
	for _, host := range flags.retire {
		targets = append(targets, store.Target{Host: host})
	}
	spec := c.storeOf(flags.store)
	s, err := store.Open(spec, targets)
	if err != nil {
		return proposal{}, nil, nil, err
	}
	surveyHosts(ctx, s, hosts)
	p := proposal{Hosts: hosts, Notes: append(c.notes(), strangers(ctx, s, hosts)...)}
	return p, newPlanFile(spec, targets, p), s, nil
}
