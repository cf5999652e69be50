package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"hactl/schemas/plan"
)

// against makes the proposal of c as if the hosts followed the configuration in
// another folder: a review needs no host.
func (c *configuration) against(ctx context.Context, dir string, flags proposeFlags) (proposal, error) {
	base, err := loadConfiguration(dir, &flags.variables)
	if err != nil {
		return proposal{}, err
	}
	if errors, _ := base.findings.count(); errors > 0 {
		return proposal{}, fmt.Errorf("--against %s: that configuration is not valid; \"hactl validate %s\" says why", quoted(dir), quoted(dir))
	}
	hosts, err := c.proposals(flags.retire)
	if err != nil {
		return proposal{}, err
	}
	plans := compiledPlans(base.result.Plans)
	surveyHosts(ctx, plans, hosts)
	for i := range hosts {
		hosts[i].Unasked = true
	}
	if err := retirable(hosts); err != nil {
		return proposal{}, err
	}
	return proposal{Against: dir, Hosts: hosts, Notes: append(c.notes(), strangers(ctx, plans, hosts)...)}, nil
}

// compiledPlans is a reader of the plans that a configuration means, by host,
// which no agent has ever followed.
type compiledPlans map[string]*plan.Plan

func (c compiledPlans) Plan(_ context.Context, host string) ([]byte, error) {
	p := c[host]
	if p == nil {
		return nil, fs.ErrNotExist
	}
	return plan.Encode(p, plan.Envelope{})
}

func (c compiledPlans) Status(context.Context, string) ([]byte, error) {
	return nil, fs.ErrNotExist
}

func (c compiledPlans) Hosts(context.Context) ([]string, error) {
	return slices.Sorted(maps.Keys(c)), nil
}

// reviewable refuses flags that make no sense in a comparison of two folders.
func (f planFlags) reviewable() error {
	switch {
	case f.out != "":
		return errors.New("--against and --out: only what was compared with the hosts can be saved and applied; choose one")
	case f.store != "":
		return errors.New("--against and --store: a plan is compared with a folder or with what the hosts have; choose one")
	}
	return nil
}
