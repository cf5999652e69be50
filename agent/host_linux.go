package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"hactl/agent/changeover"
	"hactl/agent/kernel"
	"hactl/agent/store"
)

// Serve runs the agent of this host, with its plan store in the folder dir,
// until a signal has ended it: SIGTERM, SIGINT and SIGHUP let neighbours take
// over first, a second one does not wait. SIGTERM from systemd, which is about to
// start the agent again, leaves everything to that one. SIGUSR2 lets the program that
// lies where this one was started from go on in this process.
func Serve(cfg Config, dir string) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	names, err := cfg.Names()
	if err != nil {
		return err
	}
	d, err := store.OpenDir(dir)
	if err != nil {
		return err
	}
	d.Log, d.Guarded = cfg.Log, true
	defer d.Close()
	state := filepath.Join(d.Path(), "state")
	locks, err := lock(cfg, state, names)
	if err != nil {
		return err
	}
	defer locks.release()
	k := kernel.New(filepath.Join(state, names[0]+".addresses"), cfg.Log)
	defer k.Close()
	if err := cfg.succession(); err != nil {
		cfg.Log.Warn("this agent cannot hand over to another build", "error", err)
	}
	if cfg.Restarting == nil {
		cfg.Restarting = restarting
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer signal.Stop(signals)
	if cfg.Handed == nil {
		cfg.Handed = cfg.inheritance(d, names)
	}
	cfg.Changeover = changeover.NewHost(d.Upgrades(names[0]))
	a := New(cfg, k, d)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go releaseProgram(ctx)
	// Whoever reads the log may go away: that must not end an agent. To ignore the
	// signal would make the programs that it starts ignore it, too.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	replace := make(chan os.Signal, 1)
	signal.Notify(replace, syscall.SIGUSR2)
	go func() {
		for range replace {
			a.HandOver()
		}
	}()
	go a.obey(signals, stop, func(estate []byte) error { return cfg.bequeath(d, names, estate) })
	return a.Run(ctx)
}

// obey waits for a signal to end, and leaves: to the next process, for which bequeath keeps
// what there is, when this one is restarted, else in order. With a second signal it stops
// at once.
func (a *Agent) obey(signals <-chan os.Signal, stop func(), bequeath func(estate []byte) error) {
	first := <-signals
	a.ended.Store(true)
	go func() { <-signals; stop() }()
	if first == syscall.SIGTERM && a.cfg.Restarting() {
		a.cfg.Log.Info("leaving for a restart")
		err := a.interrupt(bequeath)
		a.cfg.Log.Warn("the restart moves addresses", "error", err)
	}
	a.Leave(first.String())
}

// locks keep two agents from working for one host on one machine. They end with
// the process, however it ends.
type locks []*os.File

// errOtherAgent: the lock is taken.
var errOtherAgent = errors.New("another agent")

// lock takes the lock of each name. Where nothing can be written the agent goes
// on without: an address that nobody guards is worse than two agents.
func lock(cfg Config, state string, names []string) (locks, error) {
	var taken locks
	for _, name := range names {
		f, err := lockFile(state, name)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			taken.release()
			return nil, fmt.Errorf("%w for host %s runs on this machine: it holds %s", errOtherAgent, name, f.Name())
		}
		if err != nil {
			cfg.Log.Warn("no lock against a second agent", "error", err)
			continue
		}
		taken = append(taken, f)
	}
	return taken, nil
}

// lockFile takes one lock. The file is there when somebody else has it.
func lockFile(state, name string) (*os.File, error) {
	if err := os.MkdirAll(state, 0o700); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(state, name+".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return f, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return f, nil
}

// release gives the locks back.
func (l locks) release() {
	for _, f := range l {
		f.Close()
	}
}
