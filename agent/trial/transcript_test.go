package trial

import (
	"cmp"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"hactl/agent/transcript"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

var update = flag.Bool("update", false, "rewrite testdata/trial/*.txt")

// TestTranscripts runs testdata/trial/*.txt. The directives:
//
//	apply PLAN [KEY=VALUE...]   a plan is put into the store, on trial with trial=ID: within=D, round=N, host=lb02
//	again                       it is put there once more, without its trial
//	lose                        the store cannot be read, until the next apply
//	confirm ID                  somebody confirms
//	look                        the agent looks into the store
//	die                         the same, but it is killed as soon as it has saved something, and another one begins
//	advance D                   lets time pass, without a look
//	kill                        the agent ends, and another one goes on with what was saved
//	forget                      the same, but what it knew of trials is lost
//	reboot [unnamed]            the same after a new start of the machine, which may have no name of its own; the clock begins anew
//	set D                       somebody sets the clock of the wall forward
//	hold                        the store refuses what the agent puts there, until the next apply
func TestTranscripts(t *testing.T) {
	transcript.Run(t, "../../testdata/trial/*.txt", *update, func(t *testing.T) transcript.Player {
		return &script{t: t, boot: 1, up: time.Hour, wall: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	})
}

// script is the state of one transcript: a host, its store and an agent.
type script struct {
	t     *testing.T
	block strings.Builder

	boot     int
	up       time.Duration
	wall     time.Time
	began    time.Duration // of the transcript, before this boot
	stored   *plan.Document
	lost     bool // the store cannot be read
	held     bool // the store cannot be written
	said     *intent.Confirmation
	record   *Record
	saved    []byte         // the record in its file
	followed *plan.Document // nil: the agent has just started
	good     *plan.Document // that was followed last
}

// version is a plan that is told from others by its number.
func version(t *testing.T, name string) *plan.Document {
	t.Helper()
	if name == "nothing" {
		return plan.Empty("lb01")
	}
	n, err := strconv.Atoi(strings.TrimPrefix(name, "v"))
	if err != nil {
		t.Fatalf("plan %q: %v", name, err)
	}
	p := plan.Plan{Host: "lb01", Routers: []plan.Router{{
		ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: n, Version: 3, Priority: 254, AdvertInterval: 1000,
		Interface: "eth0", Group: "224.0.0.18", Checksum: plan.PseudoHeader, Preemption: plan.Preemption{Mode: plan.Always},
		Announce: plan.Announce{Burst: 5}, Addresses: []plan.Address{{Prefix: "10.0.0.100/24"}}, OnAgentLoss: plan.Release,
		Neighbours: []plan.Neighbour{{Host: "lb02", Kind: plan.Hactl, Priority: 244}},
	}}}
	return &plan.Document{Format: plan.Format, Hash: p.Hash(), Plan: p}
}

// name is what the transcript calls a plan.
func (s *script) name(hash string) string {
	if hash == plan.Empty("lb01").Hash {
		return "nothing"
	}
	for n := 1; n < 10; n++ {
		if v := version(s.t, fmt.Sprint("v", n)); v.Hash == hash {
			return fmt.Sprint("v", n)
		}
	}
	return hash
}

// Output returns what happened.
func (s *script) Output() string {
	defer s.block.Reset()
	return s.block.String()
}

func (s *script) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintf(&s.block, "%-8v %s\n", s.began+s.up-time.Hour, strings.TrimSpace(text))
}

// Directive carries out one line.
func (s *script) Directive(line string) {
	words := strings.Fields(line)
	switch words[0] {
	case "apply":
		s.stored, s.lost, s.held = version(s.t, words[1]), false, false
		s.stored.Envelope.AppliedBy, s.stored.Envelope.AppliedAt = "ops@desk", s.wall.Format(time.RFC3339)
		s.stored.Envelope.Trial = s.mark(words[2:])
	case "again":
		s.stored = s.stored.Untried()
	case "lose":
		s.lost = true
	case "hold":
		s.held = true
	case "confirm":
		s.said = &intent.Confirmation{Trial: words[1], Mark: intent.Mark{By: "ops@desk", Since: s.wall}}
	case "look":
		s.look(false)
	case "die":
		s.look(true)
	case "advance":
		s.up += s.duration(words[1])
		s.wall = s.wall.Add(s.duration(words[1]))
	case "set":
		s.wall = s.wall.Add(s.duration(words[1]))
	case "kill":
		s.restart()
	case "forget":
		s.saved = nil
		s.restart()
	case "reboot":
		s.began, s.up = s.began+s.up-time.Hour, time.Hour
		if len(words) == 1 {
			s.boot++
		}
		s.restart()
	default:
		s.t.Fatalf("directive %q", line)
	}
}

// mark is the trial of an apply.
func (s *script) mark(words []string) *plan.Trial {
	if len(words) == 0 {
		return nil
	}
	t := &plan.Trial{Within: 300}
	for _, word := range words {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "trial":
			t.ID = value
		case "within":
			t.Within = int(s.duration(value) / time.Second)
		case "round":
			t.Round, _ = strconv.Atoi(value)
		default:
			s.t.Fatalf("no key %q", key)
		}
	}
	return t
}

func (s *script) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// restart lets another agent begin with what is in the files.
func (s *script) restart() {
	s.followed, s.record = nil, nil
	if s.saved == nil {
		return
	}
	r, err := Decode(s.saved, "lb01")
	if err != nil {
		s.t.Fatal(err)
	}
	s.record = r
}

// look does what an agent does with what it finds.
func (s *script) look(dies bool) {
	in := Facts{Stored: s.stored, Followed: cmp.Or(s.followed, s.good), Starting: s.followed == nil, Confirmed: s.said}
	if s.lost {
		in.Stored = nil
	}
	now := Now{Boot: fmt.Sprint(s.boot), Up: s.up, Wall: s.wall}
	found := in.Stored
	for steps := 0; ; steps++ {
		if steps == 5 {
			s.t.Fatal("the steps do not end")
		}
		next, change, instead := Step(s.record, now, in)
		s.keep(next)
		if dies && change != Unchanged {
			s.tell(change, now)
			s.restart()
			return
		}
		if instead != nil {
			in.Stored = instead
		}
		if change == Unchanged {
			break
		}
		s.tell(change, now)
	}
	follow := in.Stored
	if follow == nil {
		return
	}
	if follow != found && !s.held {
		s.stored = follow
	}
	if s.followed == nil || s.followed.Hash != follow.Hash {
		s.say("follows %s", s.name(follow.Hash))
	}
	s.followed, s.good = follow, follow
}

// keep saves a record.
func (s *script) keep(r *Record) {
	s.record, s.saved = r, nil
	if r == nil {
		return
	}
	var err error
	if s.saved, err = r.Encode(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *script) tell(change Change, now Now) {
	switch r := s.record; change {
	case Armed, Extended:
		s.say("%s: %s, for %v, then %s", change, s.name(r.Plan), r.Left(now), s.name(r.Before.Hash))
	case Failed:
		s.say("%s: %s (%s)", change, s.name(r.Plan), r.Why)
	case Passed:
		s.say("%s: %s by %s %s", change, s.name(r.Plan), r.Ended.By, strings.TrimSuffix("("+r.Why+")", "()"))
	default:
		s.say("%s", change)
	}
}
