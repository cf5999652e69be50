package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"hactl/cmd/hactl/internal/board"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/event"
	"hactl/schemas/status"

	"golang.org/x/sys/unix"
)

// changingAgent answers with a state that a test may change, which it tells as an
// event.
func changingAgent(t *testing.T) (socket string, change func(state string)) {
	t.Helper()
	lb01, _ := pair(50)
	var state atomic.Pointer[string]
	set := func(s string) { state.Store(&s) }
	set(status.Backup)
	events := make(chan event.Event)
	socket = filepath.Join(t.TempDir(), "agent.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(status.Encode(reporting("lb01", lb01, *state.Load())))
	})
	mux.HandleFunc("GET /v1/events", func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		for {
			select {
			case e := <-events:
				_ = json.NewEncoder(w).Encode(e)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return socket, func(s string) { set(s); events <- event.Event{Format: event.Format} }
}

// wideTerminal returns both ends of a new terminal of 120 columns.
func wideTerminal(t *testing.T) (keyboard, screen *os.File) {
	t.Helper()
	t.Setenv("TERM", "xterm")
	keyboard, screen = openTerminal(t)
	resize(t, screen, 120, 40)
	return keyboard, screen
}

// watching starts hactl watch on a terminal, and returns what will be its exit code.
func watching(t *testing.T, screen *os.File, args ...string) (ended chan int) {
	t.Helper()
	ended = make(chan int, 1)
	go func() {
		var stderr strings.Builder
		code := run(append([]string{"watch"}, args...), screen, screen, &stderr)
		if stderr.Len() > 0 {
			t.Errorf("it complained: %s", &stderr)
		}
		ended <- code
	}()
	return ended
}

// resize makes a terminal another size.
func resize(t *testing.T, screen *os.File, columns, lines uint16) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: lines}); err != nil {
		t.Fatal(err)
	}
}

// Watch takes the terminal over, shows what an event brings at once and marked,
// follows the terminal's size, ends with q, and leaves the terminal as it was.
func TestWatchOnTerminal(t *testing.T) {
	for _, key := range []string{"q", "\x03"} {
		socket, change := changingAgent(t)
		keyboard, screen := wideTerminal(t)
		before, err := unix.IoctlGetTermios(int(screen.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		ended := watching(t, screen, "--socket", socket, "--interval", "1h")
		readUntil(t, keyboard, "\x1b[?1049h\x1b[?25l")
		first := readUntil(t, keyboard, "web/public/ipv4  backup")
		if !strings.Contains(first, "q quits") || !strings.Contains(first, "lb01") {
			t.Errorf("it shows\n%s", first)
		}
		change(status.Active)
		readUntil(t, keyboard, "\x1b[7mactive *\x1b[0m")
		resize(t, screen, 30, 40)
		readUntil(t, keyboard, "…")
		if _, err := keyboard.WriteString("x" + key); err != nil {
			t.Fatal(err)
		}
		readUntil(t, keyboard, "\x1b[?25h\x1b[?1049l")
		if code := <-ended; code != 0 {
			t.Errorf("exit code %d", code)
		}
		after, err := unix.IoctlGetTermios(int(screen.Fd()), unix.TCGETS)
		if err != nil || *after != *before {
			t.Errorf("the terminal is another one afterwards: %v", err)
		}
	}
}

// With NO_COLOR there is no colour, and a change is marked all the same.
func TestWatchWithoutColour(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	socket, change := changingAgent(t)
	keyboard, screen := wideTerminal(t)
	ended := watching(t, screen, "--socket", socket, "--interval", "1h")
	shown := readUntil(t, keyboard, "web/public/ipv4  backup")
	change(status.Active)
	shown += readUntil(t, keyboard, "active *")
	if terminal.Colours.MatchString(shown) {
		t.Errorf("it shows\n%q", shown)
	}
	if _, err := keyboard.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// All hosts are watched through the store, by what their agents report there.
func TestWatchStoreOnTerminal(t *testing.T) {
	dir := t.TempDir()
	lb01, lb02 := pair(50)
	for host, p := range map[string]*board.Report{"lb01": {Status: reporting("lb01", lb01, status.Active)}, "lb02": {Status: reporting("lb02", lb02, status.Backup)}} {
		write(t, filepath.Join(dir, "store", "status", host+".json"), status.Encode(p.Status))
		write(t, filepath.Join(dir, "store", "plans", host+".json"), []byte("{}"))
	}
	t.Chdir(dir)
	keyboard, screen := wideTerminal(t)
	ended := watching(t, screen, "--store", filepath.Join(dir, "store"), "--interval", "100ms")
	shown := readUntil(t, keyboard, "web/public/ipv4  backup")
	for _, want := range []string{"lb01", "web/public/ipv4  \x1b[32mactive", "lb02", "web/public/ipv4  backup"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in\n%q", want, shown)
		}
	}
	write(t, filepath.Join(dir, "store", "status", "lb02.json"), status.Encode(reporting("lb02", lb02, status.Active)))
	readUntil(t, keyboard, "web/public/ipv4 is Active on lb01 and lb02 at once")
	if _, err := keyboard.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// write makes a file, and the folder that it is in.
func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
