package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hactl/agent"
	"hactl/agent/store"
)

// proposeLocal makes the proposal for this machine only, into its own folder.
func (c *configuration) proposeLocal(ctx context.Context, flags applyFlags) (proposal, store.Store, error) {
	host, err := c.thisHost(flags.host)
	if err != nil {
		return proposal{}, nil, err
	}
	dir := flags.store
	if dir == "" {
		dir = store.DefaultDir
	}
	s, err := store.OpenDir(dir)
	if strings.HasPrefix(dir, "ssh:") {
		err = fmt.Errorf("--local --store %s: the local store is a folder of this machine", dir)
	}
	if err != nil {
		return proposal{}, nil, err
	}
	all, err := c.proposals(nil)
	if err != nil {
		return proposal{}, nil, err
	}
	own := slices.DeleteFunc(all, func(h proposed) bool { return h.Host != host })
	surveyHosts(ctx, s, own)
	return proposal{Store: dir, Hosts: own, Local: true}, s, nil
}

// thisHost returns the name that the configuration has for this machine: flag,
// or the machine's name, or that name's first label.
func (c *configuration) thisHost(flag string) (string, error) {
	names, err := agent.Config{Host: flag}.Names()
	if err != nil {
		return "", err
	}
	for _, name := range names {
		if c.result.Plans[name] != nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("the configuration makes no plan for a host %s: it makes plans for %s; name this machine with --host",
		strings.Join(names, " or "), strings.Join(slices.Sorted(maps.Keys(c.result.Plans)), ", "))
}
