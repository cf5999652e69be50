package rehearsal

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Clients ask a server without a pause, each in its own way: how many of each.
type Clients struct {
	Address string // HOST:PORT

	Fresh int // make each request on a connection of its own
	Kept  int // make many on one connection
	Slow  int // read a long answer, of /big: 6 MB take a second

	// Sockets exchange messages on WebSocket connections, at /echo, and end each after
	// Life; 0: they do not end it.
	Sockets int
	Life    time.Duration

	// Paced is how many requests a second are begun by the clock, on connections of their
	// own, whether or not those before are answered. How long each took is noted.
	Paced int
}

// Usual are some of all but Paced, that ask 127.0.0.1:8080.
var Usual = Clients{Address: "127.0.0.1:8080", Fresh: 2, Kept: 2, Slow: 2, Sockets: 2, Life: 500 * time.Millisecond}

// Tally is what clients have seen.
type Tally struct {
	Fresh, Kept, Slow, Paced int // requests that were answered
	Idle                     int // kept connections that were closed between two requests, as HTTP allows
	Sockets, Messages        int // WebSocket connections that the client ended, and what was echoed on all
	Cut                      int // WebSocket connections that the server ended
	Reset                    int // requests whose connection was reset, as whoever gets an address does with those that he does not know
	Silent                   int // requests that were not answered in time, on connections that stood: nobody tells who only waits that an address has gone
	Unwell                   int // answers of a status 5xx: what serves is at fault, not how it came there
	Failed                   []string
	Samples                  []Sample `json:",omitempty"` // of Paced
}

// Sample is one request: when it was to begin, and how long after that it was answered.
type Sample struct {
	At   time.Time
	Took time.Duration
}

// Between returns how long the requests took that were to begin between two instants.
func (t Tally) Between(from, to time.Time) (all []time.Duration) {
	for _, s := range t.Samples {
		if !s.At.Before(from) && s.At.Before(to) {
			all = append(all, s.Took)
		}
	}
	return all
}

// Command returns the clients as a program that ends, and prints the Tally as JSON,
// at SIGTERM.
func (c Clients) Command() *exec.Cmd { return role("clients", c) }

// group is clients at work.
type group struct {
	Clients
	mu   sync.Mutex
	seen Tally
	stop chan struct{}
}

// playClients lets clients ask until SIGTERM, and prints the tally.
func playClients(text string) int {
	g := &group{stop: make(chan struct{})}
	if err := json.Unmarshal([]byte(text), &g.Clients); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var all sync.WaitGroup
	for _, way := range []struct {
		clients int
		ask     func()
	}{{g.Fresh, g.fresh}, {g.Kept, g.kept}, {g.Slow, g.slow}, {g.Clients.Sockets, g.sockets}, {min(g.Paced, 1), g.paced}} {
		for range way.clients {
			all.Go(way.ask)
		}
	}
	await(ending...)
	close(g.stop)
	all.Wait()
	if json.NewEncoder(os.Stdout).Encode(g.seen) != nil {
		return 1
	}
	return 0
}

// Lost returns how many connections ended in the middle of something: cut, reset or
// silent. An address that moves takes those with it that are open to it.
func (t Tally) Lost() int { return t.Cut + t.Reset + t.Silent }

// Noticed says what the clients would complain of, in words; empty: nothing. What HTTP
// allows is none of it.
func (t Tally) Noticed() string {
	var all []string
	if t.Cut > 0 {
		all = append(all, fmt.Sprintf("%d WebSocket connections cut", t.Cut))
	}
	if t.Reset > 0 {
		all = append(all, fmt.Sprintf("%d requests reset", t.Reset))
	}
	if t.Silent > 0 {
		all = append(all, fmt.Sprintf("%d requests never answered", t.Silent))
	}
	if t.Unwell > 0 {
		all = append(all, fmt.Sprintf("%d answers 5xx", t.Unwell))
	}
	return strings.Join(append(all, t.Failed...), ", ")
}

// String returns the tally in words.
func (t Tally) String() string {
	return fmt.Sprintf("answered: %d requests on new connections, %d on kept ones, %d slow downloads, %d messages on %d WebSocket connections; "+
		"%d idle connections closed, %d WebSocket connections cut, %d requests reset, %d never answered, %d answers 5xx; failed: %d %s",
		t.Fresh+t.Paced, t.Kept, t.Slow, t.Messages, t.Sockets, t.Idle, t.Cut, t.Reset, t.Silent, t.Unwell, len(t.Failed), strings.Join(t.Failed, ", "))
}
