package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/mattn/go-isatty"
)

// The environment of the ssh store. Both are split at white space; nothing is
// quoted.
const (
	// SSHCommand names the variable with the local command, "ssh" when empty.
	// Options in it win over those that SSH adds: "ssh -F file -o ConnectTimeout=60".
	SSHCommand = "HACTL_SSH_COMMAND"

	// SSHRemote names the variable with the hactl of the hosts, "hactl" when
	// empty: "sudo -n /opt/hactl".
	SSHRemote = "HACTL_SSH_REMOTE"
)

// connecting is how many hosts are connected to at a time: sshd begins to
// refuse at ten (MaxStartups), which a jump host would be the first to do.
const connecting = 8

// SSH is the plan stores of other hosts, each reached through one ssh process,
// which is started at the first need, kept, and started again at the next need
// when it has ended.
//
// No ssh may ask anything at first, so that all hosts can be connected to at
// once. When one has failed for a key or a host key and this process has a
// terminal, a second one may ask there for passphrase, password or consent, one
// host after the other.
type SSH struct {
	command  []string // local
	remote   string   // what the hosts' shell runs
	terminal bool     // somebody can be asked
	peers    map[string]*peer
	slots    chan struct{} // one for each host that is being connected to
	asking   chan struct{} // held by the one that may ask
}

var _ Store = (*SSH)(nil)

// peer is one host.
type peer struct {
	destination string
	busy        chan struct{} // held during an exchange
	conn        *conn         // nil: none yet
}

func newSSH(dir string) *SSH {
	command := strings.Fields(os.Getenv(SSHCommand))
	if len(command) == 0 {
		command = []string{"ssh"}
	}
	remote := strings.Fields(os.Getenv(SSHRemote))
	if len(remote) == 0 {
		remote = []string{"hactl"}
	}
	remote = append(remote, "store", "serve")
	if dir != "" {
		remote = append(remote, "--dir", quote(dir))
	}
	return &SSH{
		command: command, remote: strings.Join(remote, " "),
		terminal: isatty.IsTerminal(os.Stdin.Fd()),
		peers:    map[string]*peer{},
		slots:    make(chan struct{}, connecting), asking: make(chan struct{}, 1),
	}
}

// add makes a target known.
func (s *SSH) add(t Target) error {
	destination := t.SSH
	if destination == "" {
		destination = t.Host
	}
	if destination == "" || destination[0] == '-' || !printable(destination) || strings.ContainsAny(destination, " \t") {
		return fmt.Errorf("host %q: ssh destination %q: want HOST, USER@HOST or ssh://USER@HOST:PORT", t.Host, destination)
	}
	if err := checkHost(t.Host); err != nil {
		return err
	}
	s.peers[t.Host] = &peer{destination: destination, busy: make(chan struct{}, 1)}
	return nil
}

// PutPlan implements Store. When the connection ends before the host has
// answered, it is not known which plan the host has; it is whole in any case.
func (s *SSH) PutPlan(ctx context.Context, host string, doc []byte) error {
	if err := checkPlan(host, doc); err != nil {
		return wrap("put plan", host, err)
	}
	_, err := s.ask(ctx, host, request{Op: "put-plan", Host: host, Data: doc})
	return err
}

// Plan implements Store.
func (s *SSH) Plan(ctx context.Context, host string) ([]byte, error) {
	a, err := s.ask(ctx, host, request{Op: "plan", Host: host})
	return a.Data, err
}

// Status implements Store.
func (s *SSH) Status(ctx context.Context, host string) ([]byte, error) {
	a, err := s.ask(ctx, host, request{Op: "status", Host: host})
	return a.Data, err
}

// Hosts implements Store: those of the targets that have a plan of their own
// name.
func (s *SSH) Hosts(ctx context.Context) ([]string, error) {
	var hosts []string
	err := s.all(ctx, request{Op: "hosts"}, func(host string, a answer) {
		if slices.Contains(a.Hosts, host) {
			hosts = append(hosts, host)
		}
	})
	slices.Sort(hosts)
	return hosts, err
}

// PutRollout implements Store. The hosts are told one after the other, in order
// of names, so that of two rollouts that begin at once one is first everywhere.
// The one that comes second takes its records back.
func (s *SSH) PutRollout(ctx context.Context, r Rollout, over string) error {
	if err := r.check(); err != nil {
		return err
	}
	var told []string
	var errs []error
	for _, host := range r.Hosts() {
		_, err := s.ask(ctx, host, request{Op: "put-rollout", Rollout: &r, Over: over})
		var busy *BusyError
		if errors.As(err, &busy) {
			return errors.Join(err, s.takeBack(ctx, r, told))
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		told = append(told, host)
	}
	return errors.Join(errs...)
}

// takeBack marks the records of r on hosts as finished.
func (s *SSH) takeBack(ctx context.Context, r Rollout, hosts []string) error {
	r.Finished = true
	var errs []error
	for _, host := range hosts {
		_, err := s.ask(ctx, host, request{Op: "put-rollout", Rollout: &r})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Rollout implements Store.
func (s *SSH) Rollout(ctx context.Context) (*Rollout, error) {
	var newest *Rollout
	err := s.all(ctx, request{Op: "rollout"}, func(_ string, a answer) {
		newest = newer(newest, a.Rollout)
	})
	return newest, err
}

// Close implements Store: it ends the connections.
func (s *SSH) Close() error {
	var ended sync.WaitGroup
	for _, p := range s.peers {
		if p.conn != nil {
			ended.Go(func() { p.conn.end() })
		}
	}
	ended.Wait()
	return nil
}

// all asks every host at the same time and calls got with each answer, one
// after the other.
func (s *SSH) all(ctx context.Context, r request, got func(host string, a answer)) error {
	var mu sync.Mutex
	var asked sync.WaitGroup
	errs := map[string]error{}
	for host := range s.peers {
		asked.Go(func() {
			a, err := s.ask(ctx, host, r)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs[host] = err
				return
			}
			got(host, a)
		})
	}
	asked.Wait()
	var joined []error
	for _, host := range slices.Sorted(maps.Keys(errs)) {
		joined = append(joined, errs[host])
	}
	return errors.Join(joined...)
}

// ask sends one request to host and returns the answer, after connecting where
// that is needed. An error that the host answered is an error.
func (s *SSH) ask(ctx context.Context, host string, r request) (answer, error) {
	p, ok := s.peers[host]
	if !ok {
		return answer{}, fmt.Errorf("host %q: the ssh store was not told of it", host)
	}
	if err := acquire(ctx, p.busy); err != nil {
		return answer{}, fmt.Errorf("ssh %s: %w", p.destination, err)
	}
	defer release(p.busy)
	a, err := s.exchange(ctx, p, r)
	if err != nil {
		return answer{}, fmt.Errorf("ssh %s: %w", p.destination, err)
	}
	return a, nil
}

// exchange does so on the peer's connection. One that failed is not used again.
func (s *SSH) exchange(ctx context.Context, p *peer, r request) (answer, error) {
	if p.conn == nil || p.conn.ended() {
		c, err := s.connect(ctx, p.destination)
		if err != nil {
			return answer{}, err
		}
		p.conn = c
	}
	a, err := p.conn.exchange(ctx, r)
	if err != nil {
		p.conn = nil
		return answer{}, err
	}
	return a, a.err()
}

// connect starts an ssh that may not ask, and then perhaps one that may.
func (s *SSH) connect(ctx context.Context, destination string) (*conn, error) {
	if err := acquire(ctx, s.slots); err != nil {
		return nil, err
	}
	defer release(s.slots)
	c, err := dial(ctx, s.arguments(destination, true), true)
	var lost *lostError
	if !s.terminal || !errors.As(err, &lost) || !lost.couldAsk() {
		return c, err
	}
	if err := acquire(ctx, s.asking); err != nil {
		return nil, err
	}
	defer release(s.asking)
	return dial(ctx, s.arguments(destination, false), false)
}

// arguments returns the command that reaches the store of destination. A dead
// line is noticed within 15 s.
func (s *SSH) arguments(destination string, batch bool) []string {
	args := append(slices.Clone(s.command), "-T",
		"-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3")
	if batch {
		args = append(args, "-o", "BatchMode=yes")
	}
	return append(args, "--", destination, s.remote)
}

// err returns what the other side answered as an error.
func (a answer) err() error {
	switch {
	case a.Error == "":
		return nil
	case a.Rollout != nil:
		return &remoteError{text: a.Error, is: &BusyError{Rollout: *a.Rollout}}
	case a.Changed:
		return &remoteError{text: a.Error, is: ErrChanged}
	case a.Missing:
		return &remoteError{text: a.Error, is: fs.ErrNotExist}
	}
	return errors.New(a.Error)
}

// remoteError is an error of the other side, and the one here that it is like.
type remoteError struct {
	text string
	is   error
}

// Error returns what the other side said.
func (e *remoteError) Error() string { return e.text }

// Unwrap returns the error here that it is like.
func (e *remoteError) Unwrap() error { return e.is }

// quote makes s one word of a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// acquire takes a place in a semaphore, unless ctx ends first. After an error
// none is taken.
func acquire(ctx context.Context, semaphore chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case semaphore <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func release(semaphore chan struct{}) { <-semaphore }
