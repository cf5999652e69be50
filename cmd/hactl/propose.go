package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
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

// String returns the flags as they are typed. What a variable is given may be a
// secret, and is left out.
func (f proposeFlags) String() string {
	var words []string
	flag := func(name, value string) { words = append(words, name+" "+quoted(value)) }
	if f.store != "" {
		flag("--store", f.store)
	}
	for _, host := range f.retire {
		flag("--retire", host)
	}
	for _, file := range f.variables.files {
		flag("--var-file", file)
	}
	for _, assignment := range f.variables.values {
		name, _, _ := strings.Cut(assignment, "=")
		flag("--var", name+"=…")
	}
	for _, dir := range f.variables.allowed {
		flag("--allow-files", dir)
	}
	return strings.Join(words, " ")
}

// plain matches what a shell takes as it is.
var plain = regexp.MustCompile(`^[\w./:@%+,=…-]+$`)

// quoted returns word as it is typed in a shell.
func quoted(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
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

// storeName says in words which store spec names.
func storeName(spec string) string {
	if dir, ssh := strings.CutPrefix(spec, "ssh:"); ssh {
		return "the folder " + cmp.Or(dir, store.DefaultDir) + " of each host, through ssh"
	}
	return "the folder " + cmp.Or(spec, store.DefaultDir) + " of this machine"
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
	names := slices.Sorted(maps.Keys(plans))
	hosts := make([]proposed, len(names))
	onAllProcessors(len(names), func(i int) {
		p := plans[names[i]]
		hosts[i] = proposed{
			Known:   fleet.Known{Host: names[i]},
			Retired: slices.Contains(retire, names[i]),
			Next: &plan.Document{
				Format: plan.Format, Hash: p.Hash(), Plan: *p,
				Envelope: plan.Envelope{Commit: commit, Origins: c.result.Origins[names[i]]},
			},
		}
	})
	return hosts, nil
}

// retirable refuses to retire a host that has nothing to give up, which nobody
// can mean: it is rather misspelt.
func retirable(hosts []proposed) error {
	for _, h := range hosts {
		if h.Retired && h.State() == fleet.StateNone {
			return fmt.Errorf("--retire %s: the store has no plan of such a host", h.Host)
		}
	}
	return nil
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

// propose makes the proposal of a configuration, with the hosts and the store it
// is for.
func (c *configuration) propose(ctx context.Context, flags proposeFlags) (proposal, []store.Target, store.Store, error) {
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
	if err := retirable(hosts); err != nil {
		s.Close()
		return proposal{}, nil, nil, err
	}
	p := proposal{Store: spec, Hosts: hosts, Notes: append(c.notes(), strangers(ctx, s, hosts)...)}
	return p, targets, s, nil
}
