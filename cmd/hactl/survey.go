package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
)

// surveyHosts fills in what the store has of each of hosts.
func surveyHosts(ctx context.Context, s fleet.Reader, hosts []proposed) {
	nonce := newNonce()
	fleet.Together(len(hosts), func(i int) {
		hosts[i].Survey(ctx, s)
		hosts[i].askSecrets(ctx, s, nonce)
	})
}

// onAllProcessors is fleet.Together for what computes: more of it at the same time would
// only take more memory.
func onAllProcessors(n int, do func(i int)) { fleet.AtMost(runtime.GOMAXPROCS(0), n, do) }

// strangers notes hosts that have something to do by the store, but are not
// among hosts. A store that reaches other machines knows only those that it was
// told of.
func strangers(ctx context.Context, s fleet.Reader, hosts []proposed) []string {
	if _, remote := s.(*store.SSH); remote {
		return nil
	}
	stored, _ := s.Hosts(ctx) // those that cannot be asked are told of elsewhere
	var notes []string
	for _, host := range stored {
		if slices.ContainsFunc(hosts, func(h proposed) bool { return h.Host == host }) {
			continue
		}
		h := fleet.Known{Host: host}
		if h.Survey(ctx, s); h.Stored != nil && len(h.Stored.Plan.Routers) > 0 {
			notes = append(notes, fmt.Sprintf("%s has a plan in the store but is not in the configuration: it goes on following it. \"--retire %s\" makes it give everything up", host, host))
		}
	}
	return notes
}
