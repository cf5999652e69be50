package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
	"github.com/rogpeppe/go-internal/txtar"
)

// carriedOut returns what a rollout of nginx tells, with virtual times.
func carriedOut(ctx context.Context, s *upgradeStore, change func(*rollout.Upgrade)) (told string, r *rollout.Upgrade) {
	s.beat()
	f := fleet.Read(ctx, s, []string{"lb01", "lb02", "lb03"})
	f.Poll = 100 * time.Millisecond
	r, err := rollout.NewUpgrade(f, "nginx", false, rollout.Options{Wait: 30 * time.Second})
	if err != nil {
		return err.Error(), nil
	}
	if change != nil {
		change(r)
	}
	var b strings.Builder
	text := textTeller{out: &b, width: 5, told: map[string]string{}}
	began := time.Now()
	r.Say = func(p rollout.Progress) {
		before := b.Len()
		text.say(lineOf(p))
		if line := b.String()[before:]; line != "" {
			all := b.String()[:before] + fmt.Sprintf("%-5s %s", time.Since(began), line)
			b.Reset()
			b.WriteString(all)
		}
	}
	if err := r.Run(ctx); err != nil {
		fmt.Fprintf(&b, "%-5s exit %d: %v\n", time.Since(began), codeOf(err), err)
	}
	return b.String(), r
}

// The rollouts are in testdata/upgrades.txtar as they are told, one file for each.
func TestUpgradeRollout(t *testing.T) {
	const file = "testdata/upgrades.txtar"
	archive, err := txtar.ParseFile(file)
	check(t, err)
	told := map[string]string{}
	only := func(host string, verdict, text string) func(*upgradeStore, string, *intent.Order) {
		return func(s *upgradeStore, on string, o *intent.Order) {
			if on != host || o.Back {
				obey(s, on, o)
				return
			}
			end(s, on, o, verdict, text)
		}
	}
	for name, c := range map[string]struct {
		prepare func(*upgradeStore)
		change  func(*rollout.Upgrade)
	}{
		"backups first": {},
		"a host has the release already": {
			prepare: func(s *upgradeStore) {
				s.told("lb02", func(u *status.Upgrade) { u.Version = "1.27.2" })
			},
		},
		"the vip moves meanwhile": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					obey(s, host, o)
					if host == "lb02" {
						s.reports["lb01"].Routers[0].State, s.reports["lb03"].Routers[0].State = status.Backup, status.Active
					}
				}
			},
		},
		"two at a time": {
			change: func(r *rollout.Upgrade) { r.Most = 2 },
		},
		"a host has something to note": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					obey(s, host, o)
					if host == "lb02" {
						s.later(950*time.Millisecond, func() {
							s.told(host, func(u *status.Upgrade) { u.Notes = []string{"/usr/sbin/nginx belongs to the package nginx"} })
						})
					}
				}
			},
		},
		"the first host refuses": {
			prepare: func(s *upgradeStore) { s.ordered = only("lb02", "refused", "no such file: /srv/nginx") },
		},
		"the last host goes back, and the others with it": {
			prepare: func(s *upgradeStore) { s.ordered = only("lb01", "rolled back", "check nginx is down") },
		},
		"the last host goes back, and the others stay": {
			prepare: func(s *upgradeStore) {
				for _, d := range s.plans {
					d.Plan.Upgrades[0].OnFailure = plan.Halt
				}
				s.ordered = only("lb01", "rolled back", "check nginx is down")
			},
		},
		"a host gets stuck": {
			prepare: func(s *upgradeStore) { s.ordered = only("lb03", "stuck", "the old master does not end") },
		},
		"one that is to go back cannot": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					switch {
					case o.Back:
						end(s, host, o, "down", "no master is left")
					case host == "lb01":
						end(s, host, o, "rolled back", "check nginx is down")
					default:
						obey(s, host, o)
					}
				}
			},
		},
		"two at a time, and one fails": {
			prepare: func(s *upgradeStore) { s.ordered = only("lb02", "rolled back", "check nginx is down") },
			change:  func(r *rollout.Upgrade) { r.Most = 2 },
		},
		"a host stays at one stage for longer than its plan says": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					s.told(host, func(u *status.Upgrade) { u.Order, u.Stage, u.Text = o, "retire", "12 connections are left" })
				}
			},
		},
		"own commands verify, and soak, for as long as their plan says": {
			prepare: func(s *upgradeStore) {
				for _, d := range s.plans {
					u := &d.Plan.Upgrades[0]
					u.Nginx, u.Exec = nil, &plan.ExecStrategy{Binary: "/usr/bin/app", Apply: []string{"/bin/apply"}, Verify: []string{"/bin/verify"},
						Rollback: []string{"/bin/back"}, Timeout: 60000}
					u.Verify = plan.Verify{Checks: []string{"app"}, Soak: 20000}
					d.Plan.Checks = []plan.Check{{Name: "app", Interval: 4000, Timeout: 1000, Fall: 3, Rise: 2, Initial: plan.Up,
						TCP: &plan.TCPProbe{Address: "127.0.0.1:80"}}}
				}
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					s.later(950*time.Millisecond, func() {
						s.told(host, func(u *status.Upgrade) { u.Order, u.Stage, u.Text = o, "verify", "/bin/verify" })
					})
					if host == "lb02" {
						s.later(148*time.Second, func() { end(s, host, o, "rolled back", "check app is down") })
					}
				}
			},
			change: func(r *rollout.Upgrade) { r.Hosts = r.Hosts[1:] },
		},
		"preemption is never: the vip stays where the drain has moved it": {
			prepare: func(s *upgradeStore) {
				for _, d := range s.plans {
					d.Plan.Routers[0].Preemption = plan.Preemption{Mode: plan.Never}
					d.Plan.Upgrades[0].Vips, d.Plan.Upgrades[0].DrainTimeout = []string{"web/public"}, 10000
				}
				s.told("lb03", func(u *status.Upgrade) { u.Version = "1.27.2" })
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					obey(s, host, o)
					s.later(450*time.Millisecond, func() {
						s.told(host, func(u *status.Upgrade) { u.Order, u.Stage, u.Text = o, "drain", "web/public moves away" })
						if host == "lb01" {
							s.reports["lb01"].Routers[0].State, s.reports["lb02"].Routers[0].State = status.Backup, status.Active
						}
					})
				}
			},
		},
		"a host goes away": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					s.told(host, func(u *status.Upgrade) { u.Order, u.Stage, u.Text = o, "retire", "12 connections are left" })
					s.silent = host
				}
			},
		},
		"an agent does not begin": {
			prepare: func(s *upgradeStore) { s.ordered = func(*upgradeStore, string, *intent.Order) {} },
		},
		"an agent that is stopped comes last": {
			prepare: func(s *upgradeStore) {
				s.reports["lb02"].State = status.Stopped
				s.later(60*time.Second, func() { s.reports["lb02"].State = status.Running })
			},
		},
		"it comes back": {
			prepare: func(s *upgradeStore) {
				s.reports["lb02"].State = status.Stopped
				s.later(14950*time.Millisecond, func() { s.reports["lb02"].State = status.Running })
			},
		},
		"the store is away for a while": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					obey(s, host, o)
					s.later(100*time.Millisecond, func() { s.away = errors.New("no route to host") })
					s.later(19950*time.Millisecond, func() { s.away = nil })
				}
			},
		},
		"the store is away for too long": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					obey(s, host, o)
					s.later(100*time.Millisecond, func() { s.away = errors.New("no route to host") })
				}
			},
		},
		"no other host is fit": {
			prepare: func(s *upgradeStore) {
				for _, host := range []string{"lb02", "lb03"} {
					s.told(host, func(u *status.Upgrade) { u.Version = "1.27.2" })
					s.reports[host].Intents = &status.Intents{Drained: &intent.Mark{By: "eve", Since: time.Now()}}
				}
			},
		},
		"no other host is fit, of which one has no such upgrade": {
			prepare: func(s *upgradeStore) {
				s.told("lb02", func(u *status.Upgrade) { u.Version = "1.27.2" })
				s.plans["lb03"].Plan.Upgrades, s.reports["lb03"].Upgrades = nil, nil
				for _, host := range []string{"lb02", "lb03"} {
					s.reports[host].Intents = &status.Intents{Drained: &intent.Mark{By: "eve", Since: time.Now()}}
				}
			},
		},
		"no other host is fit, and it is forced": {
			prepare: func(s *upgradeStore) {
				for _, host := range []string{"lb02", "lb03"} {
					s.told(host, func(u *status.Upgrade) { u.Version = "1.27.2" })
					s.reports[host].Intents = &status.Intents{Drained: &intent.Mark{By: "eve", Since: time.Now()}}
				}
			},
			change: func(r *rollout.Upgrade) { r.Force = true },
		},
		"the user's own commands keep nothing": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					if host == "lb01" {
						end(s, host, o, "rolled back", "check nginx is down")
						return
					}
					obey(s, host, o)
					s.later(1960*time.Millisecond, func() { s.told(host, func(u *status.Upgrade) { u.Previous = nil }) })
				}
			},
		},
		"somebody else takes the order back": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					if host != "lb03" {
						obey(s, host, o)
						return
					}
					s.wanted[host] = intent.Encode(&intent.Host{Host: host})
					end(s, host, o, "rolled back", "the order of ops was taken back")
				}
			},
		},
		"somebody else gives another order": {
			prepare: func(s *upgradeStore) {
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					obey(s, host, o)
					if host == "lb03" {
						other := intent.Order{Name: "nginx", ID: "X", Back: true, Mark: intent.Mark{By: "eve", Since: time.Now()}}
						h := intent.Host{Host: host}
						h.SetOrder(other)
						s.wanted[host] = intent.Encode(&h)
						s.later(1450*time.Millisecond, func() { s.told(host, func(u *status.Upgrade) { u.Order = &other }) })
					}
				}
			},
		},
		"interrupted in the soak of the last host, which goes back yet": {
			prepare: func(s *upgradeStore) {
				for _, host := range []string{"lb02", "lb03"} {
					before := nginxOf("1.26.3")
					s.told(host, func(u *status.Upgrade) { u.Version, u.Previous = "1.27.2", &before })
				}
				s.soaks("lb01", "rolled back", "1.26.3")
			},
			change: func(r *rollout.Upgrade) { r.Finished = []string{"lb02", "lb03"} },
		},
		"interrupted in the soak of an earlier host": {
			prepare: func(s *upgradeStore) { s.soaks("lb02", "committed", "1.27.2") },
		},
		"a host is on its way back": {
			prepare: func(s *upgradeStore) {
				s.told("lb02", func(u *status.Upgrade) {
					u.Order = &intent.Order{Name: "nginx", ID: "X", Back: true, Mark: intent.Mark{By: "ops", Since: time.Now()}}
					u.Version, u.Stage = "1.27.2", "drain"
				})
			},
		},
		"nothing is kept to go back to": {
			prepare: func(s *upgradeStore) { s.told("lb02", func(u *status.Upgrade) { u.Version = "1.27.2" }) },
			change:  func(r *rollout.Upgrade) { r.Back, r.Force, r.Hosts = true, true, r.Hosts[1:2] },
		},
		"the answer to an order is lost":      {prepare: func(s *upgradeStore) { s.lost = 1 }},
		"three at a time: the last one waits": {change: func(r *rollout.Upgrade) { r.Most = 3 }},
		"a plan is on trial": {
			prepare: func(s *upgradeStore) {
				s.reports["lb01"].Trial = &status.Trial{State: status.OnTrial}
				s.later(14950*time.Millisecond, func() { s.reports["lb01"].Trial = nil })
			},
		},
		"a host does not report the upgrade": {
			prepare: func(s *upgradeStore) { s.reports["lb03"].Upgrades = nil },
		},
		"a host follows another plan": {
			prepare: func(s *upgradeStore) { s.follows = "sha256:00" },
		},
		"the vip is on a host that is not fit, and not upgraded": {
			change: func(r *rollout.Upgrade) { r.Hosts = r.Hosts[1:] },
			prepare: func(s *upgradeStore) {
				for _, host := range []string{"lb01", "lb02", "lb03"} {
					s.reports[host].Intents = &status.Intents{Drained: &intent.Mark{By: "eve", Since: time.Now()}}
				}
			},
		},
		"another upgrade is under way": {
			prepare: func(s *upgradeStore) {
				s.reports["lb03"].Upgrades = append(s.reports["lb03"].Upgrades, status.Upgrade{Name: "php",
					Order: &intent.Order{Name: "php", ID: "X", Mark: intent.Mark{By: "eve", Since: time.Now()}}, Stage: "verify"})
			},
		},
		"the vip is on two hosts": {
			prepare: func(s *upgradeStore) { s.reports["lb03"].Routers[0].State = status.Active },
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newUpgradeStore()
				if c.prepare != nil {
					c.prepare(s)
				}
				for host, d := range s.plans {
					d.Hash = d.Plan.Hash()
					s.reports[host].Plan.Hash = d.Hash
				}
				if s.follows != "" {
					s.reports["lb03"].Plan.Hash = s.follows
				}
				told[name], _ = carriedOut(t.Context(), s, c.change)
			})
			want := ""
			for _, f := range archive.Files {
				if f.Name == name {
					want = string(f.Data)
				}
			}
			if d := udiff.Unified("want", "got", want, told[name]); d != "" && !*update {
				t.Error(d)
			}
		})
	}
	if *update {
		archive.Files = nil
		for _, name := range slices.Sorted(maps.Keys(told)) {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(told[name])})
		}
		check(t, os.WriteFile(file, txtar.Format(archive), 0o644))
	}
}

// Only what was approved is carried through, although another upgrade is due by then.
func TestUpgradesAsApproved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newUpgradeStore()
		s.beat()
		for _, approved := range [][]string{nil, {"cache"}, {"nginx"}} {
			var out strings.Builder
			cmd := newRootCommand()
			cmd.SetOut(&out)
			err := carryUpgrades(t.Context(), newApplyTeller(cmd, false), s, []string{"lb01", "lb02", "lb03"}, approved, applyFlags{wait: 30 * time.Second})
			if ordered := len(s.wanted) > 0; ordered != slices.Contains(approved, "nginx") || err != nil {
				t.Errorf("approved %v, nginx was ordered: %v, %v\n%s", approved, ordered, err, &out)
			}
		}
	})
}
