package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"time"

	"hactl/agent/store"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// upgradeStore is a plan store whose hosts do what functions say.
type upgradeStore struct {
	store.Store // nil: what is not below is not called
	mu          sync.Mutex
	plans       map[string]*plan.Document
	reports     map[string]*status.Host
	wanted      map[string][]byte
	record      *store.Rollout
	lost        int    // answers to orders that are lost from now on
	follows     string // hash of the plan that lb03 follows; empty: its own
	silent      string // a host that reports nothing any more; empty: none
	away        error  // of every call; nil: none
	ordered     func(s *upgradeStore, host string, o *intent.Order)
}

func (s *upgradeStore) Plan(_ context.Context, host string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return nil, s.away
	}
	return plan.Encode(&s.plans[host].Plan, plan.Envelope{})
}

func (s *upgradeStore) Status(_ context.Context, host string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return status.Encode(s.reports[host]), s.away
}

func (s *upgradeStore) Intents(_ context.Context, host string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away == nil && s.wanted[host] == nil {
		return nil, fs.ErrNotExist
	}
	return s.wanted[host], s.away
}

func (s *upgradeStore) PutIntents(_ context.Context, host string, doc, over []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil || !bytes.Equal(over, s.wanted[host]) {
		return errors.Join(s.away, store.ErrChanged)
	}
	h, err := intent.Decode(doc)
	if err != nil {
		return err
	}
	s.wanted[host] = doc
	s.ordered(s, host, h.Order("nginx"))
	if s.lost > 0 {
		s.lost--
		return errors.New("connection lost")
	}
	return nil
}

func (s *upgradeStore) PutRollout(_ context.Context, r store.Rollout, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record = &r
	return s.away
}

func (s *upgradeStore) Rollout(context.Context) (*store.Rollout, error) { return s.record, s.away }

// later lets something be in a while.
func (s *upgradeStore) later(d time.Duration, f func()) {
	time.AfterFunc(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		f()
	})
}

// beat lets the agents of all hosts report now, and again every ten seconds or so.
func (s *upgradeStore) beat() {
	for host, r := range s.reports {
		if r.State == status.Running && host != s.silent {
			r.Written = time.Now()
		}
	}
	s.later(9950*time.Millisecond, s.beat)
}

// nginxOf is a version with a hash.
func nginxOf(version string) status.Build {
	return status.Build{Version: version, SHA256: strings.Repeat(version[len(version)-1:], 64)}
}

// told changes what host says of its upgrade.
func (s *upgradeStore) told(host string, change func(*status.Upgrade)) {
	r := s.reports[host]
	change(&r.Upgrades[0])
	r.Upgrades[0].Current = r.Upgrades[0].Version == s.plans[host].Plan.Upgrades[0].Release.Version
	r.Written = time.Now()
}

// obey carries an order out within 2 s, as an agent that finds no fault.
func obey(s *upgradeStore, host string, o *intent.Order) {
	s.later(950*time.Millisecond, func() {
		s.told(host, func(u *status.Upgrade) {
			u.Order, u.Verdict, u.Stage, u.Text = o, "", "retire", "12 connections are left"
		})
	})
	s.later(1950*time.Millisecond, func() {
		s.told(host, func(u *status.Upgrade) {
			before, to := nginxOf(u.Version), nginxOf("1.27.2")
			if o.Back {
				to = *u.Previous
			}
			u.Stage, u.Verdict, u.Text = "", "committed", to.Version+" runs"
			u.Version, u.SHA256, u.Previous = to.Version, to.SHA256, &before
		})
	})
}

// end ends an order after 1 s, without a change.
func end(s *upgradeStore, host string, o *intent.Order, verdict, text string) {
	s.later(950*time.Millisecond, func() {
		s.told(host, func(u *status.Upgrade) { u.Order, u.Verdict, u.Stage, u.Text = o, verdict, "", text })
	})
}

// soaks lets host run 1.27.2 by an order that ends in 5 s with verdict, and leaves
// version there.
func (s *upgradeStore) soaks(host, verdict, version string) {
	o := intent.Order{Name: "nginx", ID: "X", SHA256: nginxOf("1.27.2").SHA256, Mark: intent.Mark{By: "ops", Since: time.Now()}}
	h := intent.Host{Host: host}
	h.SetOrder(o)
	s.wanted[host] = intent.Encode(&h)
	s.told(host, func(u *status.Upgrade) {
		u.Order, u.Version, u.Stage, u.Text = &o, "1.27.2", "verify", "soaks"
	})
	s.later(4950*time.Millisecond, func() {
		s.told(host, func(u *status.Upgrade) {
			u.Version, u.Stage, u.Verdict, u.Text = version, "", verdict, version+" runs"
		})
	})
}

// newUpgradeStore returns three hosts with nginx 1.26.3, of which lb01 is Active for
// one vip, and plans that ask for 1.27.2.
func newUpgradeStore() *upgradeStore {
	s := &upgradeStore{plans: map[string]*plan.Document{}, reports: map[string]*status.Host{}, wanted: map[string][]byte{}}
	hosts := []string{"lb01", "lb02", "lb03"}
	for i, host := range hosts {
		lb01, _ := pair(50)
		p := lb01.Plan
		p.Host, p.Routers[0].Priority, p.Routers[0].Neighbours = host, 254-10*i, nil
		for j, other := range hosts {
			if other != host {
				p.Routers[0].Neighbours = append(p.Routers[0].Neighbours, plan.Neighbour{Host: other, Kind: plan.Hactl, Priority: 254 - 10*j})
			}
		}
		to := nginxOf("1.27.2")
		p.Upgrades = []plan.Upgrade{{Name: "nginx", OnFailure: plan.Rollback,
			Release: plan.Build{Version: to.Version, Source: "/srv/nginx", SHA256: to.SHA256},
			Nginx:   &plan.NginxStrategy{Binary: "/usr/sbin/nginx", PIDFile: "/run/nginx.pid", WorkerTimeout: 60000}}}
		s.plans[host] = &plan.Document{Format: plan.Format, Hash: p.Hash(), Plan: p}
		state := status.Backup
		if i == 0 {
			state = status.Active
		}
		s.reports[host] = reporting(host, s.plans[host], state)
		s.reports[host].Routers[0].ActivePeer = "10.0.0.5"
		s.reports[host].Upgrades = []status.Upgrade{{Name: "nginx", Version: "1.26.3", SHA256: nginxOf("1.26.3").SHA256}}
	}
	s.ordered = obey
	return s
}
