package upgrade

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hactl/agent/transcript"
	"hactl/schemas/plan"
)

var update = flag.Bool("update", false, "rewrite testdata/upgrade/*.txt")

// TestTranscripts runs testdata/upgrade/*.txt. The directives:
//
//	upgrade KEY=VALUE...   an upgrade from 1.26.3 to 1.27.2 at instant 0: worker-timeout, soak, patience, drain of web/public, spare
//	                       haproxy, config or exec first: by that strategy, where old is the only master
//	begin
//	facts KEY=VALUE...     what is found where all is well, but for these; as in facts below
//	did [not CAUSE]        the effects have been carried out
//	old NAME...            what the master 100 of 1.26.3 is seen with: pid, oldbin, workers=N-M, finishing=N-M, waits, complains, gone
//	new NAME...            the same of the master 200 of 1.27.2, and deaf=ADDRESS, build=NAME, as=NUMBER first
//	orphans BUILD=N-M      workers without a master
//	file BUILD             what is at the path of Exec's binary
//	connections N          of workers that finish
//	away [here|gone [N]]   web/public is Active here although the host stands aside, or is not, with N connections left; no word: the host does not stand aside
//	checks up|unknown|unwell CAUSE
//	see                    all this is told
//	settle                 did, see
//	advance D              lets time pass, and fires the deadlines
//	abort CAUSE
//	kill                   the process ends, and another goes on with what was saved
func TestTranscripts(t *testing.T) {
	transcript.Run(t, "../../testdata/upgrade/*.txt", *update, func(t *testing.T) transcript.Player {
		return &script{t: t}
	})
}

// builds are the hashes of what the transcripts run.
var builds = map[string]string{"1.26.3": strings.Repeat("a", 64), "1.27.2": strings.Repeat("b", 64), "other": strings.Repeat("c", 64)}

// sample is the upgrade of all tests.
func sample() plan.Upgrade {
	return plan.Upgrade{
		Name:    "nginx",
		Nginx:   &plan.NginxStrategy{Binary: "/usr/sbin/nginx", PIDFile: "/run/nginx.pid", WorkerTimeout: 60000},
		Release: plan.Build{Version: "1.27.2", Source: "/srv/nginx-1.27.2", SHA256: builds["1.27.2"]},
		Verify:  plan.Verify{Checks: []string{"web"}, Soak: 10000}, OnFailure: plan.Halt,
	}
}

// facts are those of sample where all is well.
func facts() Facts {
	file := func(build string) File {
		return File{SHA256: builds[build], Machine: "EM_X86_64", Executable: true, Size: 1 << 20}
	}
	return Facts{
		At:     time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Binary: file("1.26.3"), Source: file("1.27.2"),
		Master: Process{100, 1}, Running: builds["1.26.3"], Argv0: "/usr/sbin/nginx", Resolves: true,
		Version: "1.26.3", Next: "1.27.2", Free: 1 << 30,
	}
}

// script is the state of one transcript.
type script struct {
	t     *testing.T
	block strings.Builder

	machine  *Machine
	patience time.Duration
	spare    string
	now, due Instant
	saved    []byte // the record in its file; nil: none

	old, new *Master
	seen     Observation
}

// Output returns what the machine did, and its deadline.
func (s *script) Output() string {
	defer s.block.Reset()
	if s.due == Never {
		return s.block.String() + fmt.Sprintf("%-9sno deadline\n", "")
	}
	return s.block.String() + fmt.Sprintf("%-9sdeadline %v\n", "", s.due)
}

// Directive carries out one line.
func (s *script) Directive(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	words := strings.Fields(rest)
	switch verb {
	case "upgrade":
		s.begin(words)
	case "begin":
		s.step(Begin{Spare: s.spare})
	case "facts":
		s.step(Inspected{s.facts(rest)})
	case "did":
		s.step(Did{Err: strings.TrimPrefix(rest, "not ")})
	case "old":
		s.old = s.master(Master{Process: Process{100, 1}, SHA256: builds["1.26.3"]}, words)
	case "new":
		s.new = s.master(Master{Process: Process{200, 2}, SHA256: builds["1.27.2"]}, words)
	case "orphans":
		build, numbers, _ := strings.Cut(rest, "=")
		s.seen.Orphans = s.workers(builds[build], numbers, true)
	case "file":
		s.seen.File = builds[rest]
	case "connections":
		s.seen.Connections = s.number(rest)
	case "away":
		s.away(words)
	case "checks":
		state, cause, _ := strings.Cut(rest, " ")
		s.seen.Checks = Checks{Health(slices.Index([]string{"unknown", "up", "unwell"}, state)), cause}
	case "see":
		s.see()
	case "settle":
		s.step(Did{})
		s.see()
	case "advance":
		s.advance(s.duration(rest))
	case "abort":
		s.step(Abort{rest})
	case "kill":
		s.kill()
	default:
		s.t.Fatalf("unknown directive %q", line)
	}
}

// begin makes a new upgrade on a host where the old master serves.
func (s *script) begin(words []string) {
	u := sample()
	s.patience, s.now, s.saved, s.spare = 30*time.Second, 0, nil, ""
	for _, word := range words {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "worker-timeout":
			u.Nginx.WorkerTimeout = int(s.duration(value).Milliseconds())
		case "soak":
			u.Verify.Soak = int(s.duration(value).Milliseconds())
		case "patience":
			s.patience = s.duration(value)
		case "drain":
			u.Vips, u.DrainTimeout = []string{"web/public"}, int(s.duration(value).Milliseconds())
		case "spare":
			s.spare = value
		case "haproxy":
			u.HAProxy = &plan.HAProxyStrategy{Binary: "/usr/sbin/haproxy", PIDFile: "/run/haproxy.pid", WorkerTimeout: 60000}
			u.Name, u.Nginx, u.Release.Source = word, nil, "/srv/haproxy-1.27.2"
		case "config":
			u.Nginx.Binary, u.Nginx.Config, u.Release.Source = "", "/etc/nginx/nginx.conf", "/srv/nginx.conf"
		case "exec":
			u.Exec = &plan.ExecStrategy{
				Binary: "/opt/app/app", Apply: []string{"/opt/app/upgrade"}, Verify: []string{"/opt/app/is-up"},
				Rollback: []string{"/opt/app/upgrade", "--back"}, Timeout: 60000,
			}
			u.Name, u.Nginx, u.Release.Source = "app", nil, "/srv/app-1.27.2"
		default:
			s.t.Fatalf("unknown option %q", word)
		}
	}
	s.machine = New(u, s.patience)
	s.seen = Observation{Checks: Checks{Health: Up}}
	s.new = nil
	s.Directive("old pid workers=101-102")
}

// facts returns good facts with KEY=VALUE changes; a value may hold blanks when its
// key is the only one.
func (s *script) facts(text string) Facts {
	f := facts()
	key, value, _ := strings.Cut(text, "=")
	switch key {
	case "":
	case "source":
		f.Source.SHA256 = builds[value]
	case "running":
		f.Running = builds[value]
	case "binary":
		f.Binary.SHA256 = builds[value]
	case "current":
		f.Running, f.Binary.SHA256 = builds["1.27.2"], builds["1.27.2"]
	case "machine":
		f.Source.Machine = value
	case "plain":
		f.Source.Executable = false
	case "argv0":
		f.Argv0, f.Resolves = value, false
	case "foreground":
		f.Foreground = value
	case "underway":
		f.Underway = s.number(value)
	case "next":
		f.Next = value
	case "missing":
		f.Missing = strings.Fields(value)
	case "trial":
		f.Trial = value
	case "alone":
		f.Alone = true
	case "listens":
		f.Listens = strings.Fields(value)
	case "test":
		f.Test = value
	case "test-missing":
		f.Test, f.Missing = value, []string{"--with-stream"}
	case "free":
		f.Free = int64(s.number(value))
	case "package":
		f.Package = value
	case "trouble": // from the master on
		f = Facts{Binary: f.Binary, Source: f.Source, Free: f.Free, Trouble: value}
	default:
		s.t.Fatalf("unknown fact %q", text)
	}
	return f
}

// master returns a master with what the words say; nil when it has gone.
func (s *script) master(m Master, words []string) *Master {
	for _, word := range words {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "gone":
			if s.seen.PIDFile == m.PID {
				s.seen.PIDFile = 0
			}
			return nil
		case "pid":
			s.seen.PIDFile = m.PID
		case "oldbin":
			if s.seen.PIDFile == m.PID {
				s.seen.PIDFile = 0
			}
		case "workers":
			m.Workers = append(m.Workers, s.workers(m.SHA256, value, false)...)
		case "finishing":
			m.Workers = append(m.Workers, s.workers(m.SHA256, value, true)...)
		case "waits":
			m.Waits = true
		case "complains":
			m.Complaint = "bind() to 10.0.0.100:81 failed (98: Address already in use)"
		case "deaf":
			m.Deaf = []string{value}
		case "build":
			m.SHA256 = builds[value]
		case "as":
			m.Process = Process{s.number(value), 9}
		default:
			s.t.Fatalf("unknown word %q", word)
		}
	}
	return &m
}

// workers returns those with the numbers N-M.
func (s *script) workers(sha256, numbers string, finishing bool) (all []Worker) {
	first, last, more := strings.Cut(numbers, "-")
	if !more {
		last = first
	}
	for pid := s.number(first); pid <= s.number(last); pid++ {
		all = append(all, Worker{Process{pid, uint64(pid)}, sha256, finishing})
	}
	return all
}

// away sets how far the vip has gone.
func (s *script) away(words []string) {
	s.seen.Away = Away{Within: 7 * time.Second}
	for _, word := range words {
		switch word {
		case "here":
			s.seen.Away.Held, s.seen.Away.Here = true, []string{"web/public"}
		case "gone":
			s.seen.Away.Held = true
		default:
			s.seen.Away.Left = s.number(word)
		}
	}
}

// see tells what is there.
func (s *script) see() {
	s.seen.Masters = nil
	for _, m := range []*Master{s.old, s.new} {
		if m != nil {
			s.seen.Masters = append(s.seen.Masters, *m)
		}
	}
	s.step(Seen{s.seen})
}

// kill goes on with what another process has saved.
func (s *script) kill() {
	if s.saved == nil {
		s.t.Fatal("nothing was saved")
	}
	r, err := DecodeRecord(s.saved)
	if err != nil {
		s.t.Fatal(err)
	}
	s.machine, s.due = Resume(r, s.patience), Never
}

// advance lets d pass.
func (s *script) advance(d time.Duration) {
	end := s.now.Add(d)
	for last := Never; s.due != Never && s.due <= end && s.due != last; {
		s.now, last = s.due, s.due
		s.step(Timeout{})
	}
	s.now = end
}

// step tells the machine one input and writes what it does.
func (s *script) step(in Input) {
	at := s.now.String()
	res := s.machine.Step(s.now, in)
	s.due = res.Deadline
	for _, effect := range res.Effects {
		if save, ok := effect.(Save); ok {
			s.saved = save.Record.Encode()
		}
		fmt.Fprintf(&s.block, "%-9s%s\n", at, describe(effect))
		at = ""
	}
}

func (s *script) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *script) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}
