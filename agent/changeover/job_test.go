package changeover

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// job is what a process that plays a runner is to do.
type job struct {
	Upgrade  plan.Upgrade
	Record   string
	Spare    string
	Patience time.Duration
	Mishap   mishap // what happens during the soak
	Fill     string // a file that takes all the space of its disk before the release is copied; empty: none does
	Stop     int    // the process is killed before its act of this number; 0: it is not
}

// mishap is what goes wrong when a release has been good for a moment.
type mishap string

const (
	unwell mishap = "a check goes down"
	crash  mishap = "its master crashes"
	limp   mishap = "a worker crashes"
)

// happen makes a mishap happen. The release's processes are those of a record.
func (m mishap) happen(record string) {
	r, err := loadRecord(record)
	if err != nil || r == nil {
		return
	}
	switch m {
	case crash:
		_ = deliver(r.Successor, syscall.SIGKILL)
	case limp:
		all, _ := processes()
		i := slices.IndexFunc(all, func(p process) bool { return p.parent == r.Successor.PID })
		_ = deliver(all[i].Process, syscall.SIGKILL)
	}
}

// report is what it prints in the end.
type report struct {
	Outcome upgrade.Outcome
	Told    []string
	Err     string
}

// playRunner carries out the upgrade of a job. A check asks the server.
func playRunner(text string) int {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		fmt.Println(err)
		return 1
	}
	var stage upgrade.Stage
	var done report
	looks := 0 // during the soak
	r := NewRunner(j.Upgrade, j.Record, func() upgrade.Checks {
		if err := rehearsal.Ask("127.0.0.1:8080", "/", nil); err != nil {
			return upgrade.Checks{Health: upgrade.Unwell, Cause: err.Error()}
		}
		if stage == upgrade.Verify {
			looks++
		}
		if looks == 2 {
			j.Mishap.happen(j.Record)
		}
		if j.Mishap == unwell && looks > 1 {
			return upgrade.Checks{Health: upgrade.Unwell, Cause: "check web is down: it answers 500"}
		}
		return upgrade.Checks{Health: upgrade.Up}
	}, func(p Progress) {
		stage, done.Told = p.Stage, append(done.Told, p.Text)
		fmt.Fprintln(os.Stderr, p.Stage, p.Text)
	})
	r.Patience, r.Spare = j.Patience, j.Spare
	acts := 0
	r.before = func(e upgrade.Effect) {
		if _, copies := e.(upgrade.Install); copies && j.Fill != "" {
			_ = os.WriteFile(j.Fill, make([]byte, 64<<20), 0o600) // as much as fits
		}
		switch e.(type) {
		case upgrade.Transitioned, upgrade.Waiting, upgrade.Noted, upgrade.Inspect:
			return
		}
		if acts++; acts == j.Stop {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			<-context.Background().Done()
		}
	}
	var err error
	if done.Outcome, err = r.Run(context.Background()); err != nil {
		done.Err = err.Error()
	}
	if json.NewEncoder(os.Stdout).Encode(done) != nil {
		return 1
	}
	return 0
}

// change carries out a job in a process of its own. It returns false when that was
// killed, as the job says.
func (s *stage) change(j job) (o upgrade.Outcome, ended bool) {
	s.t.Helper()
	j.Record = s.path("record")
	if kept := s.kept(); len(kept) > 0 {
		j.Spare = kept[0]
	}
	if j.Patience == 0 {
		j.Patience = 10 * time.Second
	}
	text, err := json.Marshal(j)
	s.must(err)
	var out bytes.Buffer
	cmd := exec.Command("/proc/self/exe")
	cmd.Env, cmd.Stdout = append(os.Environ(), roleVariable+"=runner "+string(text)), &out
	if testing.Verbose() {
		cmd.Stderr = os.Stderr
	}
	if err := s.host.Run(cmd); err != nil {
		if j.Stop == 0 || !strings.Contains(err.Error(), "killed") {
			s.t.Fatalf("runner: %v: %s", err, &out)
		}
		return o, false
	}
	var done report
	s.must(json.Unmarshal(out.Bytes(), &done))
	if done.Err != "" {
		s.t.Fatal(done.Err)
	}
	s.told = done.Told
	return done.Outcome, true
}
