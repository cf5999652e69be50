package notify

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hactl/schemas/event"
)

// taken formats what a reader got.
func taken(events []event.Event, missed uint64, ended bool) string {
	var words []string
	for _, e := range events {
		words = append(words, fmt.Sprintf("%d:%s", e.Sequence, e.Vip))
	}
	return fmt.Sprintf("%s, missed %d, ended %v", strings.Join(words, " "), missed, ended)
}

func TestReaderBeginsWithTheBacklog(t *testing.T) {
	s := NewStream()
	s.Add(event.Event{Vip: "a"})
	s.Add(event.Event{Vip: "b"})
	r := s.read(true)
	defer r.leave()
	if got := taken(r.next(t.Context())); got != "1:a 2:b, missed 0, ended false" {
		t.Error(got)
	}
	s.Add(event.Event{Vip: "c"})
	if got := taken(r.next(t.Context())); got != "3:c, missed 0, ended false" {
		t.Error(got)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if got := taken(r.next(ctx)); got != ", missed 0, ended true" {
		t.Error(got)
	}
	once := s.read(false)
	defer once.leave()
	if got := taken(once.next(t.Context())); got != "1:a 2:b 3:c, missed 0, ended true" {
		t.Error(got)
	}
}

func TestBacklogIsBounded(t *testing.T) {
	s := NewStream()
	for range kept + 10 {
		s.Add(event.Event{})
	}
	r := s.read(false)
	defer r.leave()
	events, _, _ := r.next(t.Context())
	if len(events) != kept || events[0].Sequence != 11 {
		t.Errorf("%d events, from %d", len(events), events[0].Sequence)
	}
}

// A reader that is too far behind is told how much it has missed; others are not
// held up.
func TestSlowReaderIsCutOff(t *testing.T) {
	s := NewStream()
	slow, quick := s.read(true), s.read(true)
	defer slow.leave()
	defer quick.leave()
	got := 0
	for range pending + 3 {
		s.Add(event.Event{})
		events, _, _ := quick.next(t.Context())
		got += len(events)
	}
	if got != pending+3 {
		t.Errorf("the quick reader got %d events", got)
	}
	events, missed, ended := slow.next(t.Context())
	if len(events) != pending || missed != 3 || !ended {
		t.Errorf("%d events, missed %d, ended %v", len(events), missed, ended)
	}
}

func TestClosedStreamEndsItsReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewStream()
		r := s.read(true)
		<-r.more // it has seen the backlog
		s.Add(event.Event{Vip: "last"})
		go func() {
			<-time.After(time.Second) // it is slow
			if got := taken(r.next(t.Context())); got != "1:last, missed 0, ended false" {
				t.Error(got)
			}
			if got := taken(r.next(t.Context())); got != ", missed 0, ended true" {
				t.Error(got)
			}
			r.leave()
		}()
		begun := time.Now()
		s.Close(t.Context())
		if took := time.Since(begun); took != time.Second {
			t.Errorf("Close took %v", took)
		}
		late := s.read(true)
		if got := taken(late.next(t.Context())); got != "1:last, missed 0, ended true" {
			t.Error(got)
		}
		s.Close(t.Context()) // waits for nobody who has come since
		late.leave()
	})
}

func TestStreamOverHTTP(t *testing.T) {
	s := NewStream()
	server := httptest.NewServer(s)
	defer server.Close()
	s.Add(event.Event{Vip: "web/a"})
	answer, err := http.Get(server.URL + "/?follow=1")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := json.NewDecoder(answer.Body)
	for i, vip := range []string{"web/a", "web/b"} {
		var e event.Event
		if err := lines.Decode(&e); err != nil || e.Vip != vip || e.Sequence != uint64(i+1) {
			t.Fatalf("%+v, %v", e, err)
		}
		s.Add(event.Event{Vip: "web/b"})
	}
	s.Close(t.Context())
	var e event.Event
	if err := lines.Decode(&e); err != nil || e.Sequence != 3 {
		t.Errorf("%+v, %v", e, err)
	}
	if lines.More() {
		t.Error("the stream goes on after its end")
	}
}

// A reader that takes nothing is not waited for without end.
func TestCloseHasPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewStream()
		r := s.read(true)
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		begun := time.Now()
		s.Close(ctx)
		if took := time.Since(begun); took != time.Second {
			t.Errorf("Close took %v", took)
		}
		r.leave()
	})
}

// A reader that wakes up after it was cut off gets what was kept for it and the
// number of what was not.
func TestCutOverHTTP(t *testing.T) {
	s := NewStream()
	server := httptest.NewServer(s)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, "GET /?follow=1 HTTP/1.1\r\nHost: agent\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	const total = 20 * pending // more than sockets hold
	for i := range total {
		s.Add(event.Event{Cause: strings.Repeat("x", 200)})
		if i == 0 {
			await(t, s, 1)
		}
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got := uint64(0)
	var cut event.Cut
	for lines := json.NewDecoder(answer.Body); lines.More(); got++ {
		var line struct {
			event.Event
			event.Cut
		}
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
		cut = line.Cut
		if cut.Missed == 0 && line.Sequence != got+1 {
			t.Fatalf("event %d after %d", line.Sequence, got)
		}
	}
	if cut.Missed == 0 || got-1+cut.Missed > total { // more were told after it had been cut off
		t.Errorf("got %d lines, the last says %+v; %d events were told", got, cut, total)
	}
}

// await waits until a stream has so many readers.
func await(t *testing.T, s *Stream, n int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); <-time.After(time.Millisecond) {
		s.mu.Lock()
		readers := len(s.readers)
		s.mu.Unlock()
		if readers == n {
			return
		}
	}
	t.Fatalf("waited for %d readers", n)
}
