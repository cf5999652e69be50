package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/node"
	"hactl/agent/program"
	"hactl/agent/store"
	"hactl/agent/vrrp"
)

// An agent that systemd ends to start it again leaves everything as it is, and writes
// down what it would hand over. The next process goes on with that.

const (
	// absence is how long nobody sends while an agent is restarted, on a machine that
	// is not overloaded, and a little more.
	absence = 300 * time.Millisecond

	// enquiry is how long systemd may take to say what it is about to do.
	enquiry = time.Second

	// farewells is how long a restart may wait for what cannot be handed over. With
	// leaving in order after it, TimeoutStopSec= must not be over.
	farewells = 2 * time.Second

	// believed is how long an estate is believed after it was left: systemd has
	// started the next agent by then, or does not.
	believed = 5 * time.Second
)

// The types of jobs of systemd that matter here.
const (
	jobRestart = "restart" // also during the first half, while it ends the process
	jobStop    = "stop"
)

// restarting says whether systemd ends this process to start its unit again. Without
// an answer it does not.
func restarting() bool { return job() == jobRestart }

// job is the type of what systemd is doing with the unit of this process; empty: nothing,
// or it does not say.
func job() string {
	unit := changeover.Unit(os.Getpid())
	if unit == "" {
		return ""
	}
	ctx, stop := context.WithTimeout(context.Background(), enquiry)
	defer stop()
	r := program.Run(ctx, program.Program{
		Argv: []string{"/usr/bin/systemctl", "list-jobs", "--no-legend", "--full", unit}, OutputLimit: 4096,
	})
	if r.Err != nil {
		return ""
	}
	return jobOf(unit, r.Output)
}

// jobOf is the type of a unit's job, of those that systemctl has listed: number, unit,
// type, state.
func jobOf(unit, jobs string) string {
	for line := range strings.Lines(jobs) {
		if f := strings.Fields(line); len(f) == 4 && f[1] == unit {
			return f[2]
		}
	}
	return ""
}

// interrupt leaves everything as it is to the next process. It returns only when
// that is not possible, or would be noticed, and why; then nothing has changed. Save is
// called in the loop, and does not return without an error.
func (a *Agent) interrupt(save func(estate []byte) error) error {
	ctx, stop := context.WithTimeout(context.Background(), farewells)
	defer stop()
	if a.cfg.Successor != nil {
		if _, err := a.rehearse(ctx); err != nil {
			return fmt.Errorf("the program that is there now is not fit: %w", err)
		}
	}
	return a.passOn(ctx, time.Now(), func(h *Handed) error {
		if patience := a.node.Patience(); patience != 0 && patience < absence {
			return fmt.Errorf("neighbours wait for adverts for %v only", patience)
		}
		a.step(node.Early{Within: absence})
		h.Node, h.Left = a.node.Save(), a.clock.now()
		h.Boot, _ = a.cfg.Uptime()
		return save(h.encode())
	})
}

// inherited returns what the agent before left in the store when it was to be started
// again, a moment ago; nil: nothing.
func inherited(d *store.Dir, names []string) (*Handed, error) {
	data, err := d.Estate(names[0])
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	h, err := DecodeHanded(data)
	if err == nil {
		boot, up := uptime()
		err = h.inherit(names, boot, up)
	}
	return h, err
}

// inheritance is inherited, once, for an agent that starts whatever becomes of it.
func (c Config) inheritance(d *store.Dir, names []string) *Handed {
	h, err := inherited(d, names)
	if h == nil && err == nil {
		return nil
	}
	if err = errors.Join(err, d.SaveEstate(names[0], nil)); err != nil {
		c.Log.Warn("cannot go on where the agent before stopped; starting as after a crash", "error", err)
		return nil
	}
	return h
}

// bequeath keeps what the agent leaves to the next one, and ends this process.
func (c Config) bequeath(d *store.Dir, names []string, estate []byte) error {
	if err := d.SaveEstate(names[0], estate); err != nil {
		return err
	}
	os.Exit(0) // the log has been flushed, as far as whoever reads it allows
	return nil
}

// inherit makes h, which another process has left, fit for this one, on a machine with
// this boot that has been up for so long. An error says why it counts no longer.
func (h *Handed) inherit(names []string, boot string, up time.Duration) error {
	now := vrrp.Instant(up - h.Clock)
	switch age := now.Sub(h.Left); {
	case h.Boot != boot:
		return errors.New("what an agent left is from another boot of this machine")
	case age < 0 || age > believed:
		return fmt.Errorf("what an agent left is %v old", age)
	case h.Host != "" && !slices.Contains(names, h.Host):
		return fmt.Errorf("what an agent left is of host %s", h.Host)
	}
	h.Sockets, h.Listeners = nil, nil
	for _, r := range h.Node.Routers {
		if r.Machine != nil {
			h.catchUp(r.Machine, now)
		}
	}
	return nil
}

// catchUp makes up for what a router has not heard since h was left: its sockets were closed.
func (h *Handed) catchUp(m *vrrp.Saved, now vrrp.Instant) {
	switch {
	case m.State == vrrp.Backup: // waits anew; who has just left may have a successor
		m.Down, m.Intervals = now, max(1, m.Intervals)
	case now.Sub(h.Left) > absence/2:
		// A neighbour may have taken over, and may leave without a word: who heard it
		// asks there until it is told.
		if soon := now.Add(absence / 4); m.Repeat == vrrp.Never || m.Repeat > soon {
			m.Repeat = soon
		}
	}
}
