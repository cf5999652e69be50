package vrrp

import (
	"flag"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hactl/agent/transcript"
)

var update = flag.Bool("update", false, "rewrite testdata/vrrp/*.txt")

// TestTranscripts runs testdata/vrrp/*.txt. The directives:
//
//	router NAME KEY=VALUE...   a new router at instant 0; keys as in parse, and addr
//	startup [held]
//	shutdown [mute] CAUSE
//	yield [unheard] CAUSE
//	stay CAUSE
//	advert ADDRESS priority=N [interval=D] [waited=D]
//	announced ADDRESS
//	priority N CAUSE
//	primary ADDRESS
//	reconfigure KEY=VALUE...   the other keys stay; effective=N, else that of priority, else as it is
//	agree                      reconfigure: what made the neighbours deaf is gone
//	early D                    the next step may come so late
//	advance D                  lets time pass, and fires timers at their instants
//	sleep D                    lets time pass, and fires nothing; "advance 0s" wakes it
func TestTranscripts(t *testing.T) {
	transcript.Run(t, "../../testdata/vrrp/*.txt", *update, func(t *testing.T) transcript.Player { return &script{t: t} })
}

// script is the state of one transcript.
type script struct {
	t     *testing.T
	block strings.Builder

	name   string
	addr   netip.Addr
	router *Router
	now    Instant
	due    Instant

	effective uint8         // that the next reconfigure brings
	waited    time.Duration // the next advert, in a socket
}

// Output returns what the router did, and its deadline.
func (s *script) Output() string {
	defer s.block.Reset()
	return s.block.String() + s.deadline()
}

// Directive carries out one line.
func (s *script) Directive(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	first, cause, _ := strings.Cut(rest, " ")
	switch verb {
	case "router":
		s.name, s.now = first, 0
		addr, config := s.options(cause, Config{Version: 3, Interval: time.Second})
		s.addr, s.router = addr, New(config)
	case "startup":
		s.step(Startup{Primary: s.addr, Held: first == "held"})
	case "shutdown":
		if first == "mute" {
			s.step(Shutdown{Cause: cause, Mute: true})
		} else {
			s.step(Shutdown{Cause: rest})
		}
	case "yield":
		if first == "unheard" {
			s.step(Yield{Cause: cause, Unheard: true})
		} else {
			s.step(Yield{Cause: rest})
		}
	case "stay":
		s.step(Stay{Cause: rest})
	case "advert":
		s.waited = 0
		_, values := s.options(cause, Config{Interval: s.router.Config().Interval})
		s.step(Advert{Source: s.address(first), Priority: values.Priority, Interval: values.Interval, Arrived: s.now.Add(-s.waited)})
	case "announced":
		s.step(Announced{Address: s.address(first)})
	case "priority":
		s.step(Priority{Effective: s.number(first), Cause: cause})
	case "primary":
		s.step(Primary{Address: s.address(first)})
	case "reconfigure":
		old := s.router.Config()
		s.effective = s.router.Priority()
		_, config := s.options(rest, old)
		if config.Priority != old.Priority && s.effective == s.router.Priority() {
			s.effective = config.Priority
		}
		s.step(Reconfigure{Config: config, Effective: s.effective, Cause: "new plan"})
	case "agree":
		s.step(Reconfigure{Config: s.router.Config(), Effective: s.router.Priority(), Cause: "new plan", Contested: true})
	case "early":
		s.step(Early{Within: s.duration(rest)})
	case "advance":
		s.advance(s.duration(rest))
	case "sleep":
		s.now = s.now.Add(s.duration(rest))
	default:
		s.t.Fatalf("unknown directive %q", line)
	}
}

// advance lets d pass.
func (s *script) advance(d time.Duration) {
	end := s.now.Add(d)
	for s.due != Never && s.due <= end {
		s.now = max(s.now, s.due)
		s.step(Timeout{Late: s.now.Sub(s.due)})
	}
	s.now = end
}

// step tells the router one input and writes what it does.
func (s *script) step(in Input) {
	at := s.now.String()
	res := s.router.Step(s.now, in)
	s.due = res.Deadline
	for _, effect := range res.Effects {
		words := describe(effect)
		if _, ok := effect.(Transitioned); ok {
			words = s.name + " " + words
		}
		fmt.Fprintf(&s.block, "%-12s%s\n", at, words)
		at = ""
	}
}

// describe returns an effect in words.
func describe(effect Effect) string {
	switch e := effect.(type) {
	case Transitioned:
		to := e.To.String()
		if e.Yielding {
			to += ", yielding"
		}
		return fmt.Sprintf("%v -> %s (%s: %s)", e.From, to, e.Section, e.Cause)
	case SendAdvert:
		return fmt.Sprintf("send advert priority=%d", e.Priority)
	case Own:
		return "own " + list(e.Addresses)
	case Disown:
		return "disown " + list(e.Addresses)
	case Announce:
		if e.Once {
			return "announce once " + list(e.Addresses)
		}
		return "announce " + list(e.Addresses)
	}
	panic(fmt.Sprintf("effect %T", effect))
}

// deadline says what the router waits for after a block.
func (s *script) deadline() string {
	if d := s.router.Deadline(); d != Never {
		return fmt.Sprintf("%-12sdeadline %v\n", "", d)
	}
	return fmt.Sprintf("%-12sno deadline\n", "")
}

// options returns c with the KEY=VALUE words of text, and the value of addr.
func (s *script) options(text string, c Config) (addr netip.Addr, _ Config) {
	for _, word := range strings.Fields(text) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "version":
			c.Version = int(s.number(value))
		case "priority":
			c.Priority = s.number(value)
		case "effective":
			s.effective = s.number(value)
		case "interval":
			c.Interval = s.duration(value)
		case "waited":
			s.waited = s.duration(value)
		case "quiet":
			c.NotBefore = Instant(s.duration(value))
		case "slowest":
			c.Slowest = s.duration(value)
		case "preempt":
			c.Preempt = Preempt(slices.Index([]string{"always", "delayed", "never"}, value))
		case "delay":
			c.PreemptDelay = s.duration(value)
		case "rival":
			c.HighestRival = s.number(value)
		case "repeat":
			c.Announcements.Repeat = s.duration(value)
		case "refresh":
			c.Announcements.Refresh = s.duration(value)
		case "addr":
			addr = s.address(value)
		case "vip":
			c.Addresses = nil
			for _, address := range strings.Split(value, ",") {
				c.Addresses = append(c.Addresses, s.address(address))
			}
		default:
			s.t.Fatalf("unknown option %q", word)
		}
	}
	return addr, c
}

func (s *script) number(text string) uint8 {
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil {
		s.t.Fatal(err)
	}
	return uint8(n)
}

func (s *script) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *script) address(text string) netip.Addr {
	address, err := netip.ParseAddr(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return address
}

// list returns addresses as words.
func list(addresses []netip.Addr) string {
	var words []string
	for _, address := range addresses {
		words = append(words, address.String())
	}
	return strings.Join(words, " ")
}
