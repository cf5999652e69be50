package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/schemas/intent"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"
)

// carriedThrough returns what "upgrade run nginx" prints, its error, and what the
// record in the store says then.
func carriedThrough(ctx context.Context, s *upgradeStore) string {
	f := fleet.Read(ctx, s, []string{"lb01", "lb02", "lb03"})
	f.Poll = 100 * time.Millisecond
	var out bytes.Buffer
	err := carryUpgrade(ctx, f, quietCommand(&out), "nginx", false, upgradeFlags{moveFlags: moveFlags{wait: 30 * time.Second, approved: true}})
	if err != nil {
		fmt.Fprintf(&out, "exit %d: %v\n", codeOf(err), err)
	}
	return out.String() + recorded(s.record) + "\n"
}

// quietCommand returns a command that prints to out.
func quietCommand(out io.Writer) *cobra.Command {
	cmd := &cobra.Command{}
	cmd.PersistentFlags().String("color", "never", "")
	cmd.SetOut(out)
	cmd.SetErr(out)
	return cmd
}

// recorded is what a record says of how far a rollout is.
func recorded(r *store.Rollout) string {
	return fmt.Sprintf("record: done %s; back %q; finished %v", strings.Join(r.Done, ", "), r.Back, r.Finished)
}

// Who is interrupted while hosts go back goes on with that, and not forward again: after
// an interrupt, and when the process was killed and its record is the last word of it.
func TestUpgradeGoesOnGoingBack(t *testing.T) {
	const first = `lb02  nginx 1.26.3 -> 1.27.2; no vip is on it
lb03  nginx 1.26.3 -> 1.27.2; no vip is on it
lb01  nginx 1.26.3 -> 1.27.2; web/public stays

lb02   is told to go from 1.26.3 to 1.27.2
lb02   retire: 12 connections are left
lb02   committed: 1.27.2 runs
lb03   is told to go from 1.26.3 to 1.27.2
lb03   retire: 12 connections are left
lb03   committed: 1.27.2 runs
lb01   is told to go from 1.26.3 to 1.27.2
lb01   rolled back: check nginx is down
nginx  lb01 failed, and went back to what ran before: check nginx is down. Going back, too: lb03, lb02
lb03   is told to go from 1.27.2 to 1.26.3
lb03   retire: 12 connections are left
lb03   committed: 1.26.3 runs
lb02   is told to go from 1.27.2 to 1.26.3
exit 1: lb01 failed, and went back to what ran before: check nginx is down; gone back, too: lb03; interrupted on the way back; under way, and carried on by its agent alone: lb02, as "hactl upgrade status nginx" shows. Repeat this to go on with going back
record: done lb02; back "lb01 failed, and went back to what ran before: check nginx is down"; finished true
`
	const again = `lb02  nginx 1.27.2 -> 1.26.3; no vip is on it
note: the configuration still asks for 1.27.2: the next apply would bring it again

nginx  goes on with going back, at which an earlier run was interrupted
lb02   runs 1.27.2 already
nginx  lb01 failed, and went back to what ran before: check nginx is down. Going back, too: lb02
lb02   has the order of OPS already
lb02   retire: 12 connections are left
lb02   committed: 1.26.3 runs
exit 1: lb01 failed, and went back to what ran before: check nginx is down; gone back, too: lb02
record: done ; back ""; finished true
`
	for name, killed := range map[string]bool{"interrupted": false, "killed": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newUpgradeStore()
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					if host == "lb01" {
						end(s, host, o, "rolled back", "check nginx is down")
						return
					}
					obey(s, host, o)
				}
				s.beat()
				ctx, stop := context.WithCancel(t.Context())
				var left store.Rollout
				s.later(7500*time.Millisecond, func() {
					left = *s.record
					stop()
				})
				if d := udiff.Unified("want", "got", first, carriedThrough(ctx, s)); d != "" {
					t.Fatal(d)
				}
				if killed {
					s.record = &left
				}
				got := strings.ReplaceAll(carriedThrough(t.Context(), s), s.wantedBy("lb02"), "OPS")
				if d := udiff.Unified("want", "got", again, got); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// wantedBy says whose order host has had last.
func (s *upgradeStore) wantedBy(host string) string {
	h, err := intent.Decode(s.wanted[host])
	if err != nil {
		return err.Error()
	}
	return h.Order("nginx").Mark.String()
}

// A host that takes long is no sign that nobody is at it any more.
func TestRecordIsKept(t *testing.T) {
	for name, carry := range map[string]func(context.Context, *upgradeStore){
		"upgrade": func(ctx context.Context, s *upgradeStore) { carriedThrough(ctx, s) },
		"plans": func(ctx context.Context, s *upgradeStore) {
			d := *s.plans["lb01"]
			d.Hash = "sha256:00"
			all := []rollout.Step{{Host: "lb01", Document: &d, Stored: true, Alive: true, Before: s.reports["lb01"]}}
			r := &rollout.Plans{Store: s, Waves: []rollout.Wave{{Turns: [][]rollout.Step{all}}}, Steps: all, Wait: time.Hour, Poll: fleet.LookEvery}
			_ = carryOut(ctx, newApplyTeller(quietCommand(new(bytes.Buffer)), false), s, r, false, false)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newUpgradeStore()
				for host, d := range s.plans {
					d.Plan.Upgrades[0].Nginx.WorkerTimeout = int(time.Hour / time.Millisecond)
					d.Hash = d.Plan.Hash()
					s.reports[host].Plan.Hash = d.Hash
				}
				s.ordered = func(s *upgradeStore, host string, o *intent.Order) {
					s.later(time.Second, func() {
						s.told(host, func(u *status.Upgrade) { u.Order, u.Verdict, u.Stage = o, "", "retire" })
					})
				}
				s.beat()
				ctx, stop := context.WithCancel(t.Context())
				var old time.Duration
				s.later(14*time.Minute+30*time.Second, func() {
					old = time.Since(s.record.Written)
					stop()
				})
				carry(ctx, s)
				if old == 0 || old > rollout.HeardEvery+time.Second {
					t.Errorf("after 14 minutes and a half the record is %s old", old)
				}
			})
		})
	}
}
