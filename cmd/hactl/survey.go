package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hactl/agent/store"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// reader is what a survey needs of a plan store.
type reader interface {
	Plan(ctx context.Context, host string) ([]byte, error)
	Status(ctx context.Context, host string) ([]byte, error)
	Hosts(ctx context.Context) ([]string, error)
}

var _ reader = store.Store(nil)

// atOnce is how many hosts are asked at the same time.
const atOnce = 16

// surveyHosts fills in what the store has of each of hosts.
func surveyHosts(ctx context.Context, s reader, hosts []proposed) {
	nonce := newNonce()
	together(len(hosts), func(i int) {
		hosts[i].survey(ctx, s)
		hosts[i].askSecrets(ctx, s, nonce)
	})
}

// together calls do with 0 to n-1, atOnce of them at the same time, and returns
// when all have returned. It is for what waits.
func together(n int, do func(i int)) { atMost(atOnce, n, do) }

// onAllProcessors is together for what computes: more of it at the same time would
// only take more memory.
func onAllProcessors(n int, do func(i int)) { atMost(runtime.GOMAXPROCS(0), n, do) }

// atMost calls do with 0 to n-1, most of them at the same time, and returns when
// all have returned.
func atMost(most, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(most, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// survey reads the plan and the report of one host.
func (h *proposed) survey(ctx context.Context, s reader) {
	data, err := s.Plan(ctx, h.Host)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		h.Unread = err
		return
	default:
		h.Stored, h.Damaged = plan.Decode(data)
		if errors.Is(h.Damaged, plan.ErrNewerFormat) {
			h.Unread, h.Damaged = h.Damaged, nil
			return
		}
	}
	h.Status, err = readReport(ctx, s, h.Host)
	h.Alive = err == nil && alive(h.Status, time.Now())
}

// readReport reads and decodes the report of host; nil without error when there
// is none.
func readReport(ctx context.Context, s interface {
	Status(ctx context.Context, host string) ([]byte, error)
}, host string) (*status.Host, error) {
	data, err := s.Status(ctx, host)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return status.Decode(data)
}

// strangers notes hosts that have something to do by the store, but are not
// among hosts. A store that reaches other machines knows only those that it was
// told of.
func strangers(ctx context.Context, s reader, hosts []proposed) []string {
	if _, remote := s.(*store.SSH); remote {
		return nil
	}
	stored, _ := s.Hosts(ctx) // those that cannot be asked are told of elsewhere
	var notes []string
	for _, host := range stored {
		if slices.ContainsFunc(hosts, func(h proposed) bool { return h.Host == host }) {
			continue
		}
		h := proposed{Host: host}
		if h.survey(ctx, s); h.Stored != nil && len(h.Stored.Plan.Routers) > 0 {
			notes = append(notes, fmt.Sprintf("%s has a plan in the store but is not in the configuration: it goes on following it. \"--retire %s\" makes it give everything up", host, host))
		}
	}
	return notes
}
